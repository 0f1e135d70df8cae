// SPDX-License-Identifier: GPL-2.0-or-later
/* submissions.c - submissions as endpoints make and see them (see submissions.h). */
#include "submissions.h"

#include "journal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "region/room.h"
#include "region/row.h"

static const char *const names[REGION_STATUSES] = {
	"awaiting-upload", "queued", "in-progress", "completed", "failed", "expired",
};

const char *region_status_name(enum region_status status)
{
	return status < REGION_STATUSES ? names[status] : "?";
}

void region_submission_free(struct region_submission *sub)
{
	free(sub->note);
	free(sub->receipt);
	free(sub->verdict);
	free(sub->deletion);
	free(sub->detail);
	memset(sub, 0, sizeof(*sub));
}

/* What its endpoint is told. */
enum region_status region_submission_shown(const struct region_submission *sub)
{
	return sub->status >= REGION_COMPLETED && !sub->deletion ? REGION_IN_PROGRESS : sub->status;
}

/* Return: 0, to be freed; -ENOENT; or an errno. */
int region_submission_get(struct region_state *s, const char *id, struct region_submission *sub)
{
	int err;

	pthread_mutex_lock(&s->lock);
	err = region_row(s, sub, REGION_ROW "WHERE id = ?", "t", id);
	pthread_mutex_unlock(&s->lock);
	return err;
}

struct usage {
	uint64_t open, bytes, awaiting, records, notes;
};

/* @endpoint: "" for all */
static int usage(struct region_state *s, const char *endpoint, struct usage *u)
{
	sqlite3_stmt *q;
	int err = region_query(s, &q,
			       "SELECT open, bytes, awaiting, records, notes FROM usage"
			       " WHERE endpoint = ?",
			       "t", endpoint);

	*u = (struct usage) { 0 };
	if (err)
		return err;
	err = region_step(q);
	if (err == 1)
		*u = (struct usage) { (uint64_t)sqlite3_column_int64(q, 0),
				      (uint64_t)sqlite3_column_int64(q, 1),
				      (uint64_t)sqlite3_column_int64(q, 2),
				      (uint64_t)sqlite3_column_int64(q, 3),
				      (uint64_t)sqlite3_column_int64(q, 4) };
	sqlite3_finalize(q);
	return err < 0 ? err : 0;
}

static bool exceeds(uint64_t have, uint64_t more, uint64_t limit)
{
	return have > limit || more > limit - have;
}

/*
 * What was promised to others and has not come yet is taken as used, and this one
 * twice: it is decrypted here, too. So an upload that was accepted finds its room.
 */
static int within(struct region_state *s, const struct gth_submission *sub, size_t note,
		  const struct region_limits *l)
{
	struct usage mine, all;
	int err = usage(s, sub->endpoint, &mine);

	if (!err)
		err = usage(s, "", &all);
	if (err)
		return err;
	if (mine.open >= l->submissions || mine.records >= l->records ||
	    exceeds(mine.bytes + mine.notes, sub->cipher_size + note, l->bytes))
		return -EDQUOT;
	if (exceeds(all.bytes + all.notes, sub->cipher_size + note, l->total) ||
	    !region_room(l->disk, l->spare + all.awaiting + 2 * sub->cipher_size))
		return -ENOSPC;
	return 0;
}

/**
 * region_submission_create() - a new one, awaiting its upload
 * @sub: what the note says; checked by the caller
 * @note: as the endpoint signed it
 * @l: within these
 * @delete_by: when it expires if it is not done with before
 *
 * Return: 0; -EEXIST: the id is in use; -EDQUOT: the endpoint has too much here;
 * -ENOSPC: all have; or an errno.
 */
int region_submission_create(struct region_state *s, const struct gth_submission *sub,
			     const char *note, const struct region_limits *l, uint64_t now,
			     uint64_t delete_by)
{
	int err = region_begin(s);

	if (err)
		return err;
	err = within(s, sub, strlen(note), l);
	if (!err)
		err = region_run(s,
				 "INSERT INTO submission(id, endpoint, note, digest, size,"
				 " cipher_size, cipher_digest, status, created, delete_by)"
				 " VALUES(?, ?, ?, ?, ?, ?, ?, 0, ?, ?)",
				 "tttdiidii", sub->id, sub->endpoint, note, sub->digest, sub->size,
				 sub->cipher_size, sub->cipher_digest, now, delete_by);
	if (!err && sub->has_journal)
		err = region_journal_told(s, sub, now);
	return region_end(s, err);
}

/* Its upload is whole. Return: 0; -EALREADY: it was no more awaited. */
int region_submission_received(struct region_state *s, const char *id, const char *receipt,
			       uint64_t delete_by)
{
	int err = region_begin(s);

	if (err)
		return err;
	err = region_run(s,
			 "UPDATE submission SET status = 1, receipt = ?, delete_by = ?"
			 " WHERE id = ? AND status = 0",
			 "tit", receipt, delete_by, id);
	if (!err && !sqlite3_changes(s->db))
		err = -EALREADY;
	if (!err)
		region_changed(s);
	return region_end(s, err);
}

/* Until it has ended, its upload is due, or @ms have passed. */
int region_submission_await(struct region_state *s, const char *id, uint64_t ms)
{
	uint64_t until = region_clock() + ms, now;
	struct region_submission sub;
	enum region_status status;
	int err;

	pthread_mutex_lock(&s->lock);
	for (;;) {
		err = region_row(s, &sub, REGION_ROW "WHERE id = ?", "t", id);
		if (err)
			break;
		status = region_submission_shown(&sub);
		region_submission_free(&sub);
		now = region_clock();
		if ((status != REGION_QUEUED && status != REGION_IN_PROGRESS) || s->stopping ||
		    now >= until)
			break;
		region_await(s, &(struct region_waiter) { .id = id }, until - now);
	}
	pthread_mutex_unlock(&s->lock);
	return err;
}
