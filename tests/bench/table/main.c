// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * main.c - the signature table beside other ways to hold the same keys.
 *
 *	bench-table [--json FILE] ENTRIES...
 *
 * All get the same random keys, and are asked for the same keys in the same
 * random order; keys that are not there are as random as those that are. A
 * figure is the least of the rounds: whatever else the machine does only adds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <time.h>

#include <jansson.h>

#include "core/limits.h"
#include "tests/bench/table/contender.h"
#include "tests/unit/random.h"

#define ROUNDS 3
#define LOOKUPS 2000000

struct figures {
	double bytes, build_seconds, hit_ns, miss_ns;
};

static const struct contender *const contenders[] = { &gotthard, &sorted, &uthash, &bpf_hash };
static struct gth_record *hits, *misses; /* copies, read in order */

void *must(void *memory)
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

static double least(const double *value)
{
	double min = value[0];

	for (unsigned int i = 1; i < ROUNDS; i++)
		min = value[i] < min ? value[i] : min;
	return min;
}

/* Return: ns a lookup */
static double ask(const struct contender *c, const struct gth_record *keys)
{
	size_t wrong;
	double start;

	if (c->prepare)
		c->prepare(keys, LOOKUPS);
	start = seconds();
	wrong = c->count_wrong(keys, LOOKUPS);
	start = seconds() - start;
	if (wrong) {
		fprintf(stderr, "bench-table: %s gave %zu wrong answers\n", c->name, wrong);
		exit(1);
	}
	return start * 1e9 / LOOKUPS;
}

static bool fits(const struct contender *c, size_t n)
{
	struct sysinfo s;

	if (sysinfo(&s) || n * c->bytes_expected < s.freeram * (double)s.mem_unit / 2)
		return true;
	fprintf(stderr,
		"bench-table: %s of %zu entries is left out: half of the free memory is less\n",
		c->name, n);
	return false;
}

/* Return: false if this contender cannot be had here, which was said. */
static bool measure(const struct contender *c, const struct keys *keys, struct figures *f)
{
	double build[ROUNDS], hit[ROUNDS], miss[ROUNDS];

	if (!fits(c, keys->n))
		return false;
	for (unsigned int i = 0; i < ROUNDS; i++) {
		build[i] = seconds();
		if (!c->build(keys))
			return false;
		build[i] = seconds() - build[i];
		hit[i] = ask(c, hits);
		miss[i] = ask(c, misses);
		f->bytes = c->bytes() / (double)keys->n;
		c->drop();
	}
	f->build_seconds = least(build);
	f->hit_ns = least(hit);
	f->miss_ns = least(miss);
	return true;
}

static struct keys make_keys(size_t n)
{
	struct gth_record *record = must(malloc(n * sizeof(*record)));
	struct keys keys = { record, n, { random_u64(), random_u64() } };

	for (size_t i = 0; i < n; i++) {
		random_bytes(record[i].digest, sizeof(record[i].digest));
		record[i].domain = GTH_DOMAIN_SHA256;
		record[i].class = (u8)(1 + i % (GTH_CLASS_MAX - 1));
	}
	for (size_t i = 0; i < LOOKUPS; i++) {
		hits[i] = record[random_below(n)];
		random_bytes(misses[i].digest, sizeof(misses[i].digest));
		misses[i].domain = GTH_DOMAIN_SHA256;
		misses[i].class = GTH_CLASS_UNKNOWN;
	}
	return keys;
}

static void compare(size_t n, json_t *results)
{
	struct keys keys = make_keys(n);

	printf("%zu entries, %d lookups, least of %d\n", n, LOOKUPS, ROUNDS);
	printf("%-10s %12s %10s %10s %10s\n", "", "bytes/entry", "build s", "hit ns", "miss ns");
	for (size_t i = 0; i < sizeof(contenders) / sizeof(contenders[0]); i++) {
		const struct contender *c = contenders[i];
		struct figures f;

		if (!measure(c, &keys, &f)) {
			printf("%-10s %12s %10s %10s %10s\n", c->name, "-", "-", "-", "-");
			continue;
		}
		printf("%-10s %12.2f %10.2f %10.0f %10.0f\n", c->name, f.bytes, f.build_seconds,
		       f.hit_ns, f.miss_ns);
		json_array_append_new(results,
				      json_pack("{s:s, s:I, s:f, s:f, s:f, s:f}", "name", c->name,
						"entries", (json_int_t)n, "bytes_per_entry",
						f.bytes, "build_seconds", f.build_seconds, "hit_ns",
						f.hit_ns, "miss_ns", f.miss_ns));
	}
	free((void *)keys.record);
}

int main(int argc, char **argv)
{
	json_t *results = must(json_array());
	const char *json = NULL;
	int i = 1;

	if (argc > 2 && !strcmp(argv[1], "--json")) {
		json = argv[2];
		i = 3;
	}
	for (int j = i; j < argc || j == i; j++) {
		char *end = argv[j];

		if (end && strtoull(argv[j], &end, 10) - 1 < GTH_ENTRIES_MAX && !*end)
			continue;
		fprintf(stderr, "usage: bench-table [--json FILE] ENTRIES...   (1 to %llu)\n",
			(unsigned long long)GTH_ENTRIES_MAX);
		return 64;
	}
	random_start();
	hits = must(malloc(LOOKUPS * sizeof(*hits)));
	misses = must(malloc(LOOKUPS * sizeof(*misses)));
	for (; i < argc; i++)
		compare(strtoull(argv[i], NULL, 10), results);
	if (json && json_dump_file(results, json, JSON_INDENT(1))) {
		perror(json);
		return 1;
	}
	json_decref(results);
	return 0;
}
