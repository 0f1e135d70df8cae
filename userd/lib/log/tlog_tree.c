// SPDX-License-Identifier: GPL-2.0-or-later
/* tlog_tree.c - hashes of a log: of its leaves, and of what it was before (see tlog.h). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/log/tile.h"
#include "lib/log/tlog_writer.h"

static int load(int dirfd, const struct gth_tile *t, uint8_t (*hash)[GTH_MERKLE_HASH])
{
	uint8_t *data;
	size_t len;
	int err = gth_tile_find(dirfd, t, &data, &len);

	if (err < 0)
		return err == -ENOENT ? -EBADMSG : err;
	memcpy(hash, data, len);
	free(data);
	return 0;
}

/**
 * gth_tlog_root() - the root that a log had when it had @size entries
 * @size: at most as many as its checkpoint says
 *
 * From the tiles as they lie there, a number of files that does not grow with the
 * log: gth_tlog_verify() says whether the entries are those of the tiles.
 * Return: 0; -EBADMSG: a tile is missing or torn; or a negative errno.
 */
int gth_tlog_root(int dirfd, uint64_t size, uint8_t root[GTH_TLOG_HASH_SIZE])
{
	struct gth_merkle *m = calloc(1, sizeof(*m));
	int err = 0;

	if (!m)
		return -ENOMEM;
	m->size = size;
	for (int level = 0; level < GTH_MERKLE_LEVELS && !err; level++) {
		struct gth_tile t = gth_tile_edge(size, level);

		if (t.width)
			err = load(dirfd, &t, m->hash[level]);
	}
	if (!err)
		err = gth_merkle_root(m, size, root);
	free(m);
	return err;
}

/**
 * gth_tlog_leaves() - hashes of entries, for who keeps the tree elsewhere
 * @first: the number of the first one, less than the log's size
 * @hash: set to it and those that follow in its tile
 *
 * Return: how many; -EBADMSG: the tile is missing or torn; or a negative errno.
 */
int gth_tlog_leaves(const struct gth_tlog *log, uint64_t first,
		    uint8_t hash[GTH_TLOG_LEAVES_MAX][GTH_TLOG_HASH_SIZE])
{
	struct gth_tile t = { .n = first / GTH_TILE_FULL, .width = GTH_TILE_FULL };
	unsigned int skip = first % GTH_TILE_FULL;
	uint8_t(*row)[GTH_MERKLE_HASH];
	int err = 0;

	if (first >= log->merkle.size)
		return -EINVAL;
	if (t.n == log->merkle.size / GTH_TILE_FULL) {
		unsigned int n = gth_merkle_width(log->merkle.size, 0) - skip;

		memcpy(hash, log->merkle.hash[0][skip], n * sizeof(*hash));
		return (int)n;
	}
	row = malloc(GTH_TILE_FULL * sizeof(*row));
	if (!row)
		return -ENOMEM;
	err = load(log->dir, &t, row);
	if (!err)
		memcpy(hash, row[skip], (GTH_TILE_FULL - skip) * sizeof(*hash));
	free(row);
	return err ? err : (int)(GTH_TILE_FULL - skip);
}
