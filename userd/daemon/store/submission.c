// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * submission.c - the way of one file to the region: its states, and what each end
 * means for the spool, the journal and the broker.
 *
 * The book is written first and files are removed after it: what a crash leaves
 * over is removed at the next start (spool.c).
 */
#include "daemon/store/store_state.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <uuid/uuid.h>

#include "lib/util/say.h"

#define TRIES_MAX 8 /* of what the region answers wrongly */

static void new_id(char id[GTH_UUID_SIZE])
{
	uuid_t uuid;

	uuid_generate_random(uuid);
	uuid_unparse_lower(uuid, id);
}

void gth_submission_begin(struct gth_row *r, const uint8_t digest[32], uint64_t now)
{
	memset(r, 0, sizeof(*r));
	new_id(r->id);
	memcpy(r->digest, digest, 32);
	r->state = GTH_SPOOLED_ASKED;
	r->created = r->changed = now;
}

/* To another state, due at once. The files that it has no use for are removed. */
int gth_submission_move(struct gth_store *s, struct gth_row *r, int state)
{
	bool plain = r->plain, sealed = r->sealed;
	int err;

	if (r->state != state)
		r->changed = gth_store_now();
	r->state = state;
	gth_backoff_step(s, r);
	r->waits = GTH_WITHHELD_NOT;
	if (state >= GTH_SPOOLED_SEALED && state != GTH_SPOOLED_FAILED)
		r->plain = false;
	if (state == GTH_SPOOLED_DONE || state == GTH_SPOOLED_WITHHELD)
		r->sealed = false;
	err = gth_store_check(s, gth_book_put(&s->book, r), "submission");
	if (err) {
		r->plain = plain;
		r->sealed = sealed;
		return err;
	}
	gth_spool_drop(&s->spool, r->id, plain && !r->plain, sealed && !r->sealed);
	if (state >= GTH_SPOOLED_DONE)
		gth_store_check(s, gth_book_unoffer(&s->book, r->digest), "submission");
	return 0;
}

/* Tells the broker that nobody knows, so that nobody need wait. */
void gth_submission_unknown(struct gth_store *s, unsigned int domain, const uint8_t digest[32])
{
	uint8_t body[33] = { (uint8_t)domain };

	memcpy(body + 1, digest, 32);
	gth_store_check(
		s,
		gth_outbox_put(&s->to_broker, GTH_MSG_UNKNOWN, 0, body, sizeof(body), NULL, 0, -1),
		"message");
}

int gth_submission_withhold(struct gth_store *s, struct gth_row *r, enum gth_withheld reason)
{
	int err;

	gth_orders_cancel(s, r->id);
	gth_withheld_enter(s, r->digest, reason);
	r->reason = reason;
	err = gth_submission_move(s, r, GTH_SPOOLED_WITHHELD);
	gth_submission_unknown(s, GTH_DOMAIN_SHA256, r->digest);
	return err;
}

/* What was encrypted stays, for who tries again. */
int gth_submission_fail(struct gth_store *s, struct gth_row *r, const char *detail)
{
	int err;

	gth_orders_cancel(s, r->id);
	snprintf(r->detail, sizeof(r->detail), "%s", detail);
	err = gth_submission_move(s, r, GTH_SPOOLED_FAILED);
	gth_submission_unknown(s, GTH_DOMAIN_SHA256, r->digest);
	return err;
}

/* Under another id: the region will not have this one any more. */
int gth_submission_anew(struct gth_store *s, struct gth_row *r)
{
	struct gth_row old = *r;
	int err;

	if (!r->sealed && !r->plain)
		return gth_submission_fail(s, r, "there is no copy of the file any more");
	gth_orders_cancel(s, r->id);
	new_id(r->id);
	r->offset = 0;
	err = gth_spool_rename(&s->spool, old.id, r->id);
	if (!err)
		err = gth_submission_move(s, r,
					  r->sealed ? GTH_SPOOLED_SEALED : GTH_SPOOLED_COPIED);
	gth_spool_drop(&s->spool, err ? r->id : old.id, true, true);
	if (err)
		*r = old;
	return gth_store_check(s, err, "submission");
}

/*
 * It is encrypted for a region or a key that is not in force. From the copy, if that
 * is still there, under another id: what was noted under this one stays unsaid.
 */
int gth_submission_seal_anew(struct gth_store *s, struct gth_row *r)
{
	if (!r->plain) {
		/* Whoever uses it next brings it again, whatever was answered before. */
		r->answered = 0;
		return gth_submission_withhold(s, r, GTH_WITHHELD_RECIPIENT);
	}
	gth_spool_drop(&s->spool, r->id, false, true);
	r->sealed = false;
	return gth_submission_anew(s, r);
}

/* The region's answer makes no sense: again, later and later, and then no more. */
int gth_submission_trouble(struct gth_store *s, struct gth_row *r, const char *detail)
{
	if (++r->tries >= TRIES_MAX)
		return gth_submission_fail(s, r, detail);
	if (strcmp(r->detail, detail) != 0)
		gth_say("submission %s: %s", r->id, detail);
	snprintf(r->detail, sizeof(r->detail), "%s", detail);
	r->due = gth_store_clock() + gth_backoff_ms(s->pace, r->tries);
	return gth_store_check(s, gth_book_put(&s->book, r), "submission");
}

/* There is a verdict, wherever it came from. */
void gth_submission_done(struct gth_store *s, const struct gth_region_verdict *v)
{
	struct gth_row r;
	int found = gth_book_by_digest(&s->book, v->digest, &r);

	if (gth_store_check(s, found < 0 ? found : 0, "submission") || !found)
		return;
	if (r.state != GTH_SPOOLED_DONE) {
		gth_orders_cancel(s, r.id);
		gth_statistics_finding(s, v->finding);
	}
	r.finding = (int)v->finding;
	r.reason = GTH_WITHHELD_NOT;
	r.detail[0] = '\0';
	r.answered = gth_store_now();
	gth_submission_move(s, &r, GTH_SPOOLED_DONE);
}
