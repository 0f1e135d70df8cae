// SPDX-License-Identifier: GPL-2.0-or-later
/* db_verdict.c - the region's verdicts in store.db (see book.h). */
#include "daemon/store/db.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define COLUMNS "digest, note, finding, issued, expires"

static int one(struct gth_book *l, sqlite3_stmt *st, int err, struct gth_kept_verdict *v)
{
	memset(v, 0, sizeof(*v));
	if (!err)
		err = gth_book_step(l, st);
	if (err == 1) {
		if (sqlite3_column_bytes(st, 0) == 32)
			memcpy(v->digest, sqlite3_column_blob(st, 0), 32);
		v->note = strdup((const char *)sqlite3_column_text(st, 1));
		v->finding = sqlite3_column_int(st, 2);
		v->issued = (uint64_t)sqlite3_column_int64(st, 3);
		v->expires = (uint64_t)sqlite3_column_int64(st, 4);
		if (!v->note)
			err = -ENOMEM;
	}
	sqlite3_finalize(st);
	return err;
}

/* Expired or not. Return: 1: v->note is to be freed; 0: there is none. */
int gth_book_verdict(struct gth_book *l, const uint8_t digest[32], struct gth_kept_verdict *v)
{
	sqlite3_stmt *st = NULL;
	int err = gth_book_prepare(l, &st, "SELECT " COLUMNS " FROM verdict WHERE digest = ?", "b",
				   digest);

	return one(l, st, err, v);
}

/* The next one in the order of digests that holds; @digest NULL: the first. */
int gth_book_verdict_after(struct gth_book *l, const uint8_t digest[32], uint64_t now,
			   struct gth_kept_verdict *v)
{
	sqlite3_stmt *st = NULL;
	int err;

	if (digest)
		err = gth_book_prepare(l, &st,
				       "SELECT " COLUMNS " FROM verdict WHERE digest > ? AND "
				       "expires > ? ORDER BY digest LIMIT 1",
				       "bi", digest, (int64_t)now);
	else
		err = gth_book_prepare(l, &st,
				       "SELECT " COLUMNS " FROM verdict WHERE expires > ? "
				       "ORDER BY digest LIMIT 1",
				       "i", (int64_t)now);
	return one(l, st, err, v);
}

/* In the place of the one before. */
int gth_book_put_verdict(struct gth_book *l, const struct gth_region_verdict *v, const char *note)
{
	return gth_book_run(l,
			    "INSERT OR REPLACE INTO verdict (digest, note, finding, name, "
			    "engine, issued, expires) VALUES (?, ?, ?, ?, ?, ?, ?)",
			    "bsissii", v->digest, note, (int64_t)v->finding, v->name, v->engine,
			    (int64_t)v->issued, (int64_t)v->expires);
}

int gth_book_forget(struct gth_book *l, const uint8_t digest[32])
{
	return gth_book_run(l, "DELETE FROM verdict WHERE digest = ?", "b", digest);
}

#define EXPIRED "feed-expired" /* the latest expiry of what was dropped for it */
#define EARLY "feed-early"     /* when the first holds that was ignored because it did not yet */

/* A verdict of the feed was dropped because it expired at @expires. */
int gth_book_note_expired(struct gth_book *l, uint64_t expires)
{
	uint64_t before;
	char text[24];
	int err = gth_book_counted(l, EXPIRED, &before);

	if (err || before >= expires)
		return err;
	snprintf(text, sizeof(text), "%llu", (unsigned long long)expires);
	return gth_book_set(l, EXPIRED, text);
}

/* One was ignored that is not believed before @from. */
int gth_book_note_early(struct gth_book *l, uint64_t from)
{
	uint64_t before;
	char text[24];
	int err = gth_book_counted(l, EARLY, &before);

	if (err || (before && before <= from))
		return err;
	snprintf(text, sizeof(text), "%llu", (unsigned long long)from);
	return gth_book_set(l, EARLY, text);
}

/* What has expired goes, and is remembered: the clock may be wrong. */
int gth_book_expire(struct gth_book *l, uint64_t now)
{
	uint64_t latest;
	int err = gth_book_number(l, &latest, "SELECT max(expires) FROM verdict WHERE expires <= ?",
				  "i", (int64_t)now);

	if (err || !latest)
		return err;
	err = gth_book_note_expired(l, latest);
	return err ? err
		   : gth_book_run(l, "DELETE FROM verdict WHERE expires <= ?", "i", (int64_t)now);
}

/*
 * Was anything behind the feed's cursor dropped, or ignored, that holds by the clock
 * as it is now? Return: 1: then it is forgotten, and the cursor too; 0; an errno.
 */
int gth_book_feed_gap(struct gth_book *l, uint64_t now)
{
	uint64_t expired, early;
	int err = gth_book_counted(l, EXPIRED, &expired);

	if (!err)
		err = gth_book_counted(l, EARLY, &early);
	if (err || (expired <= now && (!early || early > now)))
		return err;
	err = gth_book_run(
		l, "DELETE FROM value WHERE name IN ('" EXPIRED "', '" EARLY "', 'cursor')", "");
	return err ? err : 1;
}
