// SPDX-License-Identifier: GPL-2.0-or-later
/* submissions.c - submissions as endpoints make and see them (see submissions.h). */
#include "submissions.h"

#include "journal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util/clock.h"

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

/* The status that its endpoint sees. */
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
	int err = gth_sql_prepare(s->db, &q,
				  "SELECT open, bytes, awaiting, records, notes FROM usage"
				  " WHERE endpoint = ?",
				  "t", endpoint);

	*u = (struct usage) { 0 };
	if (err)
		return err;
	err = gth_sql_step(q);
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
 * Uploads that were accepted and have not come yet count as used, and this one counts twice,
 * because it is decrypted here too. So there is room for each accepted upload.
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
 * region_submission_create() - add a submission that awaits its upload
 * @sub: the parsed note; checked by the caller
 * @note: as the endpoint signed it
 * @l: the limits
 * @delete_by: when it expires if it has not ended before
 *
 * Return: 0; -EEXIST: the id is in use; -EDQUOT: the endpoint has too much
 * here; -ENOSPC: all of them together have; or an errno.
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
		err = gth_sql_run(s->db,
				  "INSERT INTO submission(id, endpoint, note, digest, size,"
				  " cipher_size, cipher_digest, status, created, delete_by)"
				  " VALUES(?, ?, ?, ?, ?, ?, ?, 0, ?, ?)",
				  "tttdiidii", sub->id, sub->endpoint, note, sub->digest, sub->size,
				  sub->cipher_size, sub->cipher_digest, now, delete_by);
	if (!err && sub->has_journal) {
		struct gth_journal_field told = { .size = sub->journal_size, .time = sub->time };

		memcpy(told.root, sub->journal_root, sizeof(told.root));
		err = region_journal_told(s, sub->endpoint, &told, now);
	}
	return region_end(s, err);
}

/* Its upload is whole. Return: 0; -EALREADY: it was not awaited any more. */
int region_submission_received(struct region_state *s, const char *id, const char *receipt,
			       uint64_t delete_by)
{
	int err = region_begin(s);

	if (err)
		return err;
	err = gth_sql_run(s->db,
			  "UPDATE submission SET status = 1, receipt = ?, delete_by = ?"
			  " WHERE id = ? AND status = 0",
			  "tit", receipt, delete_by, id);
	if (!err && !sqlite3_changes(s->db))
		err = -EALREADY;
	if (!err)
		region_changed(s);
	return region_end(s, err);
}

/* Waits until it has ended, it awaits its upload, or @ms have passed. */
int region_submission_await(struct region_state *s, const char *id, uint64_t ms)
{
	uint64_t until = gth_monotonic_ms() + ms, now;
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
		now = gth_monotonic_ms();
		if ((status != REGION_QUEUED && status != REGION_IN_PROGRESS) || s->stopping ||
		    now >= until)
			break;
		region_await(s, &(struct region_waiter) { .id = id }, until - now);
	}
	pthread_mutex_unlock(&s->lock);
	return err;
}
