// SPDX-License-Identifier: GPL-2.0-or-later
/* queue.c - submissions as the analysis and the retention see them (see submissions.h). */
#include <errno.h>
#include <stdio.h>

#include "region/row.h"

/* A submission is put off by a minute at most; a later time means that the clock was set back. */
#define DUE "(not_before <= ?1 OR not_before > ?1 + 60)"

/* Is there one to analyse? Return: 1, 0, or an errno. */
int region_submission_waiting(struct region_state *s, uint64_t now)
{
	sqlite3_stmt *q;
	int err;

	pthread_mutex_lock(&s->lock);
	err = gth_sql_prepare(s->db, &q,
			      "SELECT 1 FROM submission WHERE status = 1 AND " DUE " LIMIT 1", "i",
			      now);
	if (!err) {
		err = gth_sql_step(q);
		sqlite3_finalize(q);
	}
	pthread_mutex_unlock(&s->lock);
	return err;
}

/* Notes the time of the turn that begins, so that new endpoints do not come before it. */
static int begin_turn(struct region_state *s, const char *endpoint)
{
	sqlite3_stmt *q;
	int err = gth_sql_prepare(s->db, &q, "SELECT spent - 1 FROM usage WHERE endpoint = ?", "t",
				  endpoint);

	if (err)
		return err;
	err = gth_sql_step(q);
	if (err == 1)
		s->turn = (uint64_t)sqlite3_column_int64(q, 0);
	sqlite3_finalize(q);
	return err == 1 ? 0 : err ? err : -EUCLEAN;
}

/*
 * Marks the next submission as in progress. Endpoints take turns: the one whose files have taken
 * the least of the engine's time comes first, and of its files the oldest. An endpoint gets no
 * credit for time during which it had no files here.
 *
 * @at_once: files of one endpoint in progress at a time
 *
 * Return: 0, to be freed; -ENOENT: there is none, or none whose turn it is.
 */
int region_submission_claim(struct region_state *s, uint64_t now, uint64_t at_once,
			    struct region_submission *sub)
{
	int err = region_begin(s);

	if (err)
		return err;
	err = region_row(s, sub,
			 REGION_ROW
			 "WHERE status = 1 AND " DUE
			 " AND endpoint = (SELECT u.endpoint FROM usage u"
			 " WHERE EXISTS (SELECT 1 FROM submission w WHERE w.endpoint = u.endpoint"
			 " AND w.status = 1 AND (w.not_before <= ?1 OR w.not_before > ?1 + 60))"
			 " AND (SELECT count(*) FROM submission b WHERE b.endpoint = u.endpoint"
			 " AND b.status = 2) < ?2 ORDER BY max(u.spent, ?3), u.endpoint LIMIT 1)"
			 " ORDER BY not_before, created LIMIT 1",
			 "iii", now, at_once, s->turn);
	if (err)
		return region_end(s, err);
	err = gth_sql_run(s->db, "UPDATE submission SET status = 2 WHERE id = ?", "t", sub->id);
	if (!err)
		err = gth_sql_run(s->db,
				  "UPDATE usage SET spent = max(spent, ?) + 1 WHERE endpoint = ?",
				  "it", s->turn, sub->endpoint);
	if (!err)
		err = begin_turn(s, sub->endpoint);
	if (err)
		region_submission_free(sub);
	return region_end(s, err);
}

/* Adds time of the engine to an endpoint's account. Return: 0 or an errno. */
int region_submission_spent(struct region_state *s, const char *endpoint, uint64_t ms)
{
	int err = region_begin(s);

	return err ? err
		   : region_end(s, gth_sql_run(s->db,
					       "UPDATE usage SET spent = spent + ?"
					       " WHERE endpoint = ?",
					       "it", ms, endpoint));
}

/* Puts it back into the queue until @not_before; @attempt: count an attempt. */
int region_submission_requeue(struct region_state *s, const char *id, uint64_t not_before,
			      bool attempt)
{
	int err = region_begin(s);

	if (err)
		return err;
	err = gth_sql_run(
		s->db,
		"UPDATE submission SET status = 1, not_before = ?, attempts = attempts + ?"
		" WHERE id = ? AND status = 2",
		"iit", not_before, (uint64_t)attempt, id);
	if (!err)
		region_changed(s);
	return region_end(s, err);
}

/* At start: queues the submissions that were in progress when the process ended. */
int region_submission_recover(struct region_state *s)
{
	int err = region_begin(s);

	return err ? err
		   : region_end(s, gth_sql_run(s->db,
					       "UPDATE submission SET status = 1, not_before = 0"
					       " WHERE status = 2",
					       ""));
}

/* Stores the result of the analysis. Return: 0; -EALREADY: it had expired meanwhile. */
int region_submission_outcome(struct region_state *s, const char *id, enum region_status status,
			      const char *verdict, const char *detail)
{
	int err = region_begin(s);

	if (err)
		return err;
	err = gth_sql_run(s->db,
			  "UPDATE submission SET status = ?, verdict = ?, detail = ?"
			  " WHERE id = ? AND status = 2",
			  "ittt", (uint64_t)status, verdict, detail, id);
	if (!err && !sqlite3_changes(s->db))
		err = -EALREADY;
	return region_end(s, err);
}

/* Marks the submissions whose time is over, in any state. */
int region_submission_expire(struct region_state *s, uint64_t now)
{
	int err = region_begin(s);

	return err ? err
		   : region_end(s,
				gth_sql_run(s->db,
					    "UPDATE submission SET status = 5, detail = 'its time "
					    "here was over' WHERE deletion IS NULL"
					    " AND delete_by <= ? AND status < 3",
					    "i", now));
}

/*
 * The next submission, in the order of identifiers, whose time is over and
 * which is not marked yet.
 * Return: 0; -ENOENT: there is none after @after; or an errno.
 */
int region_submission_overdue(struct region_state *s, uint64_t now, const char *after,
			      char id[GTH_UUID_SIZE])
{
	sqlite3_stmt *q;
	int err;

	pthread_mutex_lock(&s->lock);
	err = gth_sql_prepare(
		s->db, &q,
		"SELECT id FROM submission INDEXED BY submission_due WHERE deletion IS"
		" NULL AND delete_by <= ? AND status < 3 AND id > ? ORDER BY id LIMIT 1",
		"it", now, after);
	if (!err) {
		err = gth_sql_step(q);
		if (err == 1)
			snprintf(id, GTH_UUID_SIZE, "%s", (const char *)sqlite3_column_text(q, 0));
		err = err == 1 ? 0 : err ? err : -ENOENT;
		sqlite3_finalize(q);
	}
	pthread_mutex_unlock(&s->lock);
	return err;
}

/* The next ended submission after @after whose file is not deleted yet. Return: as region_row(). */
int region_submission_undeleted(struct region_state *s, const char *after,
				struct region_submission *sub)
{
	int err;

	pthread_mutex_lock(&s->lock);
	err = region_row(s, sub,
			 REGION_ROW "INDEXED BY submission_ended WHERE deletion IS NULL AND"
				    " status >= 3 AND id > ? ORDER BY id LIMIT 1",
			 "t", after);
	pthread_mutex_unlock(&s->lock);
	return err;
}

int region_submission_deleted(struct region_state *s, const char *id, const char *deletion)
{
	int err = region_begin(s);

	if (err)
		return err;
	err = gth_sql_run(s->db,
			  "UPDATE submission SET deletion = ? WHERE id = ? AND deletion IS NULL",
			  "tt", deletion, id);
	err = region_end(s, err);
	if (!err)
		region_wake(s, id);
	return err;
}

/* Removes the records of submissions from before a time whose files are deleted. */
int region_submission_prune(struct region_state *s, uint64_t before)
{
	int err = region_begin(s);

	return err ? err
		   : region_end(s, gth_sql_run(s->db,
					       "DELETE FROM submission WHERE created < ?"
					       " AND deletion IS NOT NULL",
					       "i", before));
}
