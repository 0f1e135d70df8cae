// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * table.c - the signature table beside other ways to hold the same keys.
 *
 *	cc -O2 -std=gnu11 -D_GNU_SOURCE -I. -Iinclude/uapi -Iuserd/lib/kernel \
 *		tests/bench/table.c kmod/table.c -o build/bench-table
 *	build/bench-table [--json FILE] [ENTRIES]
 *
 * 10 million entries if nothing else is said. All get the same random keys, and
 * are asked for the same keys in the same random order; keys that are not there
 * are as random as those that are. A figure is the median of five rounds.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <uthash.h>

#include "kmod/limits.h"
#include "kmod/table.h"
#include "tests/unit/random.h"

#define ROUNDS 5
#define LOOKUPS 2000000
#define KEY_BYTES offsetof(struct gth_record, class)

struct contender {
	const char *name;
	void (*build)(void);
	u8 (*find)(const struct gth_record *key);
	double (*bytes)(void);
	double build_seconds, hit_ns, miss_ns;
};

static struct gth_record *records;
static struct gth_record *hits, *misses; /* copies, read in order */
static size_t entries = 10000000;

static void *must(void *memory)
{
	if (!memory) {
		perror("bench-table");
		exit(1);
	}
	return memory;
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Gotthard's */

static struct gth_table table;

static void table_build(void)
{
	u64 key[2] = { random_u64(), random_u64() };
	u32 buckets = gth_table_buckets(entries);

	free(table.bucket);
	gth_table_init(&table,
		       must(aligned_alloc(GTH_BUCKET_BYTES, (size_t)buckets * GTH_BUCKET_BYTES)),
		       buckets, key);
	memset(table.bucket, 0, (size_t)buckets * GTH_BUCKET_BYTES);
	for (size_t i = 0; i < entries; i++) {
		if (gth_table_insert(&table, records[i].domain, records[i].digest,
				     records[i].class)) {
			fputs("bench-table: an insertion failed\n", stderr);
			exit(1);
		}
	}
}

static u8 table_find(const struct gth_record *key)
{
	return gth_table_find(&table, key->domain, key->digest);
}

static double table_bytes(void)
{
	return (double)table.buckets * GTH_BUCKET_BYTES;
}

/* A sorted array of the database's own records */

static struct gth_record *sorted;

static int by_key(const void *a, const void *b)
{
	return memcmp(a, b, KEY_BYTES);
}

static void sorted_build(void)
{
	free(sorted);
	sorted = must(malloc(entries * sizeof(*sorted)));
	memcpy(sorted, records, entries * sizeof(*sorted));
	qsort(sorted, entries, sizeof(*sorted), by_key);
}

static u8 sorted_find(const struct gth_record *key)
{
	const struct gth_record *r = bsearch(key, sorted, entries, sizeof(*r), by_key);

	return r ? r->class : GTH_CLASS_UNKNOWN;
}

static double sorted_bytes(void)
{
	return (double)entries * sizeof(*sorted);
}

/* uthash: chained buckets of nodes, which lie side by side here to spare it malloc's overhead */

struct node {
	struct gth_record record;
	UT_hash_handle hh;
};

static struct node *nodes, *head;

static void uthash_build(void)
{
	HASH_CLEAR(hh, head);
	free(nodes);
	nodes = must(malloc(entries * sizeof(*nodes)));
	for (size_t i = 0; i < entries; i++) {
		struct node *n = &nodes[i];

		n->record = records[i];
		HASH_ADD_KEYPTR(hh, head, &n->record, KEY_BYTES, n);
	}
}

static u8 uthash_find(const struct gth_record *key)
{
	struct node *n;

	HASH_FIND(hh, head, key, KEY_BYTES, n);
	return n ? n->record.class : GTH_CLASS_UNKNOWN;
}

static double uthash_bytes(void)
{
	return (double)entries * sizeof(*nodes) +
	       (double)head->hh.tbl->num_buckets * sizeof(*head->hh.tbl->buckets);
}

static struct contender contenders[] = {
	{ "gotthard", table_build, table_find, table_bytes, 0, 0, 0 },
	{ "sorted", sorted_build, sorted_find, sorted_bytes, 0, 0, 0 },
	{ "uthash", uthash_build, uthash_find, uthash_bytes, 0, 0, 0 },
};

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *value)
{
	qsort(value, ROUNDS, sizeof(*value), by_value);
	return value[ROUNDS / 2];
}

/* Return: ns a lookup. Every answer is checked: a wrong one would be a fast one. */
static double ask(const struct contender *c, const struct gth_record *keys)
{
	double start = seconds();
	size_t wrong = 0;

	for (size_t i = 0; i < LOOKUPS; i++)
		wrong += c->find(&keys[i]) != keys[i].class;
	start = seconds() - start;
	if (wrong) {
		fprintf(stderr, "bench-table: %s gave %zu wrong answers\n", c->name, wrong);
		exit(1);
	}
	return start * 1e9 / LOOKUPS;
}

static void measure(struct contender *c)
{
	double build[ROUNDS], hit[ROUNDS], miss[ROUNDS];

	for (unsigned int i = 0; i < ROUNDS; i++) {
		build[i] = seconds();
		c->build();
		build[i] = seconds() - build[i];
		hit[i] = ask(c, hits);
		miss[i] = ask(c, misses);
	}
	c->build_seconds = median(build);
	c->hit_ns = median(hit);
	c->miss_ns = median(miss);
}

static void make_keys(void)
{
	records = must(malloc(entries * sizeof(*records)));
	hits = must(malloc(LOOKUPS * sizeof(*hits)));
	misses = must(malloc(LOOKUPS * sizeof(*misses)));
	for (size_t i = 0; i < entries; i++) {
		random_bytes(records[i].digest, sizeof(records[i].digest));
		records[i].domain = GTH_DOMAIN_SHA256;
		records[i].class = (u8)(1 + i % (GTH_CLASS_MAX - 1));
	}
	for (size_t i = 0; i < LOOKUPS; i++) {
		hits[i] = records[random_below(entries)];
		random_bytes(misses[i].digest, sizeof(misses[i].digest));
		misses[i].domain = GTH_DOMAIN_SHA256;
		misses[i].class = GTH_CLASS_UNKNOWN;
	}
}

static void print_text(void)
{
	printf("%zu entries, %d lookups, median of %d\n", entries, LOOKUPS, ROUNDS);
	printf("%-10s %12s %10s %10s %10s\n", "", "bytes/entry", "build s", "hit ns", "miss ns");
	for (size_t i = 0; i < sizeof(contenders) / sizeof(contenders[0]); i++) {
		const struct contender *c = &contenders[i];

		printf("%-10s %12.2f %10.2f %10.0f %10.0f\n", c->name, c->bytes() / (double)entries,
		       c->build_seconds, c->hit_ns, c->miss_ns);
	}
}

static int print_json(const char *path, unsigned long long seed)
{
	FILE *out = fopen(path, "w");

	if (!out) {
		perror(path);
		return 1;
	}
	fprintf(out,
		"{\"benchmark\": \"table\", \"entries\": %zu, \"lookups\": %d, \"rounds\": %d, "
		"\"seed\": %llu,\n \"results\": [",
		entries, LOOKUPS, ROUNDS, seed);
	for (size_t i = 0; i < sizeof(contenders) / sizeof(contenders[0]); i++) {
		const struct contender *c = &contenders[i];

		fprintf(out,
			"%s\n  {\"name\": \"%s\", \"bytes_per_entry\": %.3f, "
			"\"build_seconds\": %.4f, \"hit_ns\": %.1f, \"miss_ns\": %.1f}",
			i ? "," : "", c->name, c->bytes() / (double)entries, c->build_seconds,
			c->hit_ns, c->miss_ns);
	}
	fputs("\n]}\n", out);
	if (fclose(out)) {
		perror(path);
		return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	const char *json = NULL;
	unsigned long long seed;
	char *end;

	if (argc > 2 && !strcmp(argv[1], "--json")) {
		json = argv[2];
		argc -= 2;
		argv += 2;
	}
	if (argc == 2) {
		entries = strtoull(argv[1], &end, 10);
		if (*end || !entries || entries > GTH_ENTRIES_MAX)
			argc = 3;
	}
	if (argc > 2) {
		fputs("usage: bench-table [--json FILE] [ENTRIES]\n", stderr);
		return 64;
	}
	seed = random_start();
	make_keys();
	for (size_t i = 0; i < sizeof(contenders) / sizeof(contenders[0]); i++)
		measure(&contenders[i]);
	print_text();
	return json ? print_json(json, seed) : 0;
}
