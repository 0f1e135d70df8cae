// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * db_proof.c - signed notes that are kept, files that the region has, what was
 * withheld already, and single values, in store.db (see book.h).
 */
#include "daemon/store/db.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int column_text(struct gth_book *l, sqlite3_stmt *st, int err, char **out)
{
	*out = NULL;
	if (!err)
		err = gth_book_step(l, st);
	if (err == 1) {
		*out = strdup((const char *)sqlite3_column_text(st, 0));
		if (!*out)
			err = -ENOMEM;
	}
	sqlite3_finalize(st);
	return err;
}

static int column_digest(struct gth_book *l, sqlite3_stmt *st, int err, uint8_t out[32])
{
	if (!err)
		err = gth_book_step(l, st);
	if (err == 1 && sqlite3_column_bytes(st, 0) == 32)
		memcpy(out, sqlite3_column_blob(st, 0), 32);
	else if (err == 1)
		err = 0;
	sqlite3_finalize(st);
	return err;
}

/* @bytes: of the ciphertext, for the quota. One that is there stays. */
int gth_book_put_proof(struct gth_book *l, const char *id, enum gth_proof kind,
		       const uint8_t digest[32], uint64_t bytes, const char *note, uint64_t now)
{
	return gth_book_run(l,
			    "INSERT OR IGNORE INTO proof (id, kind, digest, bytes, note, time) "
			    "VALUES (?, ?, ?, ?, ?, ?)",
			    "sibisi", id, (int64_t)kind, digest, (int64_t)bytes, note,
			    (int64_t)now);
}

/* Return: 1: note is to be freed; 0: there is none. */
int gth_book_proof(struct gth_book *l, const char *id, enum gth_proof kind, char **note)
{
	sqlite3_stmt *st = NULL;
	int err = gth_book_prepare(l, &st, "SELECT note FROM proof WHERE id = ? AND kind = ?", "si",
				   id, (int64_t)kind);

	return column_text(l, st, err, note);
}

/*
 * How many submissions were made since, and of how many bytes. Those of the future
 * are of a clock that was wrong, and nothing has to wait for them.
 */
int gth_book_sent(struct gth_book *l, uint64_t since, uint64_t now, uint64_t *n, uint64_t *bytes)
{
	int err =
		gth_book_number(l, n,
				"SELECT count(*) FROM proof WHERE kind = ? AND time BETWEEN ? "
				"AND ?",
				"iii", (int64_t)GTH_PROOF_SUBMISSION, (int64_t)since, (int64_t)now);

	return err ? err
		   : gth_book_number(l, bytes,
				     "SELECT sum(bytes) FROM proof WHERE kind = ? AND time BETWEEN "
				     "? AND ?",
				     "iii", (int64_t)GTH_PROOF_SUBMISSION, (int64_t)since,
				     (int64_t)now);
}

#define LENT "id, digest, note_digest, cipher_digest, delete_by, due, asked, region"

static int lent(struct gth_book *l, sqlite3_stmt *st, int err, struct gth_lent *out)
{
	uint8_t *digests[] = { out->digest, out->note_digest, out->cipher_digest };

	if (!err)
		err = gth_book_step(l, st);
	if (err == 1) {
		memset(out, 0, sizeof(*out));
		snprintf(out->id, sizeof(out->id), "%s", (const char *)sqlite3_column_text(st, 0));
		for (int i = 0; i < 3; i++)
			if (sqlite3_column_bytes(st, 1 + i) == 32)
				memcpy(digests[i], sqlite3_column_blob(st, 1 + i), 32);
		out->delete_by = (uint64_t)sqlite3_column_int64(st, 4);
		out->due = (uint64_t)sqlite3_column_int64(st, 5);
		out->asked = (uint32_t)sqlite3_column_int64(st, 6);
		if (sqlite3_column_text(st, 7))
			snprintf(out->region, sizeof(out->region), "%s",
				 (const char *)sqlite3_column_text(st, 7));
	}
	sqlite3_finalize(st);
	return err;
}

int gth_book_lend(struct gth_book *l, const struct gth_lent *e)
{
	return gth_book_run(
		l, "INSERT OR REPLACE INTO lent (" LENT ") VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		"sbbbiiis", e->id, e->digest, e->note_digest, e->cipher_digest,
		(int64_t)e->delete_by, (int64_t)e->due, (int64_t)e->asked, e->region);
}

int gth_book_lent(struct gth_book *l, const char *id, struct gth_lent *out)
{
	sqlite3_stmt *st = NULL;
	int err = gth_book_prepare(l, &st, "SELECT " LENT " FROM lent WHERE id = ?", "s", id);

	return lent(l, st, err, out);
}

/* The one of a region that is due first; @skip are passed over. */
int gth_book_lent_due(struct gth_book *l, const char *region, unsigned int skip,
		      struct gth_lent *out)
{
	sqlite3_stmt *st = NULL;
	int err = gth_book_prepare(l, &st,
				   "SELECT " LENT
				   " FROM lent WHERE region = ? ORDER BY due, id LIMIT 1 "
				   "OFFSET ?",
				   "si", region, (int64_t)skip);

	return lent(l, st, err, out);
}

int gth_book_lent_back(struct gth_book *l, const char *id)
{
	return gth_book_run(l, "DELETE FROM lent WHERE id = ?", "s", id);
}

/**
 * gth_book_lent_clock() - what is due by a clock that was set
 * @set_by: seconds that it went ahead (or back); 0: nobody knows, this is a start
 *
 * A question is never due later than a day, or than the deletion; and what was
 * given up while the clock was ahead is asked for again.
 */
int gth_book_lent_clock(struct gth_book *l, int64_t set_by, uint64_t now)
{
	int err = gth_book_run(l, "UPDATE lent SET due = due + ?1 WHERE due < ?2 AND ?1 != 0", "ii",
			       set_by, (int64_t)GTH_BOOK_LENT_NEVER);

	return err ? err
		   : gth_book_run(
			     l,
			     "UPDATE lent SET due = ?1 WHERE (due < ?2 AND due > ?1 + 86400 "
			     "AND due > delete_by + 60) OR (due >= ?2 AND delete_by + ?3 > ?1)",
			     "iii", (int64_t)now, (int64_t)GTH_BOOK_LENT_NEVER,
			     (int64_t)GTH_BOOK_LENT_OVERDUE);
}

/* Return: 1: it is the first time; 0: it is known; a negative errno. */
int gth_book_withheld_first(struct gth_book *l, const uint8_t digest[32], enum gth_withheld reason,
			    uint64_t now)
{
	int err = gth_book_run(
		l, "INSERT OR IGNORE INTO withheld (digest, reason, time) VALUES (?, ?, ?)", "bii",
		digest, (int64_t)reason, (int64_t)now);

	return err ? err : sqlite3_changes(l->db) > 0;
}

/* The SHA-256 of a file of which the fs-verity digest is known. Return: 1; 0: it is not. */
int gth_book_alias(struct gth_book *l, const uint8_t verity[32], uint8_t digest[32])
{
	sqlite3_stmt *st = NULL;
	int err =
		gth_book_prepare(l, &st, "SELECT digest FROM alias WHERE verity = ?", "b", verity);

	return column_digest(l, st, err, digest);
}

int gth_book_put_alias(struct gth_book *l, const uint8_t verity[32], const uint8_t digest[32])
{
	return gth_book_run(l, "INSERT OR REPLACE INTO alias (verity, digest) VALUES (?, ?)", "bb",
			    verity, digest);
}

/* Return: 1: text is to be freed; 0: it is not set. */
int gth_book_get(struct gth_book *l, const char *name, char **text)
{
	sqlite3_stmt *st = NULL;
	int err = gth_book_prepare(l, &st, "SELECT text FROM value WHERE name = ?", "s", name);

	return column_text(l, st, err, text);
}

int gth_book_set(struct gth_book *l, const char *name, const char *text)
{
	return gth_book_run(l, "INSERT OR REPLACE INTO value (name, text) VALUES (?, ?)", "ss",
			    name, text);
}

int gth_book_count(struct gth_book *l, const char *name, int64_t add)
{
	return gth_book_run(l,
			    "INSERT INTO value (name, text) VALUES (?1, ?2) ON CONFLICT (name) "
			    "DO UPDATE SET text = text + ?2",
			    "si", name, add);
}

int gth_book_counted(struct gth_book *l, const char *name, uint64_t *n)
{
	return gth_book_number(l, n, "SELECT text FROM value WHERE name = ?", "s", name);
}
