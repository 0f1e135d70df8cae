/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sql.h - SQLite, as store and region use it: statements with their values, the type of
 * each given by a letter of @types, and an errno for each of its errors.
 *
 *	t	const char *, or NULL
 *	i	int64_t or uint64_t
 *	d	32 bytes, or NULL: a digest
 */
#ifndef GTH_LIB_HOST_SQL_H
#define GTH_LIB_HOST_SQL_H

#include <stdarg.h>
#include <stdint.h>

#include <linux/gotthard.h>

#include <sqlite3.h>

int gth_sql_errno(sqlite3 *db, int rc);
int gth_sql_open(sqlite3 **db, const char *path, int flags, int busy_ms, int (*alive)(void *));
int gth_sql_check(sqlite3 *db);

int gth_sql_vprepare(sqlite3 *db, sqlite3_stmt **st, const char *sql, const char *types,
		     va_list values);
int gth_sql_prepare(sqlite3 *db, sqlite3_stmt **st, const char *sql, const char *types, ...);
int gth_sql_step(sqlite3_stmt *st);
int gth_sql_vrun(sqlite3 *db, const char *sql, const char *types, va_list values);
int gth_sql_run(sqlite3 *db, const char *sql, const char *types, ...);
int gth_sql_number(sqlite3 *db, uint64_t *n, const char *sql, const char *types, ...);
int gth_sql_script(sqlite3 *db, const char *sql);
int gth_sql_digest(sqlite3_stmt *st, int column, uint8_t digest[GTH_DIGEST_SIZE]);

#endif /* GTH_LIB_HOST_SQL_H */
