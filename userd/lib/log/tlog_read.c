// SPDX-License-Identifier: GPL-2.0-or-later
/* tlog_read.c - entries of a log, for readers without a lock (see tlog.h). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/log/tile.h"
#include "lib/log/tlog.h"

/* The tile of entries number @n of a log of @size entries. */
static int load(int dirfd, uint64_t size, uint64_t n, uint8_t **data, size_t *len)
{
	struct gth_tile t = gth_tile_edge(size, GTH_TILE_ENTRIES);
	int err;

	if (n < t.n)
		t.width = GTH_TILE_FULL;
	t.n = n;
	err = gth_tile_find(dirfd, &t, data, len);
	return err == -ENOENT ? -EBADMSG : err > 0 ? 0 : err;
}

/**
 * gth_tlog_each() - entries of a log in their order
 * @size: of the log, from its checkpoint
 * @first: the number of the first one
 * @each: called for each; not 0 ends it
 *
 * No hash is compared: that is what gth_tlog_verify() does.
 * Return: 0; what @each returned; -EBADMSG: a tile is missing or torn; or a
 * negative errno.
 */
int gth_tlog_each(int dirfd, uint64_t size, uint64_t first,
		  int (*each)(uint64_t index, const void *entry, size_t len, void *arg), void *arg)
{
	uint64_t index = first - first % GTH_TILE_FULL;
	size_t at, len, entry_len;
	const uint8_t *entry;
	uint8_t *data;
	int ret = 0;

	while (index < size && !ret) {
		ret = load(dirfd, size, index / GTH_TILE_FULL, &data, &len);
		if (ret)
			break;
		at = 0;
		while (!ret && gth_tile_entry(data, len, &at, &entry, &entry_len) > 0) {
			if (index >= first)
				ret = each(index, entry, entry_len, arg);
			index++;
		}
		free(data);
	}
	return ret;
}

/**
 * gth_tlog_read() - one entry
 * @size: of the log, from its checkpoint
 * @entry: set to it, with a NUL behind it, to be freed
 *
 * Return: 0; -ENOENT: the log is shorter; -EBADMSG: a tile is missing or torn; or
 * a negative errno.
 */
int gth_tlog_read(int dirfd, uint64_t size, uint64_t index, void **entry, size_t *len)
{
	unsigned int skip = (unsigned int)(index % GTH_TILE_FULL);
	const uint8_t *found = NULL;
	size_t at, tile_len;
	uint8_t *data;
	int err;

	if (index >= size)
		return -ENOENT;
	err = load(dirfd, size, index / GTH_TILE_FULL, &data, &tile_len);
	if (err)
		return err;
	at = gth_tile_span(GTH_TILE_ENTRIES, data, tile_len, skip);
	gth_tile_entry(data, tile_len, &at, &found, len);
	*entry = malloc(*len + 1);
	if (*entry) {
		memcpy(*entry, found, *len);
		((char *)*entry)[*len] = '\0';
	}
	free(data);
	return *entry ? 0 : -ENOMEM;
}
