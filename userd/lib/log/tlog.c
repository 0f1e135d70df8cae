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

#include "lib/log/checkpoint.h"
#include "lib/log/tile.h"
#include "lib/log/tlog_writer.h"

/* Puts an entry behind those that are staged, at *@len, which it moves on. */
static int stage_entry(struct gth_tlog *log, const struct gth_tlog_entry *e, size_t *len)
{
	size_t with = *len + 2 + e->len;
	uint8_t *at;

	if (with > log->room) {
		size_t room = 2 * with;

		at = realloc(log->entries, room);
		if (!at)
			return -ENOMEM;
		log->entries = at;
		log->room = room;
	}
	at = log->entries + *len;
	at[0] = (uint8_t)(e->len >> 8);
	at[1] = (uint8_t)e->len;
	if (e->len)
		memcpy(at + 2, e->data, e->len);
	*len = with;
	return 0;
}

/*
 * Puts entries and their hashes behind the last tiles; they count once log->len is set
 * to *@len, and the size is @n more. Return: levels, as gth_merkle_stage(); or an errno.
 */
static int stage(struct gth_tlog *log, const struct gth_tlog_entry *entries, unsigned int n,
		 size_t *len)
{
	uint8_t leaf[GTH_TILE_FULL][GTH_MERKLE_HASH];
	int err = 0;

	*len = log->len;
	for (unsigned int i = 0; i < n && !err; i++) {
		err = gth_merkle_leaf(entries[i].data, entries[i].len, leaf[i]);
		if (!err)
			err = stage_entry(log, &entries[i], len);
	}
	return err ? err : gth_merkle_stage(&log->merkle, leaf, n);
}

/* The tile of @level that @n staged entries go into, with them. */
static struct gth_tile staged_tile(const struct gth_tlog *log, int level, unsigned int n)
{
	struct gth_tile t = gth_tile_edge(log->merkle.size, level);

	t.width += level > 0 ? 1 : n;
	return t;
}

static int write_tile(struct gth_tlog *log, const struct gth_tile *tile, const uint8_t *data,
		      size_t len)
{
	struct gth_tile t = *tile;
	uint64_t *ready = &log->ready[1 + t.level];
	char path[GTH_TILE_PATH_SIZE];
	int err = 0;

	if (*ready != 1 + t.n) {
		gth_tile_path(&t, path);
		err = gth_tile_make_dirs(log->dir, path, log->dir_mode, true);
	}
	if (err)
		return err;
	*ready = 1 + t.n;
	return gth_tile_write(log->dir, &t, data, len, log->mode);
}

static int write_checkpoint(struct gth_tlog *log, unsigned int n)
{
	struct gth_checkpoint c = { .size = log->merkle.size + n };
	bool visible;
	int err;

	memcpy(c.origin, log->signer.verifier.name, sizeof(c.origin));
	err = gth_merkle_root(&log->merkle, c.size, c.root);
	if (err)
		return err;
	err = gth_checkpoint_write(log->dir, &c, &log->signer, log->mode, &visible);
	/*
	 * Published, so there is no way back: another checkpoint of this size would be
	 * a second truth.
	 */
	log->unsynced = err && visible;
	return err;
}

static int write_all(struct gth_tlog *log, int levels, unsigned int n, size_t entries_len)
{
	struct gth_tile t = staged_tile(log, GTH_TILE_ENTRIES, n);
	int err = write_tile(log, &t, log->entries, entries_len);

	for (int level = 0; level < levels && !err; level++) {
		t = staged_tile(log, level, n);
		err = write_tile(log, &t, log->merkle.hash[level][0],
				 (size_t)t.width * GTH_MERKLE_HASH);
	}
	return err ? err : write_checkpoint(log, n);
}

/* On a full disk what was written for nothing is what the next entry may need. */
static void take_back(struct gth_tlog *log, int levels, unsigned int n)
{
	for (int level = GTH_TILE_ENTRIES; level < levels; level++) {
		struct gth_tile t = staged_tile(log, level, n);
		char path[GTH_TILE_PATH_SIZE];

		gth_tile_path(&t, path);
		unlinkat(log->dir, path, 0);
	}
}

static void supersede(struct gth_tlog *log, int levels, unsigned int n)
{
	for (int level = GTH_TILE_ENTRIES; level < levels; level++) {
		struct gth_tile t = staged_tile(log, level, n);

		gth_tile_supersede(log->dir, &t, gth_tile_edge(log->merkle.size, level).width);
	}
}

/*
 * How many of @n entries go together: those of one tile, but the first of a tile goes by
 * itself. So a crash leaves nothing behind that a log of this size cannot have (gth_tile_beyond()).
 */
static unsigned int together(const struct gth_tlog *log, size_t n)
{
	unsigned int width = gth_merkle_width(log->merkle.size, 0), room = GTH_TILE_FULL - width;

	return !width ? 1 : n < room ? (unsigned int)n : room;
}

/**
 * gth_tlog_append_all() - add entries, as many as go together
 * @n: 1 or more
 * @added: set to how many were added, at least one of them; the others are still to be
 *         added. Their numbers begin with the log's size before.
 *
 * The most costly step, the wait for the disk, is made once for all that go together.
 * Return: 0: they survive a power cut; -EMSGSIZE: one is too long, and none was added;
 * or a negative errno, -ENOSPC among them: then the log is as it was, but for a disk that
 * fails while the checkpoint is synced: then the entries may be there, and may last.
 */
int gth_tlog_append_all(struct gth_tlog *log, const struct gth_tlog_entry *entries, size_t n,
			size_t *added)
{
	unsigned int now = together(log, n);
	size_t entries_len;
	int levels, err;

	*added = 0;
	for (size_t i = 0; i < n; i++)
		if (entries[i].len > GTH_TLOG_ENTRY_MAX)
			return -EMSGSIZE;
	if (log->unsynced && fsync(log->dir))
		return -errno;
	log->unsynced = false;
	levels = stage(log, entries, now, &entries_len);
	if (levels < 0)
		return levels;
	err = write_all(log, levels, now, entries_len);
	if (err && !log->unsynced) {
		take_back(log, levels, now);
		return err;
	}
	if (!err)
		supersede(log, levels, now);
	log->merkle.size += now;
	log->len = gth_merkle_width(log->merkle.size, 0) ? entries_len : 0;
	*added = now;
	return err;
}

/**
 * gth_tlog_append() - add an entry
 * @entry: @len bytes, 0 to GTH_TLOG_ENTRY_MAX
 * @index: set to its number, from 0 on
 *
 * Return: as gth_tlog_append_all().
 */
int gth_tlog_append(struct gth_tlog *log, const void *entry, size_t len, uint64_t *index)
{
	const struct gth_tlog_entry e = { entry, len };
	uint64_t size = log->merkle.size;
	size_t added;
	int err = gth_tlog_append_all(log, &e, 1, &added);

	if (added)
		*index = size;
	return err;
}

uint64_t gth_tlog_size(const struct gth_tlog *log)
{
	return log->merkle.size;
}
