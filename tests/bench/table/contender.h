/* SPDX-License-Identifier: GPL-2.0-or-later */
/* contender.h - ways to hold the same keys, side by side. */
#ifndef GTH_BENCH_CONTENDER_H
#define GTH_BENCH_CONTENDER_H

#include <stdbool.h>
#include <stddef.h>

#include "core/body.h"

/* Each contender is filled with n records in random order, no key twice. */
struct keys {
	const struct gth_record *record;
	size_t n;
	u64 secret[2];
};

struct contender {
	const char *name;
	/* About what an entry takes: who would take too much is left out. */
	size_t bytes_expected;
	/* Return: false, with nothing left behind, if this machine cannot have it (it said why). */
	bool (*build)(const struct keys *keys);
	/* Takes the keys that will be asked for, before the clock starts; may be NULL. */
	void (*prepare)(const struct gth_record *asked, size_t n);
	/*
	 * Looks up n keys one after the other and counts those whose class is not
	 * the record's own: a wrong answer would be a fast one.
	 */
	size_t (*count_wrong)(const struct gth_record *asked, size_t n);
	double (*bytes)(void);
	void (*drop)(void);
};

extern const struct contender gotthard, sorted, uthash, bpf_hash;

/* Return: memory, or the end of the program. */
void *must(void *memory);

#endif /* GTH_BENCH_CONTENDER_H */
