// SPDX-License-Identifier: GPL-2.0-or-later
/* sorter.c - sorts any number of records in bounded memory (see sorter.h). */
#include "sigtool/sorter.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/util/io.h"
#include "lib/util/scratch.h"
#include "sigtool/merge.h"
#include "sigtool/radix.h"

#define RECORD sizeof(struct gth_record)

/* @memory is touched as it is needed. Return: 0 or -ENOMEM. */
int sorter_init(struct sorter *s, int dirfd, size_t memory)
{
	*s = (struct sorter) { .dirfd = dirfd, .fd = -1 };
	s->memory = memory < SORTER_MEMORY_MIN ? SORTER_MEMORY_MIN : memory;
	s->max = s->memory / RECORD;
	s->runs_max = s->memory / MERGE_BUFFER_MIN;
	s->run = calloc(s->runs_max, sizeof(*s->run));
	s->record = mmap(NULL, s->memory, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (s->record == MAP_FAILED)
		s->record = NULL;
	if (s->run && s->record)
		return 0;
	sorter_free(s);
	return -ENOMEM;
}

void sorter_free(struct sorter *s)
{
	if (s->fd >= 0)
		close(s->fd);
	if (s->record)
		munmap(s->record, s->memory);
	free(s->run);
	*s = (struct sorter) { .fd = -1 };
}

static void sort(struct sorter *s)
{
	size_t kept;

	radix_sort(s->record, s->have);
	kept = radix_unique(s->record, s->have);
	s->duplicates += s->have - kept;
	s->have = kept;
}

/* Makes a run of what is in memory. */
static int spill(struct sorter *s)
{
	int err;

	if (s->runs == s->runs_max)
		return -E2BIG;
	if (s->fd < 0) {
		s->fd = gth_scratch(s->dirfd);
		if (s->fd < 0)
			return s->fd;
	}
	err = gth_write_all(s->fd, s->record, s->have * RECORD);
	if (err)
		return err;
	s->run[s->runs++] = (struct sorter_run) { s->spilled, s->spilled + s->have };
	s->spilled += s->have;
	s->have = 0;
	return 0;
}

/*
 * Return: 0; -E2BIG: more records than this memory can merge; or a negative
 * errno of the file.
 */
int sorter_add(struct sorter *s, const struct gth_record *rec)
{
	if (s->have == s->max) {
		int err;

		sort(s);
		/* a list with many duplicates may have become small: go on in memory */
		err = s->have > s->max / 2 ? spill(s) : 0;
		if (err)
			return err;
	}
	s->record[s->have++] = *rec;
	return 0;
}

/*
 * Gives every record to @take in order; equal ones may still come, one behind
 * the other. The sorter is empty afterwards. Return: 0, what @take returned,
 * or a negative errno.
 */
int sorter_drain(struct sorter *s, int (*take)(void *ctx, const struct gth_record *rec), void *ctx)
{
	int err = 0;

	sort(s);
	if (s->runs) {
		err = s->have ? spill(s) : 0;
		return err ? err
			   : merge_runs(s->fd, s->run, s->runs, s->record, s->memory, take, ctx);
	}
	for (size_t i = 0; i < s->have && !err; i++)
		err = take(ctx, &s->record[i]);
	return err;
}
