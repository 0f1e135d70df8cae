// SPDX-License-Identifier: GPL-2.0-or-later
/* uthash.c - chained buckets of nodes, which lie side by side here to spare it malloc's overhead.
 */
#include <stdio.h>
#include <stdlib.h>
#include <uthash.h>

#include "tests/bench/table/contender.h"

struct node {
	struct gth_record record;
	UT_hash_handle hh;
};

static struct node *nodes, *head;
static size_t entries;

static bool build(const struct keys *keys)
{
	entries = keys->n;
	nodes = must(malloc(entries * sizeof(*nodes)));
	for (size_t i = 0; i < entries; i++) {
		struct node *n = &nodes[i];

		n->record = keys->record[i];
		HASH_ADD_KEYPTR(hh, head, &n->record, GTH_RECORD_KEY, n);
	}
	return true;
}

static size_t count_wrong(const struct gth_record *asked, size_t n)
{
	size_t wrong = 0;

	for (size_t i = 0; i < n; i++) {
		struct node *found;

		HASH_FIND(hh, head, &asked[i], GTH_RECORD_KEY, found);
		wrong += (found ? found->record.class : GTH_CLASS_UNKNOWN) != asked[i].class;
	}
	return wrong;
}

static double bytes(void)
{
	return (double)entries * sizeof(*nodes) +
	       (double)head->hh.tbl->num_buckets * sizeof(*head->hh.tbl->buckets);
}

static void drop(void)
{
	HASH_CLEAR(hh, head);
	free(nodes);
}

const struct contender uthash = {
	.name = "uthash",
	.bytes_expected = 110,
	.build = build,
	.count_wrong = count_wrong,
	.bytes = bytes,
	.drop = drop,
};
