// SPDX-License-Identifier: GPL-2.0-or-later
/* tlog_open.c - a log becomes its writer's, if it is whole (see tlog.h). */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/log/checkpoint.h"
#include "lib/log/tile.h"
#include "lib/log/tlog_writer.h"
#include "lib/util/atomic.h"

#define LEVELS GTH_MERKLE_LEVELS

/* A tile that is missing although the checkpoint covers it is damage. */
static int damage(int err)
{
	return err == -ENOENT || err == -ENOKEY || err == -EKEYREJECTED ? -EBADMSG : err;
}

static int load_edge(struct gth_tlog *log)
{
	struct gth_tile t;
	uint8_t *data;
	size_t len;
	int err;

	for (int level = 0; level < LEVELS; level++) {
		t = gth_tile_edge(log->merkle.size, level);
		if (!t.width)
			continue;
		err = gth_tile_load(log->dir, &t, &data, &len);
		if (err)
			return damage(err);
		memcpy(log->merkle.hash[level], data, len);
		free(data);
	}
	t = gth_tile_edge(log->merkle.size, GTH_TILE_ENTRIES);
	err = t.width ? gth_tile_load(log->dir, &t, &log->entries, &log->len) : 0;
	log->room = log->len;
	return damage(err);
}

/* Does the edge hash to the root, and what the last entries are? */
static int check_edge(const struct gth_tlog *log, const struct gth_checkpoint *c)
{
	uint8_t hash[GTH_MERKLE_HASH];
	char path[GTH_TILE_PATH_SIZE];
	size_t at = 0, len;
	const uint8_t *entry;
	int err = gth_merkle_root(&log->merkle, c->size, hash);

	if (!err && memcmp(hash, c->root, sizeof(hash)) != 0)
		err = -EBADMSG;
	for (size_t i = 0; !err && gth_tile_entry(log->entries, log->len, &at, &entry, &len) > 0;
	     i++) {
		err = gth_merkle_leaf(entry, len, hash);
		if (!err && memcmp(hash, log->merkle.hash[0][i], sizeof(hash)) != 0)
			err = -EBADMSG;
	}
	/* More tiles than the checkpoint knows: it is not the last one that was written. */
	for (int level = GTH_TILE_ENTRIES; level < LEVELS && !err; level++) {
		err = gth_tile_beyond(log->dir, c->size, level, path);
		if (err > 0)
			err = -EBADMSG;
	}
	return err;
}

/* A log begins with the checkpoint of no entries: tiles without one are a log that lost it. */
static int create(struct gth_tlog *log, struct gth_checkpoint *c)
{
	struct stat st;
	bool visible;
	int err;

	if (!fstatat(log->dir, "tile", &st, AT_SYMLINK_NOFOLLOW))
		return -EBADMSG;
	if (errno != ENOENT)
		return -errno;
	*c = (struct gth_checkpoint) { .size = 0 };
	memcpy(c->origin, log->signer.verifier.name, sizeof(c->origin));
	err = gth_merkle_root(&log->merkle, 0, c->root);
	return err ? err : gth_checkpoint_write(log->dir, c, &log->signer, log->mode, &visible);
}

static int start(struct gth_tlog *log)
{
	struct gth_checkpoint c;
	int err = gth_tlog_checkpoint(log->dir, &log->signer.verifier, &c);

	if (err == -ENOENT)
		err = create(log, &c);
	if (err)
		return damage(err);
	log->merkle.size = c.size;
	err = load_edge(log);
	if (!err)
		err = check_edge(log, &c);
	if (err)
		return err;
	/* Its rename may not last yet: the writer may have been killed behind it. */
	if (fsync(log->dir) && errno != EINVAL)
		return -errno;
	gth_atomic_sweep(log->dir, GTH_CHECKPOINT_FILE);
	for (int level = GTH_TILE_ENTRIES; level < LEVELS; level++)
		gth_tile_clean(log->dir, c.size, level);
	return 0;
}

static int open_log(struct gth_tlog **log, int dirfd, const struct gth_signer *s, bool public)
{
	struct gth_tlog *l = calloc(1, sizeof(*l));
	int err = 0;

	*log = NULL;
	if (!l)
		return -ENOMEM;
	l->signer = *s;
	l->mode = public ? 0644 : 0600;
	l->dir_mode = public ? 0755 : 0700;
	l->dir = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (l->dir < 0)
		err = -errno;
	else if (flock(l->dir, LOCK_EX | LOCK_NB))
		err = errno == EWOULDBLOCK ? -EBUSY : -errno;
	if (!err)
		err = start(l);
	if (err) {
		gth_tlog_close(l);
		return err;
	}
	*log = l;
	return 0;
}

/**
 * gth_tlog_open() - for writing; an empty directory becomes an empty log
 * @log: set to it, to be closed by gth_tlog_close(); NULL after an error
 * @dirfd: the directory; is not kept
 * @s: its name is the log's origin; is copied
 *
 * Checks the checkpoint and the right edge of the log: a number of files that
 * does not grow with it. gth_tlog_verify() checks all.
 * Return: 0; -EBUSY: another writer has it; -EBADMSG: it is damaged, or not this
 * signer's, and was not changed; or a negative errno.
 */
int gth_tlog_open(struct gth_tlog **log, int dirfd, const struct gth_signer *s)
{
	return open_log(log, dirfd, s, false);
}

/* gth_tlog_open_public() - the same for a log whose new files every user may read, as umask allows
 */
int gth_tlog_open_public(struct gth_tlog **log, int dirfd, const struct gth_signer *s)
{
	return open_log(log, dirfd, s, true);
}

void gth_tlog_close(struct gth_tlog *log)
{
	if (!log)
		return;
	if (log->dir >= 0)
		close(log->dir);
	free(log->entries);
	explicit_bzero(log->signer.seed, sizeof(log->signer.seed));
	free(log);
}
