/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sorter.h - sorts any number of records in bounded memory.
 *
 * Records are sorted in memory; what does not fit goes as sorted runs to one
 * file without a name, and the runs are merged in the end.
 */
#ifndef SIGTOOL_SORTER_H
#define SIGTOOL_SORTER_H

#include <linux/gotthard.h>
#include <linux/types.h>
#include <stddef.h>

#define SORTER_MEMORY_MIN (8UL << 20) /* bytes */

/* A sorted stretch of the file, in records. */
struct sorter_run {
	u64 start;
	u64 end;
};

struct sorter {
	int dirfd;		   /* borrowed: where the file is made */
	int fd;			   /* of the file; -1: everything is in memory */
	struct gth_record *record; /* the memory; its size never changes */
	size_t memory;		   /* bytes */
	size_t have, max;	   /* records in memory */
	struct sorter_run *run;
	size_t runs, runs_max;
	u64 duplicates; /* equal records dropped so far */
	u64 spilled;	/* records in the file */
};

int sorter_init(struct sorter *s, int dirfd, size_t memory);
int sorter_add(struct sorter *s, const struct gth_record *rec);
int sorter_drain(struct sorter *s, int (*take)(void *ctx, const struct gth_record *rec), void *ctx);
void sorter_free(struct sorter *s);

#endif /* SIGTOOL_SORTER_H */
