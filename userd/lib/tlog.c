// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * tlog.c - entries are added to a log (see tlog.h).
 *
 * The checkpoint alone says what the log is. Tiles are written before it and last
 * before it does; what a crash leaves beyond it is taken back by the next open.
 * Partial tiles that the old checkpoint needs go only once the new one lasts.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/checkpoint.h"
#include "lib/tile.h"
#include "lib/tlog_writer.h"

/* Puts the entry behind the last tile of entries; counts once log->len is set to *@len. */
static int stage_entry(struct gth_tlog *log, const void *entry, size_t entry_len, size_t *len)
{
	uint8_t *at;

	*len = log->len + 2 + entry_len;
	if (*len > log->room) {
		size_t room = 2 * *len;

		at = realloc(log->entries, room);
		if (!at)
			return -ENOMEM;
		log->entries = at;
		log->room = room;
	}
	at = log->entries + log->len;
	at[0] = (uint8_t)(entry_len >> 8);
	at[1] = (uint8_t)entry_len;
	if (entry_len)
		memcpy(at + 2, entry, entry_len);
	return 0;
}

/* The tile of @level that the staged entry goes into, with it. */
static struct gth_tile staged_tile(const struct gth_tlog *log, int level)
{
	struct gth_tile t = gth_tile_edge(log->merkle.size, level);

	t.width++;
	return t;
}

static int write_tile(struct gth_tlog *log, int level, const uint8_t *data, size_t len)
{
	struct gth_tile t = staged_tile(log, level);
	uint64_t *ready = &log->ready[1 + level];
	char path[GTH_TILE_PATH_SIZE];
	int err = 0;

	if (*ready != 1 + t.n) {
		gth_tile_path(&t, path);
		err = gth_tile_make_dirs(log->dir, path, 0700, true);
	}
	if (err)
		return err;
	*ready = 1 + t.n;
	return gth_tile_write(log->dir, &t, data, len);
}

static int write_checkpoint(struct gth_tlog *log)
{
	struct gth_checkpoint c = { .size = log->merkle.size + 1 };
	bool visible;
	int err;

	memcpy(c.origin, log->signer.verifier.name, sizeof(c.origin));
	err = gth_merkle_root(&log->merkle, c.size, c.root);
	if (err)
		return err;
	err = gth_checkpoint_write(log->dir, &c, &log->signer, &visible);
	/*
	 * Seen, so there is no way back: another checkpoint of this size would be
	 * a second truth.
	 */
	log->unsynced = err && visible;
	return err;
}

/* On a full disk what was written for nothing is what the next entry may need. */
static void take_back(struct gth_tlog *log, int levels)
{
	for (int level = GTH_TILE_ENTRIES; level < levels; level++) {
		struct gth_tile t = staged_tile(log, level);
		char path[GTH_TILE_PATH_SIZE];

		gth_tile_path(&t, path);
		unlinkat(log->dir, path, 0);
	}
}

static void supersede(struct gth_tlog *log, int levels)
{
	for (int level = GTH_TILE_ENTRIES; level < levels; level++) {
		struct gth_tile t = staged_tile(log, level);

		gth_tile_supersede(log->dir, &t);
	}
}

/**
 * gth_tlog_append() - add an entry
 * @entry: @len bytes, 0 to GTH_TLOG_ENTRY_MAX
 * @index: set to its number, from 0 on
 *
 * Return: 0: it survives a power cut; -EMSGSIZE: too long; or a negative errno,
 * -ENOSPC among them: then the log is as it was, but for a disk that fails while
 * the checkpoint is synced: then the entry may be there, and may last.
 */
int gth_tlog_append(struct gth_tlog *log, const void *entry, size_t len, uint64_t *index)
{
	uint8_t leaf[GTH_MERKLE_HASH];
	size_t entries_len;
	int levels, err;

	if (len > GTH_TLOG_ENTRY_MAX)
		return -EMSGSIZE;
	if (log->unsynced && fsync(log->dir))
		return -errno;
	log->unsynced = false;
	err = gth_merkle_leaf(entry, len, leaf);
	if (!err)
		err = stage_entry(log, entry, len, &entries_len);
	if (err)
		return err;
	levels = gth_merkle_stage(&log->merkle, leaf);
	if (levels < 0)
		return levels;
	err = write_tile(log, GTH_TILE_ENTRIES, log->entries, entries_len);
	for (int level = 0; level < levels && !err; level++)
		err = write_tile(log, level, log->merkle.hash[level][0],
				 (size_t)staged_tile(log, level).width * GTH_MERKLE_HASH);
	if (!err)
		err = write_checkpoint(log);
	if (err && !log->unsynced) {
		take_back(log, levels);
		return err;
	}
	if (!err)
		supersede(log, levels);
	*index = log->merkle.size++;
	log->len = gth_merkle_width(log->merkle.size, 0) ? entries_len : 0;
	return err;
}

uint64_t gth_tlog_size(const struct gth_tlog *log)
{
	return log->merkle.size;
}
