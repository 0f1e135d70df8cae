// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * response.c - answers of the region, and the next step after each.
 *
 * The courier need not be trusted: verdicts, receipts and deletions are signed,
 * and everything else that it reports can only cause delay.
 */
#include "daemon/store/response.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "daemon/store/answer.h"
#include "daemon/store/backoff.h"
#include "daemon/store/context.h"
#include "daemon/store/db.h"
#include "daemon/store/feed.h"
#include "daemon/store/inflight.h"
#include "daemon/store/region.h"
#include "daemon/store/reply.h"
#include "daemon/store/spool.h"
#include "daemon/store/statistics.h"
#include "daemon/store/submission.h"
#include "daemon/store/upload.h"
#include "lib/util/clock.h"
#include "lib/util/say.h"

static void statement(struct gth_store *s, struct gth_answer *a)
{
	if (gth_answer_none(s, a))
		return;
	if (a->result->status == 200) {
		gth_region_statement(s, a->body, a->len);
	} else {
		s->region.fresh = false;
		s->region.fault = GTH_STATEMENT_TEXT;
	}
	if (s->region.fresh) {
		s->region.due = gth_boot_ms() + s->pace->statement_s * 1000;
		return;
	}
	gth_answer_explain(s->region.trouble, sizeof(s->region.trouble), a);
	gth_backoff_failed(&s->backoff[GTH_ORDER_STATEMENT], s->pace, 0);
}

static void lookup(struct gth_store *s, struct gth_answer *a)
{
	struct gth_row *r = &a->row;
	int err;

	if (gth_answer_none(s, a))
		return;
	if (a->result->status == 200) {
		err = gth_region_take_verdict(s, a->body, a->order->digest, false);
		if (err && gth_answer_row(s, a, GTH_SPOOLED_ASKED))
			gth_submission_trouble(s, r, "the region's verdict is not valid");
		return;
	}
	if (!gth_answer_row(s, a, GTH_SPOOLED_ASKED))
		return;
	if (!gth_answer_is(a, 404, "unknown-file") || a->problem.upload < 0) {
		/* The error is not of this file, so it does not count towards giving it up. */
		r->tries = 0;
		gth_answer_trouble(s, a);
		gth_backoff_failed(&s->backoff[GTH_ORDER_LOOKUP], s->pace, a->result->retry_after);
		return;
	}
	r->answered = gth_now();
	r->tries = 0;
	r->detail[0] = '\0';
	if (r->reason != GTH_WITHHELD_NOT)
		gth_submission_withhold(s, r, r->reason);
	else if (!a->problem.upload)
		gth_submission_withhold(s, r, GTH_WITHHELD_REFUSED);
	else if (!r->plain)
		gth_submission_withhold(s, r, GTH_WITHHELD_UNREADABLE);
	else
		gth_submission_move(s, r, GTH_SPOOLED_COPIED);
}

/* Takes the notes that come with a submission's status. Return: 0; an errno: one does not hold. */
static int take_notes(struct gth_store *s, const struct gth_answer *a,
		      const struct gth_reply_submission *reply)
{
	int err = 0, first;

	if (reply->receipt)
		err = gth_region_take_receipt(s, a->order->id, reply->receipt);
	first = err < 0 ? err : 0;
	if (reply->deletion)
		err = gth_region_take_deletion(s, a->order->id, reply->deletion);
	if (err < 0 && !first)
		first = err;
	if (reply->verdict)
		err = gth_region_take_verdict(s, reply->verdict, a->order->digest, false);
	return err < 0 && !first ? err : first;
}

/*
 * The time until the region is asked again. It was to hold its answer back; a region that does not
 * is asked less often, the longer the submission waits.
 */
static uint64_t queued_ms(struct gth_store *s, const struct gth_answer *a, const struct gth_row *r)
{
	uint64_t now = gth_now(), ms = gth_backoff_ms(s->pace, 3);
	uint64_t age = now > r->changed ? (now - r->changed) * 1000 / 8 : 0;

	if (gth_boot_ms() - a->order->since >= s->pace->wait_s * 500ULL || age <= ms)
		return ms;
	return age < s->pace->backoff_max_ms ? age : s->pace->backoff_max_ms;
}

/* Takes the next step of a submission that waits for its verdict. */
static void next_step(struct gth_store *s, struct gth_answer *a, int notes,
		      const struct gth_reply_submission *reply)
{
	struct gth_row *r = &a->row;
	char text[160];

	if (!gth_answer_row(s, a, GTH_SPOOLED_WAITING))
		return;
	r->answered = gth_now();
	if (notes) {
		gth_submission_trouble(s, r, "the region's signed text is not valid");
		return;
	}
	if (reply->receipt && r->sealed) {
		r->sealed = false;
		if (gth_submission_move(s, r, GTH_SPOOLED_WAITING))
			return;
		gth_spool_drop(&s->spool, r->id, true, true);
	}
	if (!strcmp(reply->status, "queued") || !strcmp(reply->status, "in-progress")) {
		r->tries = 0;
		r->due = gth_boot_ms() + queued_ms(s, a, r);
		gth_store_check(s, gth_db_put(&s->db, r), "submission");
	} else if (!strcmp(reply->status, "awaiting-upload") && r->sealed) {
		gth_submission_move(s, r, GTH_SPOOLED_CREATED);
	} else if (!strcmp(reply->status, "expired") && r->sealed && ++r->tries < 4) {
		gth_submission_anew(s, r);
	} else if (!strcmp(reply->status, "completed")) {
		gth_submission_trouble(s, r, "the region has finished, but sends no verdict");
	} else {
		snprintf(text, sizeof(text), "the region says: %s%s%s", reply->status,
			 reply->detail ? ": " : "", reply->detail ? reply->detail : "");
		gth_answer_printable(text);
		gth_submission_fail(s, r, text);
	}
}

/*
 * Sets the time of the next question about a deletion: soon, then when it is due, then daily for a
 * while.
 */
static void ask_deletion_later(struct gth_store *s, const char *id)
{
	uint64_t now = gth_now(), next;
	struct gth_lent lent;

	if (gth_db_lent(&s->db, id, &lent) != 1)
		return;
	next = s->pace->deletion_s << (2 * (lent.asked < 8 ? lent.asked + 1 : 8));
	if (now < lent.delete_by)
		lent.due = now + next < lent.delete_by ? now + next : lent.delete_by + 60;
	else
		lent.due = now + 86400;
	lent.asked++;
	if (lent.delete_by && now > lent.delete_by + GTH_DB_LENT_OVERDUE) {
		gth_say("submission %s: the region does not say that it deleted the file", id);
		lent.due = GTH_DB_LENT_NEVER;
	}
	gth_store_check(s, gth_db_lend(&s->db, &lent), "deletion");
}

static void wait_for(struct gth_store *s, struct gth_answer *a)
{
	struct gth_reply_submission reply;
	int notes;

	if (!gth_answer_none(s, a)) {
		if (a->result->status == 200 && !gth_reply_submission(&reply, a->body, a->len)) {
			notes = take_notes(s, a, &reply);
			next_step(s, a, notes, &reply);
			gth_reply_free(reply.json);
		} else if (gth_answer_row(s, a, GTH_SPOOLED_WAITING)) {
			if (a->result->status == 404 && a->row.sealed)
				gth_upload_again(s, &a->row);
			else
				gth_answer_trouble(s, a);
		}
	}
	if (a->order->lent)
		ask_deletion_later(s, a->order->id);
}

static void verdicts(struct gth_store *s, struct gth_answer *a)
{
	if (gth_answer_none(s, a))
		return;
	if (a->result->status == 200 && !gth_feed_take(s, a->body, a->len))
		return;
	gth_answer_explain(s->region.trouble, sizeof(s->region.trouble), a);
	gth_backoff_failed(&s->backoff[GTH_ORDER_VERDICTS], s->pace, 0);
}

static void statistics(struct gth_store *s, struct gth_answer *a)
{
	if (gth_answer_none(s, a))
		return;
	if (a->result->status == 204)
		gth_store_check(s, gth_statistics_sent(&s->db), "statistics");
	else
		gth_backoff_failed(&s->backoff[GTH_ORDER_STATISTICS], s->pace, 0);
}

static void take(struct gth_store *s, struct gth_inflight *f, const struct gth_result *result,
		 const char *body, size_t len)
{
	static void (*const by_kind[GTH_ORDERS])(struct gth_store *, struct gth_answer *) = {
		[GTH_ORDER_STATEMENT] = statement,	[GTH_ORDER_LOOKUP] = lookup,
		[GTH_ORDER_CREATE] = gth_upload_create, [GTH_ORDER_OFFSET] = gth_upload_offset,
		[GTH_ORDER_UPLOAD] = gth_upload_body,	[GTH_ORDER_WAIT] = wait_for,
		[GTH_ORDER_VERDICTS] = verdicts,	[GTH_ORDER_STATISTICS] = statistics,
	};
	struct gth_inflight order = *f;
	struct gth_answer a = { .order = &order, .result = result, .body = body, .len = len };

	f->number = 0;
	if (!result->error && result->status >= 400)
		gth_reply_problem(&a.problem, body, len);
	by_kind[order.kind](s, &a);
}

/* gth_response() - handle GTH_MSG_RESULT; the result of a cancelled order is ignored */
void gth_response(struct gth_store *s, const struct gth_message *m)
{
	struct gth_inflight *f = gth_inflight_find(&s->inflight, m->number);
	struct gth_result result;

	if (!f)
		return;
	memcpy(&result, m->body, sizeof(result));
	result.why[sizeof(result.why) - 1] = '\0';
	gth_answer_printable(result.why);
	if (result.error > 0)
		result.error = -EIO;
	take(s, f, &result, m->body + sizeof(result), m->size - sizeof(result));
}

/* gth_response_lost() - the courier is gone: each order counts as one without an answer */
void gth_response_lost(struct gth_store *s)
{
	static const struct gth_result none = { .error = -EPIPE,
						.complete = 2,
						.offset = UINT64_MAX };

	for (size_t i = 0; i < GTH_INFLIGHT_MAX; i++)
		if (s->inflight.order[i].number)
			take(s, &s->inflight.order[i], &none, "", 0);
}
