// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * tlog.c - fuzzes what is read of a log: the first byte chooses the text of a
 * checkpoint, which has one form only, or a tile of entries.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/log/checkpoint.h"
#include "lib/log/tile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void checkpoint(const uint8_t *data, size_t size)
{
	char text[GTH_CHECKPOINT_SIZE];
	struct gth_checkpoint c;

	if (gth_checkpoint_parse(&c, (const char *)data, size))
		return;
	if (gth_checkpoint_format(&c, text) || strlen(text) != size || memcmp(text, data, size))
		abort();
}

/* The entries, one by one, have the length that is spanned at once. */
static void entries(const uint8_t *data, size_t size)
{
	const uint8_t *entry;
	size_t at = 0, len, sum = 0;
	unsigned int n = 0;
	int ret;

	while ((ret = gth_tile_entry(data, size, &at, &entry, &len)) > 0) {
		if (len > GTH_TLOG_ENTRY_MAX || entry + len != data + at)
			abort();
		sum += 2 + len;
		n++;
		if (gth_tile_span(GTH_TILE_ENTRIES, data, size, n) != at)
			abort();
	}
	if (sum != at || (!ret) != (at == size) ||
	    gth_tile_span(GTH_TILE_ENTRIES, data, size, n + 1) != SIZE_MAX)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy;

	if (!size)
		return 0;
	/* Of exactly its length, so that the sanitizer sees a read past it. */
	copy = malloc(size - 1 ? size - 1 : 1);
	if (!copy)
		return 0;
	memcpy(copy, data + 1, size - 1);
	if (data[0] & 1)
		entries(copy, size - 1);
	else
		checkpoint(copy, size - 1);
	free(copy);
	return 0;
}
