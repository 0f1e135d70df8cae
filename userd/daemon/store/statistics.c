// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * statistics.c - D5: counts since the last ones were sent, and the product's version.
 * No name, no digest, no time, no identifier of the machine.
 */
#include "daemon/store/statistics.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>

#include "lib/util/clock.h"

static const char *const counts[] = { "lookups", "submissions" };

static void name_of(char out[32], int finding)
{
	snprintf(out, 32, "found-%s", gth_finding_name((enum gth_finding)finding));
}

/* The exact bytes that are sent, or would be now. Return: 0, @text is to be freed; or an errno. */
int gth_statistics_text(struct gth_db *db, char **text)
{
	json_t *all = json_pack("{s:s, s:s}", "product", "gotthard", "version", GTH_VERSION);
	json_t *found = json_object();
	uint64_t n;
	int err = all && found ? 0 : -ENOMEM;

	for (size_t i = 0; !err && i < sizeof(counts) / sizeof(counts[0]); i++) {
		err = gth_db_counted(db, counts[i], &n);
		json_object_set_new(all, counts[i], json_integer((json_int_t)n));
	}
	for (int f = 0; !err && f < GTH_FINDINGS; f++) {
		char name[32];

		name_of(name, f);
		err = gth_db_counted(db, name, &n);
		json_object_set_new(found, gth_finding_name((enum gth_finding)f),
				    json_integer((json_int_t)n));
	}
	if (!err)
		json_object_set(all, "findings", found);
	*text = err ? NULL : json_dumps(all, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(found);
	json_decref(all);
	return err ? err : *text ? 0 : -ENOMEM;
}

/* They arrived: the counts begin anew. Events during the transfer are lost from the counts. */
int gth_statistics_sent(struct gth_db *db)
{
	char now[24];
	int err = gth_db_begin(db);

	if (err)
		return err;
	for (size_t i = 0; !err && i < sizeof(counts) / sizeof(counts[0]); i++)
		err = gth_db_set(db, counts[i], "0");
	for (int f = 0; !err && f < GTH_FINDINGS; f++) {
		char name[32];

		name_of(name, f);
		err = gth_db_set(db, name, "0");
	}
	snprintf(now, sizeof(now), "%llu", (unsigned long long)gth_now());
	if (!err)
		err = gth_db_set(db, "statistics-sent", now);
	if (!err)
		return gth_db_commit(db);
	gth_db_rollback(db);
	return err;
}

int gth_statistics_finding(struct gth_db *db, int finding)
{
	char name[32];

	name_of(name, finding);
	return gth_db_count(db, name, 1);
}
