// SPDX-License-Identifier: GPL-2.0-or-later
/* statistics.c - anonymised counts (D5), added up by day, without their senders. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "region/verdicts.h"

#define DAY 86400
#define NAMES_MAX 64	       /* in one message */
#define DAY_NAMES_MAX 256      /* kept of one day */
#define COUNT_MAX (1ULL << 40) /* of one message */

static int add(struct region_state *s, uint64_t day, const char *name, uint64_t value)
{
	sqlite3_stmt *q;
	uint64_t known;
	int err = gth_sql_prepare(s->db, &q,
				  "SELECT count(*) FROM statistic WHERE day = ? AND name <> ?",
				  "it", day, name);

	if (err)
		return err;
	err = gth_sql_step(q);
	known = err == 1 ? (uint64_t)sqlite3_column_int64(q, 0) : 0;
	sqlite3_finalize(q);
	if (err != 1 || known >= DAY_NAMES_MAX)
		return err < 0 ? err : -E2BIG;
	return gth_sql_run(s->db,
			   "INSERT INTO statistic VALUES(?, ?, ?) ON CONFLICT(day, name)"
			   " DO UPDATE SET value = min(value + excluded.value, 1 << 62)",
			   "iti", day, name, value);
}

/* The numbers of an object and of the objects in it; texts are not kept. */
static int add_all(struct region_state *s, uint64_t day, const char *prefix, json_t *counts,
		   int *left)
{
	const char *name;
	json_t *value;

	json_object_foreach(counts, name, value)
	{
		char whole[80];
		int err = 0;

		if (--*left < 0 ||
		    snprintf(whole, sizeof(whole), "%s%s%s", prefix, *prefix ? "." : "", name) >=
			    (int)sizeof(whole) ||
		    strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_") != strlen(name))
			return -E2BIG;
		if (json_is_object(value) && !*prefix)
			err = add_all(s, day, name, value, left);
		else if (json_is_integer(value))
			err = json_integer_value(value) < 0 ||
					      (uint64_t)json_integer_value(value) > COUNT_MAX
				      ? -EINVAL
				      : add(s, day, whole, (uint64_t)json_integer_value(value));
		else if (!json_is_string(value))
			err = -EINVAL;
		if (err)
			return err;
	}
	return 0;
}

/* Return: 0; -EINVAL: not counts; -E2BIG: too many, or invalid names; or an errno. */
int region_statistic_add(struct region_state *s, const json_t *counts, uint64_t now)
{
	int left = NAMES_MAX, err;

	if (!json_is_object(counts))
		return -EINVAL;
	err = region_begin(s);
	if (err)
		return err;
	err = add_all(s, now / DAY, "", (json_t *)counts, &left);
	return region_end(s, err);
}

int region_statistic_prune(struct region_state *s, uint64_t now, uint64_t days)
{
	uint64_t today = now / DAY;
	int err = region_begin(s);

	return err ? err
		   : region_end(s, gth_sql_run(s->db, "DELETE FROM statistic WHERE day < ?", "i",
					       today > days ? today - days : 0));
}
