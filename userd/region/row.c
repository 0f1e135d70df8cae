// SPDX-License-Identifier: GPL-2.0-or-later
/* row.c - one submission out of the database (see row.h). */
#include "row.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int text(sqlite3_stmt *q, int column, char **out)
{
	const char *value = (const char *)sqlite3_column_text(q, column);

	*out = value ? strdup(value) : NULL;
	return value && !*out ? -ENOMEM : 0;
}

static int copy(sqlite3_stmt *q, struct region_submission *sub)
{
	int err;

	snprintf(sub->id, sizeof(sub->id), "%s", (const char *)sqlite3_column_text(q, 0));
	snprintf(sub->endpoint, sizeof(sub->endpoint), "%s",
		 (const char *)sqlite3_column_text(q, 1));
	sub->status = (enum region_status)sqlite3_column_int(q, 2);
	sub->size = (uint64_t)sqlite3_column_int64(q, 5);
	sub->cipher_size = (uint64_t)sqlite3_column_int64(q, 6);
	sub->delete_by = (uint64_t)sqlite3_column_int64(q, 7);
	sub->attempts = (uint64_t)sqlite3_column_int64(q, 8);
	err = gth_sql_digest(q, 3, sub->digest);
	if (!err)
		err = gth_sql_digest(q, 4, sub->cipher_digest);
	if (!err)
		err = text(q, 9, &sub->note);
	if (!err)
		err = text(q, 10, &sub->receipt);
	if (!err)
		err = text(q, 11, &sub->verdict);
	if (!err)
		err = text(q, 12, &sub->deletion);
	return err ? err : text(q, 13, &sub->detail);
}

/**
 * region_row() - the first row of a query that begins with REGION_ROW
 * @types: t, i, d as of gth_sql_prepare(->db)
 *
 * Return: 0, to be freed; -ENOENT: there is none; or an errno.
 */
int region_row(struct region_state *s, struct region_submission *sub, const char *sql,
	       const char *types, ...)
{
	sqlite3_stmt *q;
	va_list args;
	int err;

	memset(sub, 0, sizeof(*sub));
	va_start(args, types);
	err = gth_sql_vprepare(s->db, &q, sql, types, args);
	va_end(args);
	if (err)
		return err;
	err = gth_sql_step(q);
	err = err == 1 ? copy(q, sub) : err ? err : -ENOENT;
	sqlite3_finalize(q);
	if (err)
		region_submission_free(sub);
	return err;
}
