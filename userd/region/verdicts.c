// SPDX-License-Identifier: GPL-2.0-or-later
/* verdicts.c - verdicts by digest and by sequence (see verdicts.h). */
#include "verdicts.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/text/region_api.h"
#include "lib/util/number.h"

int region_verdict_put(struct region_state *s, const struct gth_region_verdict *v, const char *note)
{
	int err = region_begin(s);

	if (err)
		return err;
	/* No number is used twice, not even that of the last verdict after it is pruned. */
	err = gth_sql_run(s->db,
			  "INSERT INTO meta VALUES('seq', '1') ON CONFLICT(name) DO UPDATE"
			  " SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT)",
			  "");
	if (!err)
		err = gth_sql_run(s->db,
				  "INSERT OR REPLACE INTO verdict VALUES(?, (SELECT CAST(value AS"
				  " INTEGER) FROM meta WHERE name = 'seq'), ?, ?, ?, ?)",
				  "diiit", v->digest, (uint64_t)v->finding, v->issued, v->expires,
				  note);
	return region_end(s, err);
}

/* Return: 0, note to be freed; -ENOENT: there is none that holds. */
int region_verdict_get(struct region_state *s, const uint8_t digest[GTH_DIGEST_SIZE], uint64_t now,
		       char **note)
{
	sqlite3_stmt *q;
	int err;

	pthread_mutex_lock(&s->lock);
	err = gth_sql_prepare(s->db, &q,
			      "SELECT note FROM verdict WHERE digest = ? AND expires > ?", "di",
			      digest, now);
	if (!err) {
		err = gth_sql_step(q);
		if (err == 1) {
			*note = strdup((const char *)sqlite3_column_text(q, 0));
			err = *note ? 0 : -ENOMEM;
		} else if (!err) {
			err = -ENOENT;
		}
		sqlite3_finalize(q);
	}
	pthread_mutex_unlock(&s->lock);
	return err;
}

/* The last number that was given out. */
static int last_number(struct region_state *s, uint64_t *seq)
{
	return gth_sql_number(s->db, seq,
			      "SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'seq'", "");
}

/*
 * "ID.NUMBER": the database and the last verdict seen. A cursor of another database, or one ahead
 * of this database, whose later state was lost, starts from the beginning.
 */
static int parse_cursor(struct region_state *s, const char *cursor, char id[17], uint64_t *seq)
{
	unsigned long long number = 0;
	uint64_t last = 0;
	sqlite3_stmt *q;
	int err = gth_sql_prepare(s->db, &q, "SELECT value FROM meta WHERE name = 'id'", "");

	if (err)
		return err;
	err = gth_sql_step(q) == 1 ? 0 : -EUCLEAN;
	if (!err)
		snprintf(id, 17, "%s", (const char *)sqlite3_column_text(q, 0));
	sqlite3_finalize(q);
	*seq = 0;
	if (err || !cursor[0])
		return err;
	if (strlen(cursor) < 18 || strspn(cursor, "0123456789abcdef") != 16 || cursor[16] != '.' ||
	    gth_number_parse(cursor + 17, LLONG_MAX, &number))
		return -EINVAL;
	err = last_number(s, &last);
	if (!err && !memcmp(cursor, id, 16) && number <= last)
		*seq = number;
	return err;
}

static int add_verdicts(sqlite3_stmt *q, json_t *array, uint64_t *seq)
{
	int err;

	while ((err = gth_sql_step(q)) == 1) {
		const char *note = (const char *)sqlite3_column_text(q, 1);

		if (json_array_append_new(array, json_string(note)))
			return -ENOMEM;
		*seq = (uint64_t)sqlite3_column_int64(q, 0);
	}
	return err;
}

/**
 * region_verdict_list() - the valid verdicts after a cursor
 * @cursor: of the page before; empty: from the beginning
 * @page: set to {"verdicts", "cursor"}, to be released
 *
 * Return: 0; -EINVAL: not a cursor of ours; or an errno.
 */
int region_verdict_list(struct region_state *s, const char *cursor, uint64_t now, json_t **page)
{
	json_t *array = json_array();
	char next[GTH_CURSOR_SIZE], id[17];
	sqlite3_stmt *q = NULL;
	uint64_t seq;
	int err;

	pthread_mutex_lock(&s->lock);
	err = parse_cursor(s, cursor, id, &seq);
	if (!err)
		err = gth_sql_prepare(s->db, &q,
				      "SELECT seq, note FROM verdict WHERE seq > ? AND expires > ?"
				      " ORDER BY seq LIMIT ?",
				      "iii", seq, now, (uint64_t)REGION_VERDICTS_MAX);
	if (!err)
		err = add_verdicts(q, array, &seq);
	sqlite3_finalize(q);
	pthread_mutex_unlock(&s->lock);
	if (err) {
		json_decref(array);
		return err;
	}
	snprintf(next, sizeof(next), "%s.%llu", id, (unsigned long long)seq);
	*page = json_pack("{s:o, s:s}", "verdicts", array, "cursor", next);
	return *page ? 0 : -ENOMEM;
}

int region_verdict_prune(struct region_state *s, uint64_t before)
{
	int err = region_begin(s);

	return err ? err
		   : region_end(s, gth_sql_run(s->db, "DELETE FROM verdict WHERE expires < ?", "i",
					       before));
}
