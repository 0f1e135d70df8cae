// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * steps.c - each file's next step on its way to the region: of each state, the file that has waited
 * longest and has no order under way.
 */
#include "daemon/store/steps.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/store/backoff.h"
#include "daemon/store/binding.h"
#include "daemon/store/context.h"
#include "daemon/store/db.h"
#include "daemon/store/inflight.h"
#include "daemon/store/offer.h"
#include "daemon/store/review.h"
#include "daemon/store/send.h"
#include "daemon/store/spool.h"
#include "daemon/store/submission.h"
#include "daemon/store/submission_note.h"
#include "lib/util/clock.h"

#define SEAL_TRIES 8 /* if there is no room on the disk */

static void order_for(struct gth_order *o, enum gth_order_kind kind, const struct gth_row *r)
{
	memset(o, 0, sizeof(*o));
	o->kind = kind;
	memcpy(o->id, r->id, sizeof(r->id));
	memcpy(o->digest, r->digest, GTH_DIGEST_SIZE);
}

/* Encrypts a file once the region has said that it wants it. */
static bool seal(struct gth_store *s, struct gth_row *r)
{
	struct gth_age_recipient to[2] = { s->region.statement.recipient };
	size_t n = 1;
	int err;

	if (!r->plain)
		return !gth_submission_withhold(s, r, GTH_WITHHELD_UNREADABLE);
	if (s->config->owner_key[0]) {
		if (gth_age_recipient_parse(&to[1], s->config->owner_key)) {
			gth_store_wake(s, 60000);
			return false;
		}
		n = 2;
	}
	err = gth_spool_seal(&s->spool, r, to, n);
	if (err == -ENOENT)
		return !gth_submission_withhold(s, r, GTH_WITHHELD_UNREADABLE);
	if (gth_store_check(s, err, "encryption")) {
		/* Room was checked before the copy, so other programs have
		 * filled the disk; after some tries the copy gives way. */
		if ((err == -ENOSPC || err == -EDQUOT) && r->tries >= SEAL_TRIES)
			return !gth_submission_withhold(s, r, GTH_WITHHELD_SPOOL);
		r->due = gth_boot_ms() + gth_backoff_ms(s->pace, ++r->tries);
		snprintf(r->detail, sizeof(r->detail), "cannot be encrypted: %s", strerror(-err));
		gth_store_check(s, gth_db_put(&s->db, r), "submission");
		return true;
	}
	gth_binding_set(&s->region, r);
	r->sealed = true;
	r->tries = 0;
	r->detail[0] = '\0';
	return !gth_submission_move(s, r, GTH_SPOOLED_SEALED);
}

/* Consent may have been withdrawn since the file was copied. Return: is it withheld now? */
static bool taken_back(struct gth_store *s, struct gth_row *r)
{
	enum gth_withheld why = gth_review_one(s, r);

	return why != GTH_WITHHELD_NOT && !gth_submission_withhold(s, r, why);
}

/* Is it encrypted for another key? Return: was it sealed anew, or withheld? */
static bool unbound(struct gth_store *s, struct gth_row *r)
{
	return !gth_binding_holds(&s->region, r) && !gth_submission_seal_anew(s, r);
}

static bool create_order(struct gth_store *s, struct gth_row *r)
{
	enum gth_withheld waits = GTH_WITHHELD_NOT;
	struct gth_order o;
	char *note = NULL;
	bool ok;

	if (taken_back(s, r) || unbound(s, r))
		return true;
	if (gth_submission_note_stale(s, r))
		return !gth_submission_anew(s, r);

	/* A submission with a note has been counted already. */
	if (!gth_db_proof(&s->db, r->id, GTH_PROOF_SUBMISSION, &note))
		waits = gth_offer_limits(s, r);
	free(note);
	note = NULL;
	gth_store_check(s, gth_db_waits(&s->db, GTH_SPOOLED_SEALED, GTH_SPOOLED_SEALED, waits),
			"submission");
	if (waits != GTH_WITHHELD_NOT)
		return false;
	if (gth_store_check(s, gth_submission_note(s, r, &note), "submission note")) {
		free(note);
		return false;
	}
	if (!gth_offer(s, r, 0)) {
		free(note);
		return true;
	}
	order_for(&o, GTH_ORDER_CREATE, r);
	ok = gth_send_order(s, &o, r, note, strlen(note), -1);
	free(note);
	return ok;
}

static bool offset_order(struct gth_store *s, struct gth_row *r)
{
	struct gth_order o;

	if (!gth_offer(s, r, 0))
		return true;
	if (unbound(s, r))
		return true;
	order_for(&o, GTH_ORDER_OFFSET, r);
	return gth_send_order(s, &o, r, NULL, 0, -1);
}

static bool upload_order(struct gth_store *s, struct gth_row *r)
{
	struct gth_order o;
	int file;

	if (taken_back(s, r) || unbound(s, r))
		return true;
	file = gth_spool_sealed(&s->spool, r->id);
	if (file < 0) {
		gth_submission_fail(s, r, "its file is missing in the spool");
		return true;
	}
	if (!gth_offer(s, r, r->cipher_size - r->offset)) {
		close(file);
		return true;
	}
	order_for(&o, GTH_ORDER_UPLOAD, r);
	o.offset = r->offset;
	o.size = r->cipher_size;
	memcpy(o.digest, r->cipher_digest, GTH_DIGEST_SIZE);
	return gth_send_order(s, &o, r, NULL, 0, file);
}

static bool wait_order(struct gth_store *s, struct gth_row *r)
{
	struct gth_order o;

	if (!gth_binding_region(&s->region, r))
		return !gth_submission_fail(s, r,
					    "it was sent to a region that is no longer in force");
	order_for(&o, GTH_ORDER_WAIT, r);
	o.wait = s->pace->wait_s;
	return gth_send_order(s, &o, r, NULL, 0, -1);
}

static const struct step {
	int state;
	enum gth_order_kind kind;
	bool (*take)(struct gth_store *s,
		     struct gth_row *r); /* NULL: take_lookups() takes several */
} steps[] = {
	{ GTH_SPOOLED_WAITING, GTH_ORDER_WAIT, wait_order },
	{ GTH_SPOOLED_UPLOADING, GTH_ORDER_UPLOAD, upload_order },
	{ GTH_SPOOLED_CREATED, GTH_ORDER_OFFSET, offset_order },
	{ GTH_SPOOLED_SEALED, GTH_ORDER_CREATE, create_order },
	{ GTH_SPOOLED_ASKED, GTH_ORDER_LOOKUP, NULL },
	/* Encryption needs no order; it has the kind for which it is done. */
	{ GTH_SPOOLED_COPIED, GTH_ORDER_CREATE, seal },
};

static void wake_when_due(struct gth_store *s, int state, uint64_t now)
{
	uint64_t due;

	if (gth_db_due(&s->db, state, &due) == 1 && due > now)
		gth_store_wake(s, due - now);
}

/*
 * Takes as many look-ups as may be under way: their journal entries share one sync, because a local
 * user can cause as many look-ups as there are files.
 */
static bool take_lookups(struct gth_store *s, const struct step *step)
{
	static struct gth_row rows[GTH_LOOKUPS_MAX];
	uint64_t now = gth_boot_ms();
	size_t n = 0, room;

	if (!gth_send_may(s, step->kind))
		return false;
	room = gth_inflight_room(&s->inflight, step->kind);
	for (unsigned int skip = 0; skip <= GTH_INFLIGHT_MAX && n < room; skip++) {
		int found = gth_db_next(&s->db, step->state, now, skip, &rows[n]);

		if (gth_store_check(s, found < 0 ? found : 0, "submissions"))
			return false;
		if (!found)
			break;
		n += !gth_inflight_has(&s->inflight, rows[n].id);
	}
	if (!n) {
		wake_when_due(s, step->state, now);
		return false;
	}
	if (!gth_send_lookups(s, rows, n))
		return false;
	gth_store_check(s, gth_db_count(&s->db, "lookups", (int64_t)n), "statistics");
	return true;
}

/* Takes the next file of a state that has no order under way. */
static bool take_step(struct gth_store *s, const struct step *step)
{
	uint64_t now = gth_boot_ms();
	struct gth_row row;

	if (!step->take)
		return take_lookups(s, step);
	if (step->state != GTH_SPOOLED_COPIED && !gth_send_may(s, step->kind))
		return false;
	for (unsigned int skip = 0; skip <= GTH_INFLIGHT_MAX; skip++) {
		int found = gth_db_next(&s->db, step->state, now, skip, &row);

		if (gth_store_check(s, found < 0 ? found : 0, "submissions"))
			return false;
		if (!found)
			break;
		if (!gth_inflight_has(&s->inflight, row.id))
			return step->take(s, &row);
	}
	wake_when_due(s, step->state, now);
	return false;
}

/* gth_steps_take() - take one step of each state. Return: was there one? There may be more. */
bool gth_steps_take(struct gth_store *s)
{
	bool more = false;

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		more |= take_step(s, &steps[i]);
	return more;
}
