// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * db_proof.c - signed notes, files that the region has, digests whose
 * withholding is in the journal, and single values, in store.db (see db.h).
 */
#include "daemon/store/db.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int column_text(sqlite3_stmt *st, int err, char **out)
{
	*out = NULL;
	if (!err)
		err = gth_sql_step(st);
	if (err == 1) {
		*out = strdup((const char *)sqlite3_column_text(st, 0));
		if (!*out)
			err = -ENOMEM;
	}
	sqlite3_finalize(st);
	return err;
}

static int column_digest(sqlite3_stmt *st, int err, uint8_t out[GTH_DIGEST_SIZE])
{
	if (!err)
		err = gth_sql_step(st);
	if (err == 1 && gth_sql_digest(st, 0, out))
		err = 0;
	sqlite3_finalize(st);
	return err;
}

/* @bytes: of the ciphertext, for the quota. A note that is there stays. */
int gth_db_put_proof(struct gth_db *l, const char *id, enum gth_proof kind,
		     const uint8_t digest[GTH_DIGEST_SIZE], uint64_t bytes, const char *note,
		     uint64_t now)
{
	return gth_db_run(l,
			  "INSERT OR IGNORE INTO proof (id, kind, digest, bytes, note, time) "
			  "VALUES (?, ?, ?, ?, ?, ?)",
			  "tiditi", id, (int64_t)kind, digest, (int64_t)bytes, note, (int64_t)now);
}

/* Return: 1: note is to be freed; 0: there is none. */
int gth_db_proof(struct gth_db *l, const char *id, enum gth_proof kind, char **note)
{
	sqlite3_stmt *st = NULL;
	int err = gth_sql_prepare(l->db, &st, "SELECT note FROM proof WHERE id = ? AND kind = ?",
				  "ti", id, (int64_t)kind);

	return column_text(st, err, note);
}

/*
 * The number and the bytes of submissions since @since. Those of the future were made under a wrong
 * clock and do not count.
 */
int gth_db_sent(struct gth_db *l, uint64_t since, uint64_t now, uint64_t *n, uint64_t *bytes)
{
	int err =
		gth_sql_number(l->db, n,
			       "SELECT count(*) FROM proof WHERE kind = ? AND time BETWEEN ? "
			       "AND ?",
			       "iii", (int64_t)GTH_PROOF_SUBMISSION, (int64_t)since, (int64_t)now);

	return err ? err
		   : gth_sql_number(l->db, bytes,
				    "SELECT sum(bytes) FROM proof WHERE kind = ? AND time BETWEEN "
				    "? AND ?",
				    "iii", (int64_t)GTH_PROOF_SUBMISSION, (int64_t)since,
				    (int64_t)now);
}

#define LENT "id, digest, note_digest, cipher_digest, delete_by, due, asked, region"

static int lent(sqlite3_stmt *st, int err, struct gth_lent *out)
{
	uint8_t *digests[] = { out->digest, out->note_digest, out->cipher_digest };

	if (!err)
		err = gth_sql_step(st);
	if (err == 1) {
		memset(out, 0, sizeof(*out));
		snprintf(out->id, sizeof(out->id), "%s", (const char *)sqlite3_column_text(st, 0));
		for (int i = 0; i < 3; i++)
			gth_sql_digest(st, 1 + i, digests[i]);
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

int gth_db_lend(struct gth_db *l, const struct gth_lent *e)
{
	return gth_db_run(l,
			  "INSERT OR REPLACE INTO lent (" LENT ") VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			  "tdddiiit", e->id, e->digest, e->note_digest, e->cipher_digest,
			  (int64_t)e->delete_by, (int64_t)e->due, (int64_t)e->asked, e->region);
}

int gth_db_lent(struct gth_db *l, const char *id, struct gth_lent *out)
{
	sqlite3_stmt *st = NULL;
	int err = gth_sql_prepare(l->db, &st, "SELECT " LENT " FROM lent WHERE id = ?", "t", id);

	return lent(st, err, out);
}

/* The file of a region that is due first, after skipping @skip of them. */
int gth_db_lent_due(struct gth_db *l, const char *region, unsigned int skip, struct gth_lent *out)
{
	sqlite3_stmt *st = NULL;
	int err = gth_sql_prepare(l->db, &st,
				  "SELECT " LENT
				  " FROM lent WHERE region = ? ORDER BY due, id LIMIT 1 "
				  "OFFSET ?",
				  "ti", region, (int64_t)skip);

	return lent(st, err, out);
}

int gth_db_lent_back(struct gth_db *l, const char *id)
{
	return gth_db_run(l, "DELETE FROM lent WHERE id = ?", "t", id);
}

/**
 * gth_db_lent_clock() - move the times that are due after the clock was set
 * @set_by: seconds by which it was set forward (negative: back); 0: not known,
 * at the start
 *
 * A question is never due later than in a day, or than the deletion. A deletion
 * that was given up while the clock was ahead is asked for again.
 */
int gth_db_lent_clock(struct gth_db *l, int64_t set_by, uint64_t now)
{
	int err = gth_db_run(l, "UPDATE lent SET due = due + ?1 WHERE due < ?2 AND ?1 != 0", "ii",
			     set_by, (int64_t)GTH_DB_LENT_NEVER);

	return err ? err
		   : gth_db_run(l,
				"UPDATE lent SET due = ?1 WHERE (due < ?2 AND due > ?1 + 86400 "
				"AND due > delete_by + 60) OR (due >= ?2 AND delete_by + ?3 > ?1)",
				"iii", (int64_t)now, (int64_t)GTH_DB_LENT_NEVER,
				(int64_t)GTH_DB_LENT_OVERDUE);
}

/* Return: 1: it is the first time; 0: it is known; a negative errno. */
int gth_db_withheld_first(struct gth_db *l, const uint8_t digest[GTH_DIGEST_SIZE],
			  enum gth_withheld reason, uint64_t now)
{
	int err = gth_db_run(
		l, "INSERT OR IGNORE INTO withheld (digest, reason, time) VALUES (?, ?, ?)", "dii",
		digest, (int64_t)reason, (int64_t)now);

	return err ? err : sqlite3_changes(l->db) > 0;
}

/* The SHA-256 of a file of which the fs-verity digest is known. Return: 1; 0: it is not. */
int gth_db_alias(struct gth_db *l, const uint8_t verity[GTH_DIGEST_SIZE],
		 uint8_t digest[GTH_DIGEST_SIZE])
{
	sqlite3_stmt *st = NULL;
	int err = gth_sql_prepare(l->db, &st, "SELECT digest FROM alias WHERE verity = ?", "d",
				  verity);

	return column_digest(st, err, digest);
}

int gth_db_put_alias(struct gth_db *l, const uint8_t verity[GTH_DIGEST_SIZE],
		     const uint8_t digest[GTH_DIGEST_SIZE])
{
	return gth_db_run(l, "INSERT OR REPLACE INTO alias (verity, digest) VALUES (?, ?)", "dd",
			  verity, digest);
}

/* Return: 1: text is to be freed; 0: it is not set. */
int gth_db_get(struct gth_db *l, const char *name, char **text)
{
	sqlite3_stmt *st = NULL;
	int err = gth_sql_prepare(l->db, &st, "SELECT text FROM value WHERE name = ?", "t", name);

	return column_text(st, err, text);
}

int gth_db_set(struct gth_db *l, const char *name, const char *text)
{
	return gth_db_run(l, "INSERT OR REPLACE INTO value (name, text) VALUES (?, ?)", "tt", name,
			  text);
}

int gth_db_count(struct gth_db *l, const char *name, int64_t add)
{
	return gth_db_run(l,
			  "INSERT INTO value (name, text) VALUES (?1, ?2) ON CONFLICT (name) "
			  "DO UPDATE SET text = text + ?2",
			  "ti", name, add);
}

int gth_db_counted(struct gth_db *l, const char *name, uint64_t *n)
{
	return gth_sql_number(l->db, n, "SELECT text FROM value WHERE name = ?", "t", name);
}
