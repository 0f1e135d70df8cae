// SPDX-License-Identifier: GPL-2.0-or-later
/* gotthard.c - the module's own table, from its unmodified source. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/cuckoo.h"
#include "tests/bench/table/contender.h"

static struct gth_cuckoo table;

static bool build(const struct keys *keys)
{
	u32 buckets = gth_cuckoo_buckets(keys->n);
	size_t bytes = (size_t)buckets * GTH_BUCKET_BYTES;
	struct gth_queue queue = { 0 };
	int err = 0;

	gth_cuckoo_init(&table, must(aligned_alloc(GTH_BUCKET_BYTES, bytes)), buckets,
			keys->secret);
	memset(table.bucket, 0, bytes);
	for (size_t i = 0; i < keys->n && !err; i++) {
		const struct gth_record *r = &keys->record[i];

		err = gth_queue_insert(&queue, &table, r->domain, r->digest, r->class);
	}
	if (!err)
		err = gth_queue_end(&queue, &table);
	if (err) {
		fprintf(stderr, "bench-table: an insertion failed: %d\n", err);
		exit(1);
	}
	return true;
}

static size_t count_wrong(const struct gth_record *asked, size_t n)
{
	size_t wrong = 0;

	for (size_t i = 0; i < n; i++)
		wrong +=
			gth_cuckoo_find(&table, asked[i].domain, asked[i].digest) != asked[i].class;
	return wrong;
}

static double bytes(void)
{
	return (double)table.buckets * GTH_BUCKET_BYTES;
}

static void drop(void)
{
	free(table.bucket);
}

const struct contender gotthard = {
	.name = "gotthard",
	.bytes_expected = 9,
	.build = build,
	.count_wrong = count_wrong,
	.bytes = bytes,
	.drop = drop,
};
