// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * statistics.c - D5: counts since the last ones were sent, and the product's version.
 * No name, no digest, no time, no identifier of the machine.
 */
#include "daemon/store/store_state.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const counts[] = { "lookups", "submissions" };

static void name_of(char out[32], int finding)
{
	snprintf(out, 32, "found-%s", gth_finding_name((enum gth_finding)finding));
}

/* The very bytes that are sent, or would be now. Return: 0, text is to be freed; or an errno. */
int gth_statistics_text(struct gth_store *s, char **text)
{
	json_t *all = json_pack("{s:s, s:s}", "product", "gotthard", "version", GTH_VERSION);
	json_t *found = json_object();
	uint64_t n;
	int err = all && found ? 0 : -ENOMEM;

	for (size_t i = 0; !err && i < sizeof(counts) / sizeof(counts[0]); i++) {
		err = gth_book_counted(&s->book, counts[i], &n);
		json_object_set_new(all, counts[i], json_integer((json_int_t)n));
	}
	for (int f = 0; !err && f < GTH_FINDINGS; f++) {
		char name[32];

		name_of(name, f);
		err = gth_book_counted(&s->book, name, &n);
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

/* They arrived: the counts begin anew. What was counted while they were on the way is not sent. */
int gth_statistics_sent(struct gth_store *s)
{
	char now[24];
	int err = gth_book_begin(&s->book);

	if (err)
		return err;
	for (size_t i = 0; !err && i < sizeof(counts) / sizeof(counts[0]); i++)
		err = gth_book_set(&s->book, counts[i], "0");
	for (int f = 0; !err && f < GTH_FINDINGS; f++) {
		char name[32];

		name_of(name, f);
		err = gth_book_set(&s->book, name, "0");
	}
	snprintf(now, sizeof(now), "%llu", (unsigned long long)gth_store_now());
	if (!err)
		err = gth_book_set(&s->book, "statistics-sent", now);
	if (!err)
		return gth_book_commit(&s->book);
	gth_book_rollback(&s->book);
	return err;
}

void gth_statistics_finding(struct gth_store *s, int finding)
{
	char name[32];

	name_of(name, finding);
	gth_store_check(s, gth_book_count(&s->book, name, 1), "statistics");
}
