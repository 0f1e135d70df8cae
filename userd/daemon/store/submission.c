// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * submission.c - the way of one file to the region: its states, and the effects of each end on the
 * spool, the journal and the broker.
 *
 * The database is written first and files are removed then: files that a crash leaves are removed
 * at the next start (spool.c).
 */
#include "daemon/store/submission.h"

#include <stdio.h>
#include <string.h>
#include <uuid/uuid.h>

#include "daemon/store/backoff.h"
#include "daemon/store/context.h"
#include "daemon/store/outbox.h"
#include "daemon/store/send.h"
#include "daemon/store/spool.h"
#include "daemon/store/statistics.h"
#include "daemon/store/withheld.h"
#include "lib/util/clock.h"
#include "lib/util/say.h"

#define TRIES_MAX 8 /* after wrong answers of the region */

static void new_id(char id[GTH_UUID_SIZE])
{
	uuid_t uuid;

	uuid_generate_random(uuid);
	uuid_unparse_lower(uuid, id);
}

void gth_submission_begin(struct gth_row *r, const uint8_t digest[GTH_DIGEST_SIZE], uint64_t now)
{
	memset(r, 0, sizeof(*r));
	new_id(r->id);
	memcpy(r->digest, digest, GTH_DIGEST_SIZE);
	r->state = GTH_SPOOLED_ASKED;
	r->created = r->changed = now;
}

/* Moves it to another state, and removes the files that this state has no use for. */
int gth_submission_move(struct gth_store *s, struct gth_row *r, int state)
{
	bool plain = r->plain, sealed = r->sealed;
	int err;

	if (r->state != state)
		r->changed = gth_now();
	r->state = state;
	r->due = gth_backoff_step(&s->db, s->pace, r);
	r->waits = GTH_WITHHELD_NOT;
	if (state >= GTH_SPOOLED_SEALED && state != GTH_SPOOLED_FAILED)
		r->plain = false;
	if (state == GTH_SPOOLED_DONE || state == GTH_SPOOLED_WITHHELD)
		r->sealed = false;
	err = gth_store_check(s, gth_db_put(&s->db, r), "submission");
	if (err) {
		r->plain = plain;
		r->sealed = sealed;
		return err;
	}
	gth_spool_drop(&s->spool, r->id, plain && !r->plain, sealed && !r->sealed);
	if (state >= GTH_SPOOLED_DONE)
		gth_store_check(s, gth_db_unoffer(&s->db, r->digest), "submission");
	return 0;
}

/* Tells the broker that no verdict is known, so that no task waits for one. */
void gth_submission_unknown(struct gth_store *s, unsigned int domain,
			    const uint8_t digest[GTH_DIGEST_SIZE])
{
	uint8_t body[33] = { (uint8_t)domain };

	memcpy(body + 1, digest, GTH_DIGEST_SIZE);
	gth_store_check(
		s,
		gth_outbox_put(&s->to_broker, GTH_MSG_UNKNOWN, 0, body, sizeof(body), NULL, 0, -1),
		"message");
}

int gth_submission_withhold(struct gth_store *s, struct gth_row *r, enum gth_withheld reason)
{
	int err;

	gth_send_cancel(s, r->id);
	gth_withheld_enter(s, r->digest, reason);
	r->reason = reason;
	err = gth_submission_move(s, r, GTH_SPOOLED_WITHHELD);
	gth_submission_unknown(s, GTH_DOMAIN_SHA256, r->digest);
	return err;
}

/* Its encrypted copy stays, so that it can be tried again. */
int gth_submission_fail(struct gth_store *s, struct gth_row *r, const char *detail)
{
	int err;

	gth_send_cancel(s, r->id);
	snprintf(r->detail, sizeof(r->detail), "%s", detail);
	err = gth_submission_move(s, r, GTH_SPOOLED_FAILED);
	gth_submission_unknown(s, GTH_DOMAIN_SHA256, r->digest);
	return err;
}

/* Begins again under another id, because the region does not accept the former. */
int gth_submission_anew(struct gth_store *s, struct gth_row *r)
{
	struct gth_row old = *r;
	int err;

	if (!r->sealed && !r->plain)
		return gth_submission_fail(s, r, "there is no copy of the file any more");
	gth_send_cancel(s, r->id);
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
 * It is encrypted for a region or a key that is not in force: encrypts it again from the copy, if
 * that is still there, under another id, so that the note under the former id is not used.
 */
int gth_submission_seal_anew(struct gth_store *s, struct gth_row *r)
{
	if (!r->plain) {
		/*
		 * answered = 0: the next use of the file brings it again, whatever was answered
		 * before.
		 */
		r->answered = 0;
		return gth_submission_withhold(s, r, GTH_WITHHELD_RECIPIENT);
	}
	gth_spool_drop(&s->spool, r->id, false, true);
	r->sealed = false;
	return gth_submission_anew(s, r);
}

/* The region's answer is wrong: tries again with growing delays, and gives up after TRIES_MAX. */
int gth_submission_trouble(struct gth_store *s, struct gth_row *r, const char *detail)
{
	if (++r->tries >= TRIES_MAX)
		return gth_submission_fail(s, r, detail);
	if (strcmp(r->detail, detail) != 0)
		gth_say("submission %s: %s", r->id, detail);
	snprintf(r->detail, sizeof(r->detail), "%s", detail);
	r->due = gth_boot_ms() + gth_backoff_ms(s->pace, r->tries);
	return gth_store_check(s, gth_db_put(&s->db, r), "submission");
}

/* There is a verdict, from a look-up, the submission or the feed. */
void gth_submission_done(struct gth_store *s, const struct gth_region_verdict *v)
{
	struct gth_row r;
	int found = gth_db_by_digest(&s->db, v->digest, &r);

	if (gth_store_check(s, found < 0 ? found : 0, "submission") || !found)
		return;
	if (r.state != GTH_SPOOLED_DONE) {
		gth_send_cancel(s, r.id);
		gth_store_check(s, gth_statistics_finding(&s->db, v->finding), "statistics");
	}
	r.finding = (int)v->finding;
	r.reason = GTH_WITHHELD_NOT;
	r.detail[0] = '\0';
	r.answered = gth_now();
	gth_submission_move(s, &r, GTH_SPOOLED_DONE);
}
