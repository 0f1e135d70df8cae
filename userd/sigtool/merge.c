// SPDX-License-Identifier: GPL-2.0-or-later
/* merge.c - merges the sorted runs of a file with a binary heap (see merge.h). */
#include "sigtool/merge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util/io.h"

#define RECORD sizeof(struct gth_record)

/* A run and the part of it that is in memory. */
struct reader {
	const struct gth_record *at, *end;
	struct gth_record *buffer;
	u64 next, last; /* what is still in the file, in records */
};

struct merge {
	int fd;
	size_t per_run; /* records that fit into a buffer */
	struct reader *reader;
	struct reader **heap; /* the reader with the smallest record first */
	size_t n;
};

/* Return: 1 with at least a record in memory, 0 at the end, or a negative errno. */
static int refill(const struct merge *m, struct reader *r)
{
	u64 n = r->last - r->next;
	ssize_t got;

	if (n > m->per_run)
		n = m->per_run;
	if (!n)
		return 0;
	got = gth_pread_full(m->fd, r->buffer, n * RECORD, (off_t)(r->next * RECORD));
	if (got < 0)
		return (int)got;
	if ((u64)got != n * RECORD)
		return -EIO;
	r->at = r->buffer;
	r->end = r->buffer + n;
	r->next += n;
	return 1;
}

static void sift_down(struct merge *m, size_t i)
{
	struct reader *r = m->heap[i];

	for (;;) {
		size_t child = 2 * i + 1;

		if (child >= m->n)
			break;
		if (child + 1 < m->n &&
		    memcmp(m->heap[child + 1]->at, m->heap[child]->at, RECORD) < 0)
			child++;
		if (memcmp(r->at, m->heap[child]->at, RECORD) <= 0)
			break;
		m->heap[i] = m->heap[child];
		i = child;
	}
	m->heap[i] = r;
}

static int start(struct merge *m, const struct sorter_run *run, size_t runs, void *memory)
{
	for (size_t i = 0; i < runs; i++) {
		struct reader *r = &m->reader[i];
		int more;

		r->buffer = (struct gth_record *)memory + i * m->per_run;
		r->next = run[i].start;
		r->last = run[i].end;
		more = refill(m, r);
		if (more < 0)
			return more;
		if (more)
			m->heap[m->n++] = r;
	}
	for (size_t i = m->n / 2; i-- > 0;)
		sift_down(m, i);
	return 0;
}

static int run_heap(struct merge *m, int (*take)(void *ctx, const struct gth_record *rec),
		    void *ctx)
{
	while (m->n) {
		struct reader *r = m->heap[0];
		int err = take(ctx, r->at);

		if (err)
			return err;
		if (++r->at == r->end) {
			err = refill(m, r);
			if (err < 0)
				return err;
			if (!err)
				m->heap[0] = m->heap[--m->n];
		}
		if (m->n)
			sift_down(m, 0);
	}
	return 0;
}

/*
 * @memory is shared out as buffers, MERGE_BUFFER_MIN or more to each run.
 * Return: 0, what @take returned, or a negative errno.
 */
int merge_runs(int fd, const struct sorter_run *run, size_t runs, void *memory, size_t size,
	       int (*take)(void *ctx, const struct gth_record *rec), void *ctx)
{
	struct merge m = { .fd = fd, .per_run = size / runs / RECORD };
	int err = -ENOMEM;

	m.reader = calloc(runs, sizeof(*m.reader));
	m.heap = calloc(runs, sizeof(struct reader *));
	if (m.reader && m.heap)
		err = start(&m, run, runs, memory);
	if (!err)
		err = run_heap(&m, take, ctx);
	free(m.heap);
	free(m.reader);
	return err;
}
