// SPDX-License-Identifier: GPL-2.0-or-later
/* journal.c - how far the journals of endpoints have come (see journal.h). */
#include "region/journal.h"

#include <errno.h>
#include <string.h>

#include "lib/util/json.h"
#include "lib/util/say.h"

/*
 * Notes may come in another order than they were signed in, and one that waited comes
 * late: only what was signed later can have gone back. Of one size there is one root,
 * whenever it was signed.
 */
static bool went_back(const struct gth_submission *sub, uint64_t signed_at, uint64_t size,
		      const void *root)
{
	if (sub->journal_size == size)
		return memcmp(sub->journal_root, root, sizeof(sub->journal_root)) != 0;
	return sub->time > signed_at && sub->journal_size < size;
}

/* What was known before. Return: 1; 0: nothing; an errno. */
static int known(struct region_state *s, const struct gth_submission *sub, bool *back,
		 uint64_t *signed_at, uint64_t *size)
{
	sqlite3_stmt *q;
	int err = region_query(s, &q, "SELECT signed, size, root FROM journal WHERE endpoint = ?",
			       "t", sub->endpoint);

	if (err)
		return err;
	err = region_step(q);
	if (err == 1) {
		*signed_at = (uint64_t)sqlite3_column_int64(q, 0);
		*size = (uint64_t)sqlite3_column_int64(q, 1);
		*back = sqlite3_column_bytes(q, 2) != sizeof(sub->journal_root) ||
			went_back(sub, *signed_at, *size, sqlite3_column_blob(q, 2));
	}
	sqlite3_finalize(q);
	return err;
}

/**
 * region_journal_told() - a new submission says how far its endpoint's journal has come
 * @sub: with has_journal
 * @now: Unix time
 *
 * With the lock held, in the transaction that takes the submission. One that went back is
 * noted and logged, and is what later ones are compared with; the submission is taken
 * all the same, for the file may be one to be warned of.
 *
 * Return: 0 or an errno.
 */
int region_journal_told(struct region_state *s, const struct gth_submission *sub, uint64_t now)
{
	uint64_t signed_at = 0, size = 0;
	bool back = false;
	int had = known(s, sub, &back, &signed_at, &size), err;

	if (had < 0)
		return had;
	if (!had)
		return region_run(s,
				  "INSERT INTO journal(endpoint, signed, size, root)"
				  " VALUES(?, ?, ?, ?)",
				  "tiid", sub->endpoint, sub->time, sub->journal_size,
				  sub->journal_root);
	if (!back && sub->journal_size <= size)
		return 0;
	err = region_run(s, "UPDATE journal SET signed = ?, size = ?, root = ? WHERE endpoint = ?",
			 "iidt", sub->time, sub->journal_size, sub->journal_root, sub->endpoint);
	if (err || !back)
		return err;
	gth_say("the journal of %s has %llu entries where it had %llu before: it was deleted, rolled back or written anew",
		sub->endpoint, (unsigned long long)sub->journal_size, (unsigned long long)size);
	return region_run(s,
			  "UPDATE journal SET back = back + 1, back_from = ?, back_to = ?,"
			  " back_told = ? WHERE endpoint = ?",
			  "iiit", size, sub->journal_size, now, sub->endpoint);
}

/**
 * region_journal_back() - the endpoints whose journal ever went back
 * @list: set to an array of objects, to be dropped
 *
 * With the lock held, or alone. Return: 0 or an errno.
 */
int region_journal_back(struct region_state *s, json_t **list)
{
	sqlite3_stmt *q;
	int err = region_query(s, &q,
			       "SELECT endpoint, back, back_from, back_to, back_told FROM journal"
			       " WHERE back > 0 ORDER BY endpoint",
			       "");

	*list = NULL;
	if (err)
		return err;
	*list = json_array();
	while ((err = region_step(q)) == 1)
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
