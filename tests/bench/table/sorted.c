// SPDX-License-Identifier: GPL-2.0-or-later
/* sorted.c - a sorted array of the database's own records. */
#include <stdlib.h>
#include <string.h>

#include "tests/bench/table/contender.h"

static struct gth_record *array;
static size_t entries;

static int by_key(const void *a, const void *b)
{
	return memcmp(a, b, GTH_RECORD_KEY);
}

static bool build(const struct keys *keys)
{
	entries = keys->n;
	array = must(malloc(entries * sizeof(*array)));
	memcpy(array, keys->record, entries * sizeof(*array));
	qsort(array, entries, sizeof(*array), by_key);
	return true;
}

static size_t count_wrong(const struct gth_record *asked, size_t n)
{
	size_t wrong = 0;

	for (size_t i = 0; i < n; i++) {
		const struct gth_record *r = bsearch(&asked[i], array, entries, sizeof(*r), by_key);

		wrong += (r ? r->class : GTH_CLASS_UNKNOWN) != asked[i].class;
	}
	return wrong;
}

static double bytes(void)
{
	return (double)entries * sizeof(*array);
}

static void drop(void)
{
	free(array);
}

const struct contender sorted = {
	.name = "sorted",
	.bytes_expected = 2 * sizeof(*array), /* qsort() merges in a second array */
	.build = build,
	.count_wrong = count_wrong,
	.bytes = bytes,
	.drop = drop,
};
