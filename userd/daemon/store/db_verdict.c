// SPDX-License-Identifier: GPL-2.0-or-later
/* db_verdict.c - the region's verdicts in store.db (see db.h). */
#include "daemon/store/db.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define COLUMNS "digest, note, finding, issued, expires"

static int one(sqlite3_stmt *st, int err, struct gth_kept_verdict *v)
{
	memset(v, 0, sizeof(*v));
	if (!err)
		err = gth_sql_step(st);
	if (err == 1) {
		gth_sql_digest(st, 0, v->digest);
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
int gth_db_verdict(struct gth_db *l, const uint8_t digest[GTH_DIGEST_SIZE],
		   struct gth_kept_verdict *v)
{
	sqlite3_stmt *st = NULL;
	int err = gth_sql_prepare(l->db, &st, "SELECT " COLUMNS " FROM verdict WHERE digest = ?",
				  "d", digest);

	return one(st, err, v);
}

/* The next verdict that holds, in the order of digests; @digest NULL: the first. */
int gth_db_verdict_after(struct gth_db *l, const uint8_t digest[GTH_DIGEST_SIZE], uint64_t now,
			 struct gth_kept_verdict *v)
{
	sqlite3_stmt *st = NULL;
	int err;

	if (digest)
		err = gth_sql_prepare(l->db, &st,
				      "SELECT " COLUMNS " FROM verdict WHERE digest > ? AND "
				      "expires > ? ORDER BY digest LIMIT 1",
				      "di", digest, (int64_t)now);
	else
		err = gth_sql_prepare(l->db, &st,
				      "SELECT " COLUMNS " FROM verdict WHERE expires > ? "
				      "ORDER BY digest LIMIT 1",
				      "i", (int64_t)now);
	return one(st, err, v);
}

/* Replaces an earlier verdict of the digest. */
int gth_db_put_verdict(struct gth_db *l, const struct gth_region_verdict *v, const char *note)
{
	return gth_db_run(l,
			  "INSERT OR REPLACE INTO verdict (digest, note, finding, name, "
			  "engine, issued, expires) VALUES (?, ?, ?, ?, ?, ?, ?)",
			  "dtittii", v->digest, note, (int64_t)v->finding, v->name, v->engine,
			  (int64_t)v->issued, (int64_t)v->expires);
}

int gth_db_forget(struct gth_db *l, const uint8_t digest[GTH_DIGEST_SIZE])
{
	return gth_db_run(l, "DELETE FROM verdict WHERE digest = ?", "d", digest);
}

#define EXPIRED "feed-expired" /* the latest expiry of the verdicts that were dropped for it */
#define EARLY "feed-early"     /* the earliest start of the verdicts that did not hold yet */

/* A verdict of the feed was dropped because it expired at @expires. */
int gth_db_note_expired(struct gth_db *l, uint64_t expires)
{
	uint64_t before;
	char text[24];
	int err = gth_db_counted(l, EXPIRED, &before);

	if (err || before >= expires)
		return err;
	snprintf(text, sizeof(text), "%llu", (unsigned long long)expires);
	return gth_db_set(l, EXPIRED, text);
}

/* A verdict of the feed was ignored because it does not hold before @from. */
int gth_db_note_early(struct gth_db *l, uint64_t from)
{
	uint64_t before;
	char text[24];
	int err = gth_db_counted(l, EARLY, &before);

	if (err || (before && before <= from))
		return err;
	snprintf(text, sizeof(text), "%llu", (unsigned long long)from);
	return gth_db_set(l, EARLY, text);
}

/* Removes expired verdicts, and notes their expiry in case the clock is wrong. */
int gth_db_expire(struct gth_db *l, uint64_t now)
{
	uint64_t latest;
	int err = gth_sql_number(l->db, &latest,
				 "SELECT max(expires) FROM verdict WHERE expires <= ?", "i",
				 (int64_t)now);

	if (err || !latest)
		return err;
	err = gth_db_note_expired(l, latest);
	return err ? err
		   : gth_db_run(l, "DELETE FROM verdict WHERE expires <= ?", "i", (int64_t)now);
}

/*
 * Was a verdict before the feed's cursor dropped, or ignored, that holds by the clock of now?
 * Return: 1: yes, and the notes and the cursor are removed, so that the feed is read again; 0: no;
 * or an errno.
 */
int gth_db_feed_gap(struct gth_db *l, uint64_t now)
{
	uint64_t expired, early;
	int err = gth_db_counted(l, EXPIRED, &expired);

	if (!err)
		err = gth_db_counted(l, EARLY, &early);
	if (err || (expired <= now && (!early || early > now)))
		return err;
	err = gth_db_run(
		l, "DELETE FROM value WHERE name IN ('" EXPIRED "', '" EARLY "', 'cursor')", "");
	return err ? err : 1;
}
