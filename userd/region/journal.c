// SPDX-License-Identifier: GPL-2.0-or-later
/* journal.c - the sizes of endpoints' journals (see journal.h). */
#include "region/journal.h"

#include <errno.h>
#include <string.h>

#include "lib/util/json.h"
#include "lib/util/say.h"

#define EVERY 60 /* seconds; of an endpoint's look-ups within them one is noted */

/*
 * Requests may arrive in another order than they were made in, so only a size with a later time can
 * show that the journal went back. Two roots of the same size always show it.
 */
static bool went_back(const struct gth_journal_field *told, uint64_t signed_at, uint64_t size,
		      const void *root)
{
	if (told->size == size)
		return memcmp(told->root, root, sizeof(told->root)) != 0;
	return told->time > signed_at && told->size < size;
}

/* The size that was sent before. */
struct known {
	uint64_t time, size, back_told;
	bool back; /* it has gone back since */
};

/* Return: 1; 0: none is known; an errno. */
static int get(struct region_state *s, const char *endpoint, const struct gth_journal_field *told,
	       struct known *k)
{
	sqlite3_stmt *q;
	int err = gth_sql_prepare(
		s->db, &q, "SELECT signed, size, root, back_told FROM journal WHERE endpoint = ?",
		"t", endpoint);

	if (err)
		return err;
	err = gth_sql_step(q);
	if (err == 1) {
		k->time = (uint64_t)sqlite3_column_int64(q, 0);
		k->size = (uint64_t)sqlite3_column_int64(q, 1);
		k->back = sqlite3_column_bytes(q, 2) != sizeof(told->root) ||
			  went_back(told, k->time, k->size, sqlite3_column_blob(q, 2));
		k->back_told = (uint64_t)sqlite3_column_int64(q, 3);
	}
	sqlite3_finalize(q);
	return err;
}

/**
 * region_journal_told() - an endpoint has sent the size and root of its journal
 * @now: Unix time
 *
 * With the lock held, in a transaction: for a submission, in the one that adds it. A journal that
 * went back is noted and logged, and later ones are compared with it. The submission is accepted
 * all the same, because its file may be malicious.
 *
 * Return: 0 or an errno.
 */
int region_journal_told(struct region_state *s, const char *endpoint,
			const struct gth_journal_field *told, uint64_t now)
{
	struct known k = { 0 };
	int had = get(s, endpoint, told, &k), err;

	if (had < 0)
		return had;
	if (!had)
		return gth_sql_run(s->db,
				   "INSERT INTO journal(endpoint, signed, size, root)"
				   " VALUES(?, ?, ?, ?)",
				   "tiid", endpoint, told->time, told->size, told->root);
	if (!k.back && told->size <= k.size)
		return 0;
	err = gth_sql_run(s->db,
			  "UPDATE journal SET signed = ?, size = ?, root = ? WHERE endpoint = ?",
			  "iidt", told->time, told->size, told->root, endpoint);
	if (err || !k.back)
		return err;
	gth_say("the journal of %s has %llu entries where it had %llu before: it was deleted, rolled back or written anew",
		endpoint, (unsigned long long)told->size, (unsigned long long)k.size);
	return gth_sql_run(s->db,
			   "UPDATE journal SET back = back + 1, back_from = ?, back_to = ?,"
			   " back_told = ? WHERE endpoint = ?",
			   "iiit", k.size, told->size, now, endpoint);
}

/**
 * region_journal_looked_up() - the same for a look-up, of which there are many
 *
 * At most one growth and one step back are noted a minute. A look-up is not refused for an error of
 * the database, because the next one sends the size again.
 */
void region_journal_looked_up(struct region_state *s, const char *endpoint,
			      const struct gth_journal_field *told, uint64_t now)
{
	struct known k = { 0 };
	bool note;
	int had;

	pthread_mutex_lock(&s->lock);
	had = get(s, endpoint, told, &k);
	pthread_mutex_unlock(&s->lock);
	if (had < 0)
		return;
	if (k.back)
		note = now < k.back_told || now - k.back_told >= EVERY;
	else
		note = !had || (told->size > k.size &&
				(told->time < k.time || told->time - k.time >= EVERY));
	if (note && !region_begin(s))
		region_end(s, region_journal_told(s, endpoint, told, now));
}

/**
 * region_journal_back() - list the endpoints whose journal has ever gone back
 * @list: set to an array of objects, to be dropped
 *
 * With the lock held, or alone. Return: 0 or an errno.
 */
int region_journal_back(struct region_state *s, json_t **list)
{
	sqlite3_stmt *q;
	int err =
		gth_sql_prepare(s->db, &q,
				"SELECT endpoint, back, back_from, back_to, back_told FROM journal"
				" WHERE back > 0 ORDER BY endpoint",
				"");

	*list = NULL;
	if (err)
		return err;
	*list = json_array();
	while ((err = gth_sql_step(q)) == 1)
		json_array_append_new(
			*list, json_pack("{s:o, s:I, s:I, s:I, s:I}", "endpoint",
					 gth_json_text((const char *)sqlite3_column_text(q, 0)),
					 "times", (json_int_t)sqlite3_column_int64(q, 1), "from",
					 (json_int_t)sqlite3_column_int64(q, 2), "to",
					 (json_int_t)sqlite3_column_int64(q, 3), "told",
					 (json_int_t)sqlite3_column_int64(q, 4)));
	sqlite3_finalize(q);
	return err;
}
