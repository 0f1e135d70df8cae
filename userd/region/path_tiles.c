// SPDX-License-Identifier: GPL-2.0-or-later
/* path_tiles.c - the tiles that a witness needs of a log (see path_tiles.h). */
#include "region/path_tiles.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static unsigned int add(struct gth_tile *tiles, unsigned int n, struct gth_tile t)
{
	for (unsigned int i = 0; i < n; i++)
		if (tiles[i].level == t.level && tiles[i].n == t.n)
			return n;
	tiles[n] = t;
	return n + 1;
}

/* The number of the tile of @level that has entry @index in it. */
static uint64_t number(uint64_t index, int level)
{
	return index >> (8 * level) >> 8;
}

/**
 * region_path_tiles() - those that gth_tlog_root() and gth_tlog_prove_older() read
 * @size: of the log, less than 2^63
 * @older: its size then; 0: the root alone is needed
 * @tiles: set to them, level by level
 *
 * The right edge of the log is its root. The hashes of the proof are beside the way from the root
 * to the last entry of the older log, or to the first one behind it: in the same tiles.
 * Return: how many.
 */
unsigned int region_path_tiles(uint64_t size, uint64_t older,
			       struct gth_tile tiles[REGION_PATH_TILES])
{
	unsigned int n = 0;

	for (int level = 0; level < GTH_MERKLE_LEVELS; level++) {
		struct gth_tile edge = gth_tile_edge(size, level), full = edge;

		full.width = GTH_TILE_FULL;
		full.n = number(older ? older - 1 : 0, level);
		if (older && full.n < edge.n)
			n = add(tiles, n, full);
		full.n = number(older, level);
		if (older && full.n < edge.n)
			n = add(tiles, n, full);
		if (edge.width)
			n = add(tiles, n, edge);
	}
	return n;
}

/* A full tile hashes to what the tile above says of it. Return: 0; -EBADMSG; or a negative errno.
 */
static int check_full(int dir, uint64_t size, const struct gth_tile *t)
{
	struct gth_tile above = gth_tile_edge(size, t->level + 1);
	uint8_t *row, *parent, hash[GTH_MERKLE_HASH];
	size_t len;
	int err;

	if (t->n >> 8 < above.n)
		above.width = GTH_TILE_FULL;
	above.n = t->n >> 8;
	err = gth_tile_find(dir, t, &row, &len);
	if (err < 0)
		return err;
	err = gth_merkle_row((const uint8_t(*)[GTH_MERKLE_HASH])row, GTH_TILE_FULL, hash);
	free(row);
	if (err)
		return err;
	err = gth_tile_find(dir, &above, &parent, &len);
	if (err < 0)
		return err;
	err = memcmp(parent + (t->n & 255) * GTH_MERKLE_HASH, hash, sizeof(hash)) ? -EBADMSG : 0;
	free(parent);
	return err;
}

/**
 * region_path_check() - are these tiles those of one tree?
 *
 * The caller has compared the right edge with the root (gth_tlog_root()). Only if the full tiles
 * hash to what is above them does a proof from them that does not hold show a fork, and not a tile
 * that was changed.
 * Return: 0; -EBADMSG: a tile is changed, missing or torn; or a negative errno.
 */
int region_path_check(int dir, uint64_t size, uint64_t older)
{
	struct gth_tile tiles[REGION_PATH_TILES];
	unsigned int n = region_path_tiles(size, older, tiles);
	int err = 0;

	for (unsigned int i = 0; i < n && !err; i++)
		if (tiles[i].width == GTH_TILE_FULL)
			err = check_full(dir, size, &tiles[i]);
	return err == -ENOENT ? -EBADMSG : err;
}
