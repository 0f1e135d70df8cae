// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * db_quota.c - bytes that were offered to the region, in store.db (see db.h): of a day, for the
 * owner's quota, and of a file, so that a region cannot make the store send it for ever.
 */
#include "daemon/store/db.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define DAY 86400
#define QUOTA "quota" /* the value: day, files, bytes */

/* For a database without the value (older, or begun today): counts the submissions of the day. */
static int from_proofs(struct gth_db *l, struct gth_spent *s, uint64_t now)
{
	return gth_db_sent(l, now - now % DAY, now, &s->files, &s->bytes);
}

/**
 * gth_db_spent() - files and bytes that were offered today
 * @now: Unix time
 *
 * A day begins when a later date is seen than before. If the clock is set back,
 * the count goes on, so that the quota cannot be spent twice.
 */
int gth_db_spent(struct gth_db *l, uint64_t now, struct gth_spent *s)
{
	unsigned long long day, files, bytes;
	char *text = NULL;
	int err = gth_db_get(l, QUOTA, &text);

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

/* @files: submissions that begin; @bytes: offered with them. */
int gth_db_spend(struct gth_db *l, uint64_t now, uint64_t files, uint64_t bytes)
{
	struct gth_spent s;
	char text[80];
	int err = gth_db_spent(l, now, &s);

	if (err)
		return err;
	s.files += files;
	s.bytes += bytes;
	snprintf(text, sizeof(text), "%llu %llu %llu", (unsigned long long)s.day,
		 (unsigned long long)s.files, (unsigned long long)s.bytes);
	return gth_db_set(l, QUOTA, text);
}

/* How often the store asked about a file or sent of it, and how many bytes of it were offered. */
int gth_db_offered(struct gth_db *l, const uint8_t digest[GTH_DIGEST_SIZE], struct gth_offered *o)
{
	int err = gth_sql_number(l->db, &o->times, "SELECT times FROM offered WHERE digest = ?",
				 "d", digest);

	return err ? err
		   : gth_sql_number(l->db, &o->bytes, "SELECT bytes FROM offered WHERE digest = ?",
				    "d", digest);
}

int gth_db_offer(struct gth_db *l, const uint8_t digest[GTH_DIGEST_SIZE], uint64_t bytes)
{
	return gth_db_run(l,
			  "INSERT INTO offered (digest, times, bytes) VALUES (?1, 1, ?2) "
			  "ON CONFLICT (digest) DO UPDATE SET times = times + 1, "
			  "bytes = bytes + ?2",
			  "di", digest, (int64_t)bytes);
}

int gth_db_unoffer(struct gth_db *l, const uint8_t digest[GTH_DIGEST_SIZE])
{
	return gth_db_run(l, "DELETE FROM offered WHERE digest = ?", "d", digest);
}
