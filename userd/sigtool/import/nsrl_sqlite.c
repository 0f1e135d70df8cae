// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * nsrl_sqlite.c - NSRL's RDSv3 (see nsrl_sqlite.h).
 *
 * A full set has a table METADATA, and the view FILE of it; a minimal set has a table FILE. The
 * database is foreign: it is opened for reading only, its own SQL may not call functions with
 * effects, and SQLite's memory is bounded.
 */
#include "sigtool/import/nsrl_sqlite.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/host/sql.h"
#include "lib/util/hex.h"
#include "lib/util/say.h"
#include "sigtool/sigtool.h"

#define MEMORY_MAX (64LL << 20) /* bytes */
#define VALUE_MAX (1 << 20)	/* bytes of a value or of a statement */

static int broken(struct taking *t, const char *why)
{
	gth_progress_clear(&t->progress);
	gth_say("%s: cannot be read as an RDSv3 database: %s", t->file, why);
	return STATUS_INPUT;
}

/* A view may name what it likes: nothing endless, and nothing that changes something. */
static int authorize(void *ctx, int action, const char *a, const char *b, const char *c,
		     const char *d)
{
	(void)ctx, (void)a, (void)b, (void)c, (void)d;
	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_READ:
	case SQLITE_FUNCTION:
		return SQLITE_OK;
	default:
		return SQLITE_DENY;
	}
}

static int open_foreign(sqlite3 **db, const char *path)
{
	int rc = sqlite3_open_v2(path, db, SQLITE_OPEN_READONLY, NULL);

	if (rc != SQLITE_OK)
		return rc;
	sqlite3_hard_heap_limit64(MEMORY_MAX);
	sqlite3_limit(*db, SQLITE_LIMIT_LENGTH, VALUE_MAX);
	sqlite3_db_config(*db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(*db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	return SQLITE_OK;
}

/* Return: 1: it is there; 0; or -1, an error of SQLite. */
static int has_column(sqlite3 *db, const char *table, const char *column)
{
	static const char sql[] =
		"SELECT 1 FROM pragma_table_info(?1) WHERE name = ?2 COLLATE NOCASE";
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(db, sql, -1, &st, NULL);

	if (rc == SQLITE_OK) {
		sqlite3_bind_text(st, 1, table, -1, SQLITE_STATIC);
		sqlite3_bind_text(st, 2, column, -1, SQLITE_STATIC);
		rc = sqlite3_step(st);
	}
	sqlite3_finalize(st);
	return rc == SQLITE_ROW ? 1 : rc == SQLITE_DONE ? 0 : -1;
}

/* METADATA first: FILE has a row for each package that a file is in. */
static int find_table(sqlite3 *db, const char **table, bool *named)
{
	static const char *const tables[] = { "METADATA", "FILE" };
	int has = 0, name;

	for (size_t i = 0; i < 2 && !has; i++) {
		*table = tables[i];
		has = has_column(db, *table, "sha256");
	}
	if (has != 1)
		return has;
	name = has_column(db, *table, "file_name");
	*named = name == 1;
	return name < 0 ? name : 1;
}

static int take_row(struct taking *t, sqlite3_stmt *st)
{
	static const char none[] = "a record without a SHA-256";
	static const char wrong[] = "a SHA-256 that is not 64 hexadecimal digits";
	const char *text = (const char *)sqlite3_column_text(st, 0);
	size_t len = (size_t)sqlite3_column_bytes(st, 0);
	const char *name = (const char *)sqlite3_column_text(st, 1);
	u8 digest[GTH_DIGEST_SIZE];

	/* there are no lines: the number of the record stands for one */
	if (!text || !len)
		return taking_not(t, t->here + 1, TAKING_FOREIGN, none);
	if (len != 2 * GTH_DIGEST_SIZE || gth_hex_decode(digest, GTH_DIGEST_SIZE, text))
		return taking_not(t, t->here + 1, TAKING_MALFORMED, wrong);
	return taking_take(t, digest, name, name ? (size_t)sqlite3_column_bytes(st, 1) : 0);
}

static int read_rows(struct taking *t, sqlite3 *db)
{
	const char *table;
	char sql[128];
	sqlite3_stmt *st = NULL;
	bool named = false;
	int has = find_table(db, &table, &named), rc, err = 0;

	if (has < 0)
		return broken(t, sqlite3_errmsg(db));
	if (!has)
		return broken(t, "neither METADATA nor FILE has a column sha256");
	snprintf(sql, sizeof(sql), "SELECT sha256, %s FROM %s", named ? "file_name" : "NULL",
		 table);
	sqlite3_set_authorizer(db, authorize, NULL);
	rc = sqlite3_prepare_v2(db, sql, -1, &st, NULL);
	while (rc == SQLITE_OK || rc == SQLITE_ROW) {
		rc = sqlite3_step(st);
		if (rc != SQLITE_ROW)
			break;
		err = take_row(t, st);
		if (err)
			break;
	}
	if (!err && rc != SQLITE_DONE)
		has = broken(t, sqlite3_errmsg(db));
	else
		has = err ? taking_failed(t, t->here, err) : STATUS_OK;
	sqlite3_finalize(st);
	return has;
}

/* The file was begun. Return: an exit status, and an error was logged. */
int nsrl_sqlite(struct taking *t, const char *path)
{
	sqlite3 *db = NULL;
	int rc = open_foreign(&db, path), status;

	status = rc == SQLITE_OK ? read_rows(t, db) : broken(t, sqlite3_errmsg(db));
	sqlite3_close(db);
	return status ? status : taking_end(t, "nsrl");
}
