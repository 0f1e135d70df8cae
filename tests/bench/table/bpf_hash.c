// SPDX-License-Identifier: GPL-2.0-or-later
/* bpf_hash.c - BPF_MAP_TYPE_HASH in the kernel of this machine, if it lets us. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "hash.skel.h"
#include "tests/bench/table/contender.h"

#define ASKED_MAX 2000000
#define BATCH 100000
/* How far apart an array map's elements are. */
#define STRIDE ((sizeof(struct gth_record) + 7) / 8 * 8)

static struct hash_bpf *skel;
static unsigned char *asked;
static size_t asked_bytes;

static void drop(void)
{
	if (asked)
		munmap(asked, asked_bytes);
	asked = NULL;
	hash_bpf__destroy(skel);
	skel = NULL;
}

static int update(const struct gth_record *r, __u32 n)
{
	static unsigned char key[BATCH * GTH_RECORD_KEY], value[BATCH];

	for (__u32 i = 0; i < n; i++) {
		memcpy(key + i * GTH_RECORD_KEY, &r[i], GTH_RECORD_KEY);
		value[i] = r[i].class;
	}
	return bpf_map_update_batch(bpf_map__fd(skel->maps.table), key, value, &n, NULL);
}

static bool load(size_t entries)
{
	struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };

	/* Kernels before 5.11 count maps against it. */
	setrlimit(RLIMIT_MEMLOCK, &all);
	skel = hash_bpf__open();
	if (!skel || bpf_map__set_max_entries(skel->maps.table, (__u32)entries) ||
	    bpf_map__set_max_entries(skel->maps.asked, ASKED_MAX) || hash_bpf__load(skel))
		return false;
	asked_bytes = ASKED_MAX * STRIDE;
	asked = mmap(NULL, asked_bytes, PROT_READ | PROT_WRITE, MAP_SHARED,
		     bpf_map__fd(skel->maps.asked), 0);
	if (asked == MAP_FAILED) {
		asked = NULL;
		return false;
	}
	return true;
}

static bool build(const struct keys *keys)
{
	int err = 0;

	libbpf_set_print(NULL);
	if (!load(keys->n)) {
		fprintf(stderr, "bench-table: no BPF hash map of %zu entries: %s\n", keys->n,
			strerror(errno));
		drop();
		return false;
	}
	for (size_t i = 0; i < keys->n && !err; i += BATCH)
		err = update(&keys->record[i], (__u32)(keys->n - i < BATCH ? keys->n - i : BATCH));
	if (err) {
		fprintf(stderr, "bench-table: the BPF hash map took not all: %s\n",
			strerror(errno));
		exit(1);
	}
	return true;
}

static void prepare(const struct gth_record *keys, size_t n)
{
	for (size_t i = 0; i < n; i++)
		memcpy(asked + i * STRIDE, &keys[i], sizeof(*keys));
	skel->bss->lookups = (__u32)n;
}

static size_t count_wrong(const struct gth_record *keys, size_t n)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);

	(void)keys; /* the program has them */
	(void)n;
	if (bpf_prog_test_run_opts(bpf_program__fd(skel->progs.look_all_up), &opts)) {
		perror("bench-table: running a BPF program");
		exit(1);
	}
	return skel->bss->wrong;
}

static double bytes(void)
{
	char path[64], line[256];
	double n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", bpf_map__fd(skel->maps.table));
	f = must(fopen(path, "r"));
	while (fgets(line, sizeof(line), f))
		if (!strncmp(line, "memlock:", 8))
			n = strtod(line + 8, NULL);
	fclose(f);
	return n;
}

const struct contender bpf_hash = {
	.name = "BPF hash",
	.bytes_expected = 140,
	.build = build,
	.prepare = prepare,
	.count_wrong = count_wrong,
	.bytes = bytes,
	.drop = drop,
};
