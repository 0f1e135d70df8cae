// SPDX-License-Identifier: GPL-2.0-or-later
/* sql.c - SQLite's calls, and its errors as errnos (see sql.h). */
#include "lib/host/sql.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#define STEPS 100000 /* of SQLite's virtual machine, between two calls of alive(): some ms */

static bool is_full(int number)
{
	return number == ENOSPC || number == EDQUOT;
}

/*
 * gth_sql_errno() - an errno for what SQLite returned last of a database (NULL: of none)
 *
 * A quota of the filesystem is an error of I/O to SQLite, and a disk that is full where a
 * file is to be made one of opening it.
 */
int gth_sql_errno(sqlite3 *db, int rc)
{
	int kind = rc & 0xff;

	if (db && (kind == SQLITE_IOERR || kind == SQLITE_CANTOPEN) &&
	    (is_full(sqlite3_system_errno(db)) ||
	     sqlite3_extended_errcode(db) == SQLITE_IOERR_SHMSIZE))
		return -ENOSPC;
	if (rc == SQLITE_IOERR_SHMSIZE)
		return -ENOSPC;
	switch (kind) {
	case SQLITE_OK:
	case SQLITE_DONE:
	case SQLITE_ROW:
		return 0;
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return -EUCLEAN;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_READONLY:
		return -EROFS;
	case SQLITE_PERM:
	case SQLITE_CANTOPEN:
		return -EACCES;
	case SQLITE_CONSTRAINT:
		return -EEXIST;
	case SQLITE_MISUSE:
	case SQLITE_RANGE:
		return -EINVAL;
	default:
		return -EIO;
	}
}

/* Of a call before which errno was 0: SQLite 3.40 does not keep the number of a commit. */
static int error_of(sqlite3 *db, int rc)
{
	int number = errno, kind = rc & 0xff;

	if ((kind == SQLITE_IOERR || kind == SQLITE_CANTOPEN) && is_full(number))
		return -ENOSPC;
	return gth_sql_errno(db, rc);
}

/**
 * gth_sql_open() - a database whose commits are durable
 * @flags: of sqlite3_open_v2()
 * @busy_ms: that another process may keep it locked
 * @alive: called during long statements, or NULL; it returns 0
 *
 * Return: 0 or an errno. In both cases *db is to be closed.
 */
int gth_sql_open(sqlite3 **db, const char *path, int flags, int busy_ms, int (*alive)(void *))
{
	int rc;

	errno = 0;
	rc = sqlite3_open_v2(path, db, flags, NULL);
	if (rc != SQLITE_OK)
		return error_of(*db, rc);
	sqlite3_busy_timeout(*db, busy_ms);
	sqlite3_progress_handler(*db, STEPS, alive, NULL);
	return gth_sql_script(*db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
}

/* gth_sql_check() - of a whole database. Return: 0; -EUCLEAN: it is damaged; an errno. */
int gth_sql_check(sqlite3 *db)
{
	sqlite3_stmt *st = NULL;
	int err = gth_sql_prepare(db, &st, "PRAGMA quick_check(1)", "");

	if (!err)
		err = gth_sql_step(st);
	if (err == 1)
		err = strcmp((const char *)sqlite3_column_text(st, 0), "ok") ? -EUCLEAN : 0;
	sqlite3_finalize(st);
	return err;
}

static int bind(sqlite3_stmt *st, const char *types, va_list values)
{
	int rc = SQLITE_OK;

	for (int i = 1; *types && rc == SQLITE_OK; types++, i++) {
		if (*types == 't')
			rc = sqlite3_bind_text(st, i, va_arg(values, const char *), -1,
					       SQLITE_TRANSIENT);
		else if (*types == 'i')
			rc = sqlite3_bind_int64(st, i, va_arg(values, int64_t));
		else if (*types == 'd')
			rc = sqlite3_bind_blob(st, i, va_arg(values, const void *), GTH_DIGEST_SIZE,
					       SQLITE_TRANSIENT);
		else
			rc = SQLITE_MISUSE;
	}
	return rc;
}

/* Return: 0, and the statement is to be finalized; an errno, and it is NULL. */
int gth_sql_vprepare(sqlite3 *db, sqlite3_stmt **st, const char *sql, const char *types,
		     va_list values)
{
	int rc, err;

	errno = 0;
	rc = sqlite3_prepare_v2(db, sql, -1, st, NULL);
	if (rc == SQLITE_OK)
		rc = bind(*st, types, values);
	if (rc == SQLITE_OK)
		return 0;
	err = error_of(db, rc);
	sqlite3_finalize(*st);
	*st = NULL;
	return err;
}

int gth_sql_prepare(sqlite3 *db, sqlite3_stmt **st, const char *sql, const char *types, ...)
{
	va_list values;
	int err;

	va_start(values, types);
	err = gth_sql_vprepare(db, st, sql, types, values);
	va_end(values);
	return err;
}

/* Return: 1: a row; 0: there are no more; an errno. */
int gth_sql_step(sqlite3_stmt *st)
{
	int rc;

	errno = 0;
	rc = sqlite3_step(st);
	return rc == SQLITE_ROW ? 1 : error_of(sqlite3_db_handle(st), rc);
}

/* To its end, whatever rows it has. Return: 0 or an errno. */
int gth_sql_vrun(sqlite3 *db, const char *sql, const char *types, va_list values)
{
	sqlite3_stmt *st = NULL;
	int err = gth_sql_vprepare(db, &st, sql, types, values);

	if (err)
		return err;
	do
		err = gth_sql_step(st);
	while (err == 1);
	sqlite3_finalize(st);
	return err;
}

int gth_sql_run(sqlite3 *db, const char *sql, const char *types, ...)
{
	va_list values;
	int err;

	va_start(values, types);
	err = gth_sql_vrun(db, sql, types, values);
	va_end(values);
	return err;
}

/* The first column of the first row; NULL and no row are 0. Return: 0 or an errno. */
int gth_sql_number(sqlite3 *db, uint64_t *n, const char *sql, const char *types, ...)
{
	sqlite3_stmt *st = NULL;
	va_list values;
	int err;

	*n = 0;
	va_start(values, types);
	err = gth_sql_vprepare(db, &st, sql, types, values);
	va_end(values);
	if (!err)
		err = gth_sql_step(st);
	if (err == 1)
		*n = (uint64_t)sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return err < 0 ? err : 0;
}

/* Several statements, without values and rows. Return: 0 or an errno. */
int gth_sql_script(sqlite3 *db, const char *sql)
{
	int rc;

	errno = 0;
	rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
	return error_of(db, rc);
}

/* A column; zeros if there is no digest in it. Return: 0; -EUCLEAN: there is none. */
int gth_sql_digest(sqlite3_stmt *st, int column, uint8_t digest[GTH_DIGEST_SIZE])
{
	memset(digest, 0, GTH_DIGEST_SIZE);
	if (sqlite3_column_bytes(st, column) != GTH_DIGEST_SIZE)
		return -EUCLEAN;
	memcpy(digest, sqlite3_column_blob(st, column), GTH_DIGEST_SIZE);
	return 0;
}
