// SPDX-License-Identifier: GPL-2.0-or-later
/* db_row.c - submissions in store.db (see db.h). */
#include "daemon/store/db.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define COLUMNS                                                                                    \
	"digest, id, state, class, size, type, path, comm, plain, sealed, cipher_size, "           \
	"cipher_digest, offset, reason, waits, detail, finding, created, changed, answered, due, " \
	"tries, link, path_whole, owner, filesystem, region, recipient"

/* Text of a column, cut to the buffer's size. */
static void text(sqlite3_stmt *st, int column, char *out, size_t size)
{
	const char *value = (const char *)sqlite3_column_text(st, column);

	snprintf(out, size, "%s", value ? value : "");
}

static void read_row(sqlite3_stmt *st, struct gth_row *r)
{
	memset(r, 0, sizeof(*r));
	gth_sql_digest(st, 0, r->digest);
	text(st, 1, r->id, sizeof(r->id));
	r->state = sqlite3_column_int(st, 2);
	r->class = sqlite3_column_int(st, 3);
	r->size = (uint64_t)sqlite3_column_int64(st, 4);
	text(st, 5, r->type, sizeof(r->type));
	text(st, 6, r->path, sizeof(r->path));
	text(st, 7, r->comm, sizeof(r->comm));
	r->plain = sqlite3_column_int(st, 8);
	r->sealed = sqlite3_column_int(st, 9);
	r->cipher_size = (uint64_t)sqlite3_column_int64(st, 10);
	gth_sql_digest(st, 11, r->cipher_digest);
	r->offset = (uint64_t)sqlite3_column_int64(st, 12);
	r->reason = (enum gth_withheld)sqlite3_column_int(st, 13);
	r->waits = (enum gth_withheld)sqlite3_column_int(st, 14);
	text(st, 15, r->detail, sizeof(r->detail));
	r->finding = sqlite3_column_int(st, 16);
	r->created = (uint64_t)sqlite3_column_int64(st, 17);
	r->changed = (uint64_t)sqlite3_column_int64(st, 18);
	r->answered = (uint64_t)sqlite3_column_int64(st, 19);
	r->due = (uint64_t)sqlite3_column_int64(st, 20);
	r->tries = (uint32_t)sqlite3_column_int64(st, 21);
	text(st, 22, r->link, sizeof(r->link));
	r->path_whole = sqlite3_column_int(st, 23);
	r->owner = sqlite3_column_type(st, 24) == SQLITE_NULL ? -1 : sqlite3_column_int64(st, 24);
	text(st, 25, r->filesystem, sizeof(r->filesystem));
	text(st, 26, r->region, sizeof(r->region));
	gth_sql_digest(st, 27, r->recipient);
}

static int one(sqlite3_stmt *st, int err, struct gth_row *r)
{
	if (!err)
		err = gth_sql_step(st);
	if (err == 1)
		read_row(st, r);
	sqlite3_finalize(st);
	return err;
}

/* Adds a row, or replaces the one with that digest. */
int gth_db_put(struct gth_db *l, const struct gth_row *r)
{
	return gth_db_run(
		l,
		"INSERT OR REPLACE INTO submission (" COLUMNS ") VALUES "
		"(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		"dtiiitttiiidiiitiiiiiitiittd", r->digest, r->id, (int64_t)r->state,
		(int64_t)r->class, (int64_t)r->size, r->type, r->path, r->comm, (int64_t)r->plain,
		(int64_t)r->sealed, (int64_t)r->cipher_size, r->cipher_digest, (int64_t)r->offset,
		(int64_t)r->reason, (int64_t)r->waits, r->detail, (int64_t)r->finding,
		(int64_t)r->created, (int64_t)r->changed, (int64_t)r->answered, (int64_t)r->due,
		(int64_t)r->tries, r->link, (int64_t)r->path_whole, r->owner, r->filesystem,
		r->region, r->recipient);
}

int gth_db_by_digest(struct gth_db *l, const uint8_t digest[GTH_DIGEST_SIZE], struct gth_row *r)
{
	sqlite3_stmt *st = NULL;
	int err = gth_sql_prepare(l->db, &st, "SELECT " COLUMNS " FROM submission WHERE digest = ?",
				  "d", digest);

	return one(st, err, r);
}

int gth_db_by_id(struct gth_db *l, const char *id, struct gth_row *r)
{
	sqlite3_stmt *st = NULL;
	int err = gth_sql_prepare(l->db, &st, "SELECT " COLUMNS " FROM submission WHERE id = ?",
				  "t", id);

	return one(st, err, r);
}

/* The submission of a state that has been due for longest, after skipping @skip of them. */
int gth_db_next(struct gth_db *l, int state, uint64_t clock_ms, unsigned int skip,
		struct gth_row *r)
{
	sqlite3_stmt *st = NULL;
	int err = gth_sql_prepare(l->db, &st,
				  "SELECT " COLUMNS " FROM submission WHERE state = ? AND "
				  "due <= ? ORDER BY due, digest LIMIT 1 OFFSET ?",
				  "iii", (int64_t)state, (int64_t)clock_ms, (int64_t)skip);

	return one(st, err, r);
}

/* When the first of a state is due, in ms of the store's clock. Return: 1; 0: there is none. */
int gth_db_due(struct gth_db *l, int state, uint64_t *ms)
{
	sqlite3_stmt *st = NULL;
	int err = gth_sql_prepare(l->db, &st,
				  "SELECT due FROM submission WHERE state = ? ORDER BY due LIMIT 1",
				  "i", (int64_t)state);

	if (!err)
		err = gth_sql_step(st);
	if (err == 1)
		*ms = (uint64_t)sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return err;
}

/*
 * The submission to drop first when a file of @class needs room: failed ones, which can be
 * collected again; then those that are not encrypted yet, D4 before D3, the oldest first. A D4 does
 * not displace a D3.
 */
int gth_db_victim(struct gth_db *l, int class, struct gth_row *r)
{
	sqlite3_stmt *st = NULL;
	int err = gth_sql_prepare(
		l->db, &st,
		"SELECT " COLUMNS " FROM submission WHERE (state = ? AND (plain OR sealed)) OR "
		"(plain AND state IN (?, ?) AND class >= ?) "
		"ORDER BY state = ? DESC, class DESC, created, digest LIMIT 1",
		"iiiii", (int64_t)GTH_SPOOLED_FAILED, (int64_t)GTH_SPOOLED_ASKED,
		(int64_t)GTH_SPOOLED_COPIED, (int64_t) class, (int64_t)GTH_SPOOLED_FAILED);

	return one(st, err, r);
}

int gth_db_spool_bytes(struct gth_db *l, uint64_t *bytes)
{
	return gth_sql_number(l->db, bytes,
			      "SELECT sum(plain * size + sealed * cipher_size) FROM submission",
			      "");
}

/* Notes why the submissions between two states wait, for people; GTH_WITHHELD_NOT: they do not. */
int gth_db_waits(struct gth_db *l, int from, int to, enum gth_withheld waits)
{
	return gth_db_run(
		l, "UPDATE submission SET waits = ? WHERE state BETWEEN ? AND ? AND waits != ?",
		"iiii", (int64_t)waits, (int64_t)from, (int64_t)to, (int64_t)waits);
}

int gth_db_remove(struct gth_db *l, const uint8_t digest[GTH_DIGEST_SIZE])
{
	return gth_db_run(l, "DELETE FROM submission WHERE digest = ?", "d", digest);
}
