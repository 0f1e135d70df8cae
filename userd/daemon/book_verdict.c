// SPDX-License-Identifier: GPL-2.0-or-later
/* book_verdict.c - the region's verdicts in store.db (see book.h). */
#include "book.h"

#include <errno.h>
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
