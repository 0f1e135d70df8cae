// SPDX-License-Identifier: GPL-2.0-or-later
/* tile.c - names and contents of tiles (see tile.h). */
#include "lib/log/tile.h"

#include <errno.h>
#include <stdio.h>

/* The last tile of @level in a log of @size entries, as far as it is filled: 0 to 255. */
struct gth_tile gth_tile_edge(uint64_t size, int level)
{
	int row = level == GTH_TILE_ENTRIES ? 0 : level;

	return (struct gth_tile) { .level = level,
				   .n = size >> (8 * row) >> 8,
				   .width = gth_merkle_width(size, row) };
}

/* The number in groups of three digits, all but the last one with an x: x001/x234/067. */
void gth_tile_path(const struct gth_tile *t, char path[GTH_TILE_PATH_SIZE])
{
	uint64_t scale = 1;
	int at;

	if (t->level == GTH_TILE_ENTRIES)
		at = snprintf(path, GTH_TILE_PATH_SIZE, "tile/entries/");
	else
		at = snprintf(path, GTH_TILE_PATH_SIZE, "tile/%d/", t->level);
	while (t->n / scale >= 1000)
		scale *= 1000;
	for (; scale > 1; scale /= 1000)
		at += snprintf(path + at, GTH_TILE_PATH_SIZE - (size_t)at, "x%03u/",
			       (unsigned int)(t->n / scale % 1000));
	at += snprintf(path + at, GTH_TILE_PATH_SIZE - (size_t)at, "%03u",
		       (unsigned int)(t->n % 1000));
	if (t->width < GTH_TILE_FULL)
		snprintf(path + at, GTH_TILE_PATH_SIZE - (size_t)at, ".p/%u", t->width);
}

/**
 * gth_tile_entry() - the next entry of a tile of entries
 * @at: where it begins; set to where it ends
 *
 * Return: 1; 0 at the end; -EBADMSG: it is cut off.
 */
int gth_tile_entry(const uint8_t *data, size_t len, size_t *at, const uint8_t **entry,
		   size_t *entry_len)
{
	size_t left = len - *at;

	if (!left)
		return 0;
	if (left < 2)
		return -EBADMSG;
	*entry = data + *at + 2;
	*entry_len = (size_t)data[*at] << 8 | data[*at + 1];
	if (*entry_len > left - 2)
		return -EBADMSG;
	*at += 2 + *entry_len;
	return 1;
}

/* The bytes of the first @width hashes or entries of a tile; SIZE_MAX: there are not as many. */
size_t gth_tile_span(int level, const uint8_t *data, size_t len, unsigned int width)
{
	const uint8_t *entry;
	size_t at = 0, entry_len;

	if (level != GTH_TILE_ENTRIES)
		return (size_t)width * GTH_MERKLE_HASH <= len ? (size_t)width * GTH_MERKLE_HASH
							      : SIZE_MAX;
	for (; width; width--)
		if (gth_tile_entry(data, len, &at, &entry, &entry_len) != 1)
			return SIZE_MAX;
	return at;
}
