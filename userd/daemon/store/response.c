// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * response.c - what came back from the region, and the next step that follows.
 *
 * The courier is believed in nothing that matters: verdicts, receipts and
 * deletions are signed; what else it says can only delay.
 */
#include "daemon/store/store_state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util/say.h"
#include "lib/util/sha256.h"
#include "daemon/store/reply.h"

#define PROGRESS_MIN (64 << 10) /* bytes of an upload that count as progress … */
#define PROGRESS_PART 16	/* … and the part of its rest */

/* The answer at hand. */
struct answer {
	const struct gth_flight *flight;
	const struct gth_result *result;
	const char *body; /* NUL-terminated */
	size_t len;
	struct gth_reply_problem problem;
};

/* It comes from the other end, and goes to a terminal. */
static void make_printable(char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}

static bool is(const struct answer *a, uint32_t status, const char *type)
{
	return a->result->status == status && !strcmp(a->problem.type, type);
}

/* For people: what the region, or the network, said. */
static void explain(char *out, size_t size, const struct answer *a)
{
	if (a->result->error)
		snprintf(out, size, "no answer: %.*s", (int)sizeof(a->result->why),
			 a->result->why[0] ? a->result->why : strerror(-a->result->error));
	else
		snprintf(out, size, "the region answers %u %s", a->result->status,
			 a->problem.detail[0] ? a->problem.detail : a->problem.type);
}

/* Is this an answer that says nothing about what was asked? Then all of the kind wait. */
static bool no_answer(struct gth_store *s, const struct answer *a)
{
	uint32_t status = a->result->status;
	bool none = a->result->error || status >= 500 || status == 429 || status == 408;

	if (!none) {
		s->backoff[a->flight->kind].failures = 0;
		s->trouble[0] = '\0';
		return false;
	}
	gth_backoff_failed(s, a->flight->kind, a->result->retry_after);
	explain(s->trouble, sizeof(s->trouble), a);
	return true;
}

/* The row, if it is still in the state in which the order left. */
static bool row_of(struct gth_store *s, const struct answer *a, int state)
{
	int found = gth_book_by_id(&s->book, a->flight->id, &s->row);

	gth_store_check(s, found < 0 ? found : 0, "submission");
	return found == 1 && s->row.state == state;
}

static int trouble(struct gth_store *s, const struct answer *a)
{
	char text[192];

	explain(text, sizeof(text), a);
	return gth_submission_trouble(s, &s->row, text);
}

static void statement(struct gth_store *s, const struct answer *a)
{
	if (no_answer(s, a))
		return;
	if (a->result->status == 200) {
		gth_region_statement(s, a->body, a->len);
	} else {
		s->fresh = false;
		s->fault = GTH_STATEMENT_TEXT;
	}
	if (s->fresh) {
		s->statement_due = gth_store_clock() + s->pace->statement_s * 1000;
		return;
	}
	explain(s->trouble, sizeof(s->trouble), a);
	gth_backoff_failed(s, GTH_ORDER_STATEMENT, 0);
}

static void lookup(struct gth_store *s, const struct answer *a)
{
	struct gth_row *r = &s->row;
	int err;

	if (no_answer(s, a))
		return;
	if (a->result->status == 200) {
		err = gth_region_take_verdict(s, a->body, a->flight->digest, false);
		if (err && row_of(s, a, GTH_SPOOLED_ASKED))
			gth_submission_trouble(s, r, "the region's verdict does not hold");
		return;
	}
	if (!row_of(s, a, GTH_SPOOLED_ASKED))
		return;
	if (!is(a, 404, "unknown-file") || a->problem.upload < 0) {
		/* Not this file's fault: it must not be lost for it. */
		r->tries = 0;
		trouble(s, a);
		gth_backoff_failed(s, GTH_ORDER_LOOKUP, a->result->retry_after);
		return;
	}
	r->answered = gth_store_now();
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

static void create(struct gth_store *s, const struct answer *a)
{
	struct gth_row *r = &s->row;

	if (no_answer(s, a) || !row_of(s, a, GTH_SPOOLED_SEALED))
		return;
	if (a->result->status == 201 || a->result->status == 200) {
		r->offset = 0;
		r->detail[0] = '\0';
		gth_submission_move(s, r,
				    a->result->status == 201 ? GTH_SPOOLED_UPLOADING
							     : GTH_SPOOLED_CREATED);
		return;
	}
	r->answered = gth_store_now();
	snprintf(r->detail, sizeof(r->detail), "%s", a->problem.detail);
	if (is(a, 409, "other-submission") && ++r->tries < 4)
		gth_submission_anew(s, r);
	else if (is(a, 413, "too-large"))
		gth_submission_withhold(s, r, GTH_WITHHELD_SIZE);
	else if (is(a, 403, "not-yours") || is(a, 422, "bad-submission"))
		gth_submission_withhold(s, r, GTH_WITHHELD_REFUSED);
	else
		trouble(s, a);
}

/* The region has all of it: from now on it owes a receipt, and later a deletion. */
static int lend(struct gth_store *s, const struct gth_row *r)
{
	struct gth_lent lent = { .due = gth_store_now() + s->pace->deletion_s };
	char *note = NULL;
	int err = gth_book_lent(&s->book, r->id, &lent);

	if (err)
		return err < 0 ? err : 0;
	err = gth_book_proof(&s->book, r->id, GTH_PROOF_SUBMISSION, &note);
	if (err == 1)
		err = gth_sha256(note, strlen(note), lent.note_digest);
	free(note);
	memcpy(lent.id, r->id, sizeof(lent.id));
	memcpy(lent.region, r->region, sizeof(lent.region));
	memcpy(lent.digest, r->digest, 32);
	memcpy(lent.cipher_digest, r->cipher_digest, 32);
	lent.due = gth_store_now() + s->pace->deletion_s;
	return err ? err : gth_book_lend(&s->book, &lent);
}

/* The whole is there. With its receipt the copy here may go; without one it is asked for. */
static void uploaded(struct gth_store *s, struct gth_row *r, const char *receipt)
{
	int err = gth_store_check(s, lend(s, r), "upload");

	if (!err && receipt)
		err = gth_region_take_receipt(s, r->id, receipt);
	if (err == -EBADMSG || err == -EKEYREJECTED || err == -ENOKEY || err == -EINVAL) {
		/* Asked once more, by GET: what is wrong may be no more than the answer. */
		r->offset = r->cipher_size;
		gth_submission_move(s, r, GTH_SPOOLED_WAITING);
		gth_submission_trouble(s, r, "the region's receipt does not hold");
		return;
	}
	if (gth_store_check(s, err < 0 ? err : 0, "receipt"))
		return;
	r->answered = gth_store_now();
	r->offset = r->cipher_size;
	r->tries = 0;
	r->detail[0] = '\0';
	if (gth_submission_move(s, r, GTH_SPOOLED_WAITING) || !receipt)
		return;
	r->sealed = false;
	if (!gth_store_check(s, gth_book_put(&s->book, r), "submission"))
		gth_spool_drop(&s->spool, r->id, true, true);
}

/* Is this so much more than before that it gets to an end? Less is no progress. */
static bool gets_on(const struct gth_row *r, uint64_t offset)
{
	uint64_t rest = r->cipher_size - r->offset;
	uint64_t least = rest / PROGRESS_PART > PROGRESS_MIN ? rest / PROGRESS_PART : PROGRESS_MIN;

	return offset == r->cipher_size || (offset > r->offset && offset - r->offset >= least);
}

/* How much of it the region has. */
static void set_offset(struct gth_store *s, struct gth_row *r, uint64_t offset)
{
	if (offset > r->cipher_size) {
		gth_submission_trouble(s, r, "the region has more than there is");
		return;
	}
	if (gets_on(r, offset))
		r->tries = 0;
	r->offset = offset;
	gth_submission_move(s, r, GTH_SPOOLED_UPLOADING);
}

/* The region knows nothing of it: the same note again, for a while. */
static void create_again(struct gth_store *s, struct gth_row *r)
{
	r->tries++;
	if (r->tries >= 4)
		gth_submission_fail(s, r, "the region forgets the submission again and again");
	else
		gth_submission_move(s, r, GTH_SPOOLED_SEALED);
}

static void offset(struct gth_store *s, const struct answer *a)
{
	if (no_answer(s, a) || !row_of(s, a, GTH_SPOOLED_CREATED))
		return;
	if (a->result->status == 404)
		create_again(s, &s->row);
	else if (a->result->status != 204 || a->result->offset == UINT64_MAX)
		trouble(s, a);
	else if (a->result->complete == 1)
		uploaded(s, &s->row, NULL);
	else
		set_offset(s, &s->row, a->result->offset);
}

static void upload(struct gth_store *s, const struct answer *a)
{
	struct gth_row *r = &s->row;
	bool told = a->result->offset != UINT64_MAX;

	if (no_answer(s, a)) {
		/* It was cut off: how far it came, only the region knows. */
		if (row_of(s, a, GTH_SPOOLED_UPLOADING)) {
			snprintf(r->detail, sizeof(r->detail), "%s", s->trouble);
			gth_submission_move(s, r, GTH_SPOOLED_CREATED);
		}
		return;
	}
	if (!row_of(s, a, GTH_SPOOLED_UPLOADING))
		return;
	if (a->result->status == 200) {
		uploaded(s, r, a->body);
	} else if ((a->result->status == 204 || is(a, 409, "mismatching-upload-offset")) && told) {
		if (a->result->offset <= r->cipher_size && !gets_on(r, a->result->offset)) {
			/* No progress: not at once, and not for ever. */
			r->offset = a->result->offset;
			gth_submission_trouble(s, r, "the upload does not get on");
		} else {
			set_offset(s, r, a->result->offset);
		}
	} else if (is(a, 422, "mismatching-digest")) {
		r->offset = 0;
		gth_submission_trouble(s, r, "the upload does not arrive as it was sent");
	} else if (a->result->status == 404) {
		create_again(s, r);
	} else if (gth_book_by_id(&s->book, r->id, r) == 1 && !trouble(s, a) &&
		   r->state == GTH_SPOOLED_UPLOADING) {
		uint64_t due = r->due;

		gth_submission_move(s, r, GTH_SPOOLED_CREATED);
		r->due = due;
		gth_store_check(s, gth_book_put(&s->book, r), "submission");
	}
}

/* Notes that come with a submission's status. Return: 0; an errno: one does not hold. */
static int take_notes(struct gth_store *s, const struct answer *a,
		      const struct gth_reply_submission *reply)
{
	int err = 0, first;

	if (reply->receipt)
		err = gth_region_take_receipt(s, a->flight->id, reply->receipt);
	first = err < 0 ? err : 0;
	if (reply->deletion)
		err = gth_region_take_deletion(s, a->flight->id, reply->deletion);
	if (err < 0 && !first)
		first = err;
	if (reply->verdict)
		err = gth_region_take_verdict(s, reply->verdict, a->flight->digest, false);
	return err < 0 && !first ? err : first;
}

/*
 * How long until it is asked again. The region was to wait with its answer: one that
 * does not is asked less often, the less the longer the submission waits.
 */
static uint64_t queued_ms(struct gth_store *s, const struct answer *a, const struct gth_row *r)
{
	uint64_t now = gth_store_now(), ms = gth_backoff_ms(s->pace, 3);
	uint64_t age = now > r->changed ? (now - r->changed) * 1000 / 8 : 0;

	if (gth_store_clock() - a->flight->since >= s->pace->wait_s * 500ULL || age <= ms)
		return ms;
	return age < s->pace->backoff_max_ms ? age : s->pace->backoff_max_ms;
}

/* What becomes of a submission that waits for its verdict. */
static void next_step(struct gth_store *s, const struct answer *a, int notes,
		      const struct gth_reply_submission *reply)
{
	struct gth_row *r = &s->row;
	char text[160];

	if (!row_of(s, a, GTH_SPOOLED_WAITING))
		return;
	r->answered = gth_store_now();
	if (notes) {
		gth_submission_trouble(s, r, "what the region signed does not hold");
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
		r->due = gth_store_clock() + queued_ms(s, a, r);
		gth_store_check(s, gth_book_put(&s->book, r), "submission");
	} else if (!strcmp(reply->status, "awaiting-upload") && r->sealed) {
		gth_submission_move(s, r, GTH_SPOOLED_CREATED);
	} else if (!strcmp(reply->status, "expired") && r->sealed && ++r->tries < 4) {
		gth_submission_anew(s, r);
	} else if (!strcmp(reply->status, "completed")) {
		gth_submission_trouble(s, r, "the region has finished, but sends no verdict");
	} else {
		snprintf(text, sizeof(text), "the region says: %s%s%s", reply->status,
			 reply->detail ? ": " : "", reply->detail ? reply->detail : "");
		make_printable(text);
		gth_submission_fail(s, r, text);
	}
}

/* When to ask again whether a file was deleted: soon, when it is due, then daily for a while. */
static void ask_deletion_later(struct gth_store *s, const char *id)
{
	uint64_t now = gth_store_now(), next;
	struct gth_lent lent;

	if (gth_book_lent(&s->book, id, &lent) != 1)
		return;
	next = s->pace->deletion_s << (2 * (lent.asked < 8 ? lent.asked + 1 : 8));
	if (now < lent.delete_by)
		lent.due = now + next < lent.delete_by ? now + next : lent.delete_by + 60;
	else
		lent.due = now + 86400;
	lent.asked++;
	if (lent.delete_by && now > lent.delete_by + GTH_BOOK_LENT_OVERDUE) {
		gth_say("submission %s: the region does not say that it deleted the file", id);
		lent.due = GTH_BOOK_LENT_NEVER;
	}
	gth_store_check(s, gth_book_lend(&s->book, &lent), "deletion");
}

static void wait_for(struct gth_store *s, const struct answer *a)
{
	struct gth_reply_submission reply;
	int notes;

	if (!no_answer(s, a)) {
		if (a->result->status == 200 && !gth_reply_submission(&reply, a->body, a->len)) {
			notes = take_notes(s, a, &reply);
			next_step(s, a, notes, &reply);
			gth_reply_free(reply.json);
		} else if (row_of(s, a, GTH_SPOOLED_WAITING)) {
			if (a->result->status == 404 && s->row.sealed)
				create_again(s, &s->row);
			else
				trouble(s, a);
		}
	}
	if (a->flight->lent)
		ask_deletion_later(s, a->flight->id);
}

static void verdicts(struct gth_store *s, const struct answer *a)
{
	if (no_answer(s, a))
		return;
	if (a->result->status == 200 && !gth_feed_take(s, a->body, a->len))
		return;
	explain(s->trouble, sizeof(s->trouble), a);
	gth_backoff_failed(s, GTH_ORDER_VERDICTS, 0);
}

static void statistics(struct gth_store *s, const struct answer *a)
{
	if (no_answer(s, a))
		return;
	if (a->result->status == 204)
		gth_store_check(s, gth_statistics_sent(s), "statistics");
	else
		gth_backoff_failed(s, GTH_ORDER_STATISTICS, 0);
}

/* gth_answer() - GTH_MSG_RESULT; of an order that was cancelled nothing is wanted */
void gth_answer(struct gth_store *s, const struct gth_message *m)
{
	static void (*const take[GTH_ORDERS])(struct gth_store *, const struct answer *) = {
		[GTH_ORDER_STATEMENT] = statement, [GTH_ORDER_LOOKUP] = lookup,
		[GTH_ORDER_CREATE] = create,	   [GTH_ORDER_OFFSET] = offset,
		[GTH_ORDER_UPLOAD] = upload,	   [GTH_ORDER_WAIT] = wait_for,
		[GTH_ORDER_VERDICTS] = verdicts,   [GTH_ORDER_STATISTICS] = statistics,
	};
	struct gth_flight flight = { 0 };
	struct gth_result result;
	struct answer a = { .flight = &flight, .result = &result };

	for (size_t i = 0; i < GTH_FLIGHTS_MAX; i++) {
		if (!m->number || s->flights[i].number != m->number)
			continue;
		flight = s->flights[i];
		s->flights[i].number = 0;
	}
	if (!flight.number)
		return;
	memcpy(&result, m->body, sizeof(result));
	result.why[sizeof(result.why) - 1] = '\0';
	make_printable(result.why);
	if (result.error > 0)
		result.error = -EIO;
	a.body = m->body + sizeof(result);
	a.len = m->size - sizeof(result);
	if (!result.error && result.status >= 400)
		gth_reply_problem(&a.problem, a.body, a.len);
	take[flight.kind](s, &a);
}
