// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * radix.c - sorts records in place (see radix.h).
 *
 * American flag sort, by McIlroy, Bostic and McIlroy, "Engineering radix sort".
 * qsort() was not taken: glibc's takes as much memory again, or becomes slow.
 * Time is at most 34 passes, whatever an input does; the stack is as deep.
 */
#include "sigtool/radix.h"

#include <string.h>

#define RECORD sizeof(struct gth_record)
#define SMALL 24 /* records that insertion sorts faster */

static void insertion_sort(struct gth_record *rec, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct gth_record r = rec[i];
		size_t j = i;

		for (; j && memcmp(&rec[j - 1], &r, RECORD) > 0; j--)
			rec[j] = rec[j - 1];
		rec[j] = r;
	}
}

static unsigned char byte_of(const struct gth_record *rec, size_t depth)
{
	return ((const unsigned char *)rec)[depth];
}

static void sort_from(struct gth_record *rec, size_t n, size_t depth)
{
	size_t next[256], end[256], count[256], at, i;

again:
	if (depth == RECORD)
		return;
	if (n <= SMALL) {
		insertion_sort(rec, n);
		return;
	}
	memset(count, 0, sizeof(count));
	for (i = 0; i < n; i++)
		count[byte_of(&rec[i], depth)]++;
	if (count[byte_of(rec, depth)] == n) {
		depth++;
		goto again;
	}
	for (i = 0, at = 0; i < 256; i++) {
		next[i] = at;
		at += count[i];
		end[i] = at;
	}
	/* take a record, put it where it belongs, go on with the one found there */
	for (i = 0; i < 256; i++) {
		while (next[i] < end[i]) {
			struct gth_record r = rec[next[i]];
			unsigned char to;

			while ((to = byte_of(&r, depth)) != i) {
				struct gth_record other = rec[next[to]];

				rec[next[to]++] = r;
				r = other;
			}
			rec[next[i]++] = r;
		}
	}
	for (i = 0, at = 0; i < 256; at = end[i++])
		if (end[i] - at > 1)
			sort_from(rec + at, end[i] - at, depth + 1);
}

/* Ascending by all bytes: domain, digest, class. */
void radix_sort(struct gth_record *rec, size_t n)
{
	sort_from(rec, n, 0);
}

/* Drops what is equal in all bytes from sorted records. Return: how many stay. */
size_t radix_unique(struct gth_record *rec, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (!kept || memcmp(&rec[kept - 1], &rec[i], RECORD) != 0)
			rec[kept++] = rec[i];
	return kept;
}
