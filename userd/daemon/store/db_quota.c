// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * db_quota.c - bytes that were offered to the region, in store.db (see book.h): of
 * a day, for the owner's quota, and of a file, so that no region has it sent for ever.
 */
#include "daemon/store/db.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define DAY 86400
#define QUOTA "quota" /* the value: day, files, bytes */

/* A database of before, and one that was begun today: what the submissions of the day say. */
static int from_proofs(struct gth_book *l, struct gth_spent *s, uint64_t now)
{
	return gth_book_sent(l, now - now % DAY, now, &s->files, &s->bytes);
}

/**
 * gth_book_spent() - what was offered today
 * @now: Unix time
 *
 * A day begins when a later date is seen than before. When the clock was set back
 * the count goes on: so much of the quota is spent, whatever day it is.
 */
int gth_book_spent(struct gth_book *l, uint64_t now, struct gth_spent *s)
{
	unsigned long long day, files, bytes;
	char *text = NULL;
	int err = gth_book_get(l, QUOTA, &text);

	*s = (struct gth_spent) { .day = now / DAY };
	if (err == 1 && sscanf(text, "%llu %llu %llu", &day, &files, &bytes) == 3) {
		if (day >= s->day) {
			s->files = files;
			s->bytes = bytes;
		}
		err = 0;
	} else if (err >= 0) {
		err = from_proofs(l, s, now);
	}
	free(text);
	return err;
}

/* @files: submissions that begin; @bytes: that are offered. */
int gth_book_spend(struct gth_book *l, uint64_t now, uint64_t files, uint64_t bytes)
{
	struct gth_spent s;
	char text[80];
	int err = gth_book_spent(l, now, &s);

	if (err)
		return err;
	s.files += files;
	s.bytes += bytes;
	snprintf(text, sizeof(text), "%llu %llu %llu", (unsigned long long)s.day,
		 (unsigned long long)s.files, (unsigned long long)s.bytes);
	return gth_book_set(l, QUOTA, text);
}

/* Of a file: how often something of it was asked or sent, and how many bytes of it were offered. */
int gth_book_offered(struct gth_book *l, const uint8_t digest[32], struct gth_offered *o)
{
	int err = gth_book_number(l, &o->times, "SELECT times FROM offered WHERE digest = ?", "b",
				  digest);

	return err ? err
		   : gth_book_number(l, &o->bytes, "SELECT bytes FROM offered WHERE digest = ?",
				     "b", digest);
}

int gth_book_offer(struct gth_book *l, const uint8_t digest[32], uint64_t bytes)
{
	return gth_book_run(l,
			    "INSERT INTO offered (digest, times, bytes) VALUES (?1, 1, ?2) "
			    "ON CONFLICT (digest) DO UPDATE SET times = times + 1, "
			    "bytes = bytes + ?2",
			    "bi", digest, (int64_t)bytes);
}

int gth_book_unoffer(struct gth_book *l, const uint8_t digest[32])
{
	return gth_book_run(l, "DELETE FROM offered WHERE digest = ?", "b", digest);
}
