// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * steps.c - what is due next: the statement first, and nothing else without it;
 * then each file's next step, the oldest first.
 */
#include "daemon/store/store_state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/util/say.h"

#define DAY 86400
#define TIDY_MS 3600000
#define SEAL_TRIES 8 /* for want of room on the disk */

/* How many of a kind the courier has at a time. */
static const unsigned int together[GTH_ORDERS] = {
	[GTH_ORDER_STATEMENT] = 1, [GTH_ORDER_LOOKUP] = GTH_LOOKUPS_MAX,
	[GTH_ORDER_CREATE] = 2,	   [GTH_ORDER_OFFSET] = 2,
	[GTH_ORDER_UPLOAD] = 2,	   [GTH_ORDER_WAIT] = 4,
	[GTH_ORDER_VERDICTS] = 1,  [GTH_ORDER_STATISTICS] = 1,
};

/* Is there an order of this kind, or (id) one for this submission? */
bool gth_orders_busy(struct gth_store *s, enum gth_order_kind kind, const char *id)
{
	for (size_t i = 0; i < GTH_FLIGHTS_MAX; i++) {
		const struct gth_flight *f = &s->flights[i];

		if (f->number && (id ? !strcmp(f->id, id) : f->kind == kind))
			return true;
	}
	return false;
}

/* Whatever is under way for a submission: its answer is of no interest any more. */
void gth_orders_cancel(struct gth_store *s, const char *id)
{
	for (size_t i = 0; i < GTH_FLIGHTS_MAX; i++) {
		struct gth_flight *f = &s->flights[i];

		if (!f->number || strcmp(f->id, id) != 0)
			continue;
		if (s->courier >= 0)
			gth_store_check(s,
					gth_outbox_put(&s->to_courier, GTH_MSG_CANCEL, f->number,
						       NULL, 0, NULL, 0, -1),
					"message");
		f->number = 0;
	}
}

/* Nothing may leave any more: what the courier has is called back, and what it has not yet, is not
 * given. */
void gth_orders_ground(struct gth_store *s)
{
	gth_outbox_empty(&s->to_courier);
	for (size_t i = 0; i < GTH_FLIGHTS_MAX; i++) {
		struct gth_flight *f = &s->flights[i];

		if (f->number && s->courier >= 0)
			gth_store_check(s,
					gth_outbox_put(&s->to_courier, GTH_MSG_CANCEL, f->number,
						       NULL, 0, NULL, 0, -1),
					"message");
		f->number = 0;
	}
}

static unsigned int under_way(const struct gth_store *s, enum gth_order_kind kind)
{
	unsigned int n = 0;

	for (size_t i = 0; i < GTH_FLIGHTS_MAX; i++)
		n += s->flights[i].number && s->flights[i].kind == kind;
	return n;
}

/* May one more of this kind leave now? If it is only too early, the loop wakes in time. */
bool gth_orders_may(struct gth_store *s, enum gth_order_kind kind)
{
	uint64_t now = gth_store_clock();

	if (under_way(s, kind) >= together[kind])
		return false;
	if (s->backoff[kind].until <= now)
		return true;
	gth_store_wake(s, s->backoff[kind].until - now);
	return false;
}

/* Return: was it sent? If not, it is tried again in a while: most likely the disk is full. */
bool gth_orders_sent(struct gth_store *s, int err)
{
	if (err)
		gth_store_wake(s, err == -EBUSY ? s->pace->backoff_ms : 10 * s->pace->backoff_ms);
	return !err;
}

static bool statement_order(struct gth_store *s)
{
	struct gth_order o = { .kind = GTH_ORDER_STATEMENT };
	uint64_t now = gth_store_clock();

	if (!s->setup->trust || !gth_orders_may(s, GTH_ORDER_STATEMENT))
		return false;
	if (s->statement_due > now) {
		gth_store_wake(s, s->statement_due - now);
		return false;
	}
	return gth_orders_sent(s, gth_send_order(s, &o, NULL, NULL, 0, -1));
}

static void order_for(struct gth_order *o, enum gth_order_kind kind, const struct gth_row *r)
{
	memset(o, 0, sizeof(*o));
	o->kind = kind;
	memcpy(o->id, r->id, sizeof(r->id));
	memcpy(o->digest, r->digest, 32);
}

/* Encrypted as soon as it is known that the region wants it. */
static bool seal(struct gth_store *s, struct gth_row *r)
{
	struct gth_age_recipient to[2] = { s->statement.recipient };
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
		/* It was foreseen, and somebody else has taken it; its copy may be what is in the
		 * way. */
		if ((err == -ENOSPC || err == -EDQUOT) && r->tries >= SEAL_TRIES)
			return !gth_submission_withhold(s, r, GTH_WITHHELD_SPOOL);
		r->due = gth_store_clock() + gth_backoff_ms(s->pace, ++r->tries);
		snprintf(r->detail, sizeof(r->detail), "cannot be encrypted: %s", strerror(-err));
		gth_store_check(s, gth_book_put(&s->book, r), "submission");
		return true;
	}
	gth_binding_set(s, r);
	r->sealed = true;
	r->tries = 0;
	r->detail[0] = '\0';
	return !gth_submission_move(s, r, GTH_SPOOLED_SEALED);
}

/* The signed note; the same one however often it is sent. */
static int submission_note(struct gth_store *s, const struct gth_row *r, char **note)
{
	static struct gth_submission sub;
	char *text = NULL;
	int err = gth_book_proof(&s->book, r->id, GTH_PROOF_SUBMISSION, note);

	if (err)
		return err < 0 ? err : 0;
	memset(&sub, 0, sizeof(sub));
	snprintf(sub.endpoint, sizeof(sub.endpoint), "%.*s", (int)sizeof(sub.endpoint) - 1,
		 s->setup->endpoint->verifier.name);
	memcpy(sub.region, s->statement.region, sizeof(sub.region));
	memcpy(sub.id, r->id, sizeof(sub.id));
	sub.time = gth_store_now();
	sub.class = (enum gth_data_class)r->class;
	memcpy(sub.digest, r->digest, 32);
	sub.size = r->size;
	memcpy(sub.type, r->type, sizeof(sub.type));
	sub.cipher_size = r->cipher_size;
	memcpy(sub.cipher_digest, r->cipher_digest, 32);
	if (s->config->metadata) {
		memcpy(sub.path, r->path, sizeof(sub.path));
		memcpy(sub.comm, r->comm, sizeof(sub.comm));
	}
	sub.has_journal = true;
	err = gth_journal_head(&s->journal, &sub.journal_size, sub.journal_root);
	if (!err)
		err = gth_submission_format(&sub, &text);
	if (!err)
		err = gth_note_sign(text, s->setup->endpoint, note);
	free(text);
	if (err)
		return err;
	err = gth_book_begin(&s->book);
	if (err)
		return err;
	err = gth_book_spend(&s->book, sub.time, 1, r->cipher_size);
	if (!err)
		err = gth_book_put_proof(&s->book, r->id, GTH_PROOF_SUBMISSION, r->digest,
					 r->cipher_size, *note, sub.time);
	if (!err)
		err = gth_book_count(&s->book, "submissions", 1);
	if (!err)
		err = gth_book_commit(&s->book);
	else
		gth_book_rollback(&s->book);
	return err ? err : gth_guarded_keep(s);
}

/* Consent may have been taken back since the file was asked for. Return: is it withheld now? */
static bool taken_back(struct gth_store *s, struct gth_row *r)
{
	enum gth_withheld why = gth_ask_may_send(s, r);

	return why != GTH_WITHHELD_NOT && !gth_submission_withhold(s, r, why);
}

/* Does the note that was made before tell what the owner does not tell any more? */
static bool tells_metadata(struct gth_store *s, const struct gth_row *r)
{
	static struct gth_submission sub;
	char *note = NULL, *end;
	bool tells = false;

	if (s->config->metadata ||
	    gth_book_proof(&s->book, r->id, GTH_PROOF_SUBMISSION, &note) != 1)
		return false;
	end = strstr(note, "\n\n");
	if (end && !gth_submission_parse(&sub, note, (size_t)(end - note) + 1))
		tells = sub.path[0] || sub.comm[0];
	free(note);
	return tells;
}

/* Return: did it have to be sealed anew, or withheld? */
static bool unbound(struct gth_store *s, struct gth_row *r)
{
	return !gth_binding_holds(s, r) && !gth_submission_seal_anew(s, r);
}

static bool create_order(struct gth_store *s, struct gth_row *r)
{
	enum gth_withheld waits = GTH_WITHHELD_NOT;
	struct gth_order o;
	char *note = NULL;
	bool ok;

	if (taken_back(s, r) || unbound(s, r))
		return true;
	if (tells_metadata(s, r))
		return !gth_submission_anew(s, r);

	/* One that was begun has been counted. */
	if (!gth_book_proof(&s->book, r->id, GTH_PROOF_SUBMISSION, &note))
		waits = gth_offer_limits(s, r);
	free(note);
	note = NULL;
	gth_store_check(s, gth_book_waits(&s->book, GTH_SPOOLED_SEALED, GTH_SPOOLED_SEALED, waits),
			"submission");
	if (waits != GTH_WITHHELD_NOT)
		return false;
	if (gth_store_check(s, submission_note(s, r, &note), "submission note")) {
		free(note);
		return false;
	}
	if (!gth_offer(s, r, 0)) {
		free(note);
		return true;
	}
	order_for(&o, GTH_ORDER_CREATE, r);
	ok = gth_orders_sent(s, gth_send_order(s, &o, r, note, strlen(note), -1));
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
	return gth_orders_sent(s, gth_send_order(s, &o, r, NULL, 0, -1));
}

static bool upload_order(struct gth_store *s, struct gth_row *r)
{
	struct gth_order o;
	int file;

	if (taken_back(s, r) || unbound(s, r))
		return true;
	file = gth_spool_sealed(&s->spool, r->id);
	if (file < 0) {
		gth_submission_fail(s, r, "its file is gone from the spool");
		return true;
	}
	if (!gth_offer(s, r, r->cipher_size - r->offset)) {
		close(file);
		return true;
	}
	order_for(&o, GTH_ORDER_UPLOAD, r);
	o.offset = r->offset;
	o.size = r->cipher_size;
	memcpy(o.digest, r->cipher_digest, 32);
	return gth_orders_sent(s, gth_send_order(s, &o, r, NULL, 0, file));
}

static bool wait_order(struct gth_store *s, struct gth_row *r)
{
	struct gth_order o;

	if (!gth_binding_region(s, r))
		return !gth_submission_fail(
			s, r, "it was sent to a region that is not in force any more");
	order_for(&o, GTH_ORDER_WAIT, r);
	o.wait = s->pace->wait_s;
	return gth_orders_sent(s, gth_send_order(s, &o, r, NULL, 0, -1));
}

static const struct step {
	int state;
	enum gth_order_kind kind;
	bool (*take)(struct gth_store *s, struct gth_row *r); /* NULL: several (take_lookups()) */
} steps[] = {
	{ GTH_SPOOLED_WAITING, GTH_ORDER_WAIT, wait_order },
	{ GTH_SPOOLED_UPLOADING, GTH_ORDER_UPLOAD, upload_order },
	{ GTH_SPOOLED_CREATED, GTH_ORDER_OFFSET, offset_order },
	{ GTH_SPOOLED_SEALED, GTH_ORDER_CREATE, create_order },
	{ GTH_SPOOLED_ASKED, GTH_ORDER_LOOKUP, NULL },
	/* The encryption needs nobody, but it waits with what it is for. */
	{ GTH_SPOOLED_COPIED, GTH_ORDER_CREATE, seal },
};

static void wake_when_due(struct gth_store *s, int state, uint64_t now)
{
	uint64_t due;

	if (gth_book_due(&s->book, state, &due) == 1 && due > now)
		gth_store_wake(s, due - now);
}

/*
 * Files that the region is to be asked for, as many as may be under way: they wait for the
 * disk together. A local user can bring as many as can be opened.
 */
static bool take_lookups(struct gth_store *s, const struct step *step)
{
	static struct gth_row rows[GTH_LOOKUPS_MAX];
	uint64_t now = gth_store_clock();
	size_t n = 0, room;

	if (!gth_orders_may(s, step->kind))
		return false;
	room = together[step->kind] - under_way(s, step->kind);
	for (unsigned int skip = 0; skip <= GTH_FLIGHTS_MAX && n < room; skip++) {
		int found = gth_book_next(&s->book, step->state, now, skip, &rows[n]);

		if (gth_store_check(s, found < 0 ? found : 0, "submissions"))
			return false;
		if (!found)
			break;
		n += !gth_orders_busy(s, step->kind, rows[n].id);
	}
	if (!n) {
		wake_when_due(s, step->state, now);
		return false;
	}
	if (!gth_orders_sent(s, gth_send_lookups(s, rows, n)))
		return false;
	gth_store_check(s, gth_book_count(&s->book, "lookups", (int64_t)n), "statistics");
	return true;
}

/* The next of a state for which nothing is under way. */
static bool take_step(struct gth_store *s, const struct step *step)
{
	uint64_t now = gth_store_clock();
	struct gth_row *r = &s->row;

	if (!step->take)
		return take_lookups(s, step);
	if (step->state != GTH_SPOOLED_COPIED && !gth_orders_may(s, step->kind))
		return false;
	for (unsigned int skip = 0; skip <= GTH_FLIGHTS_MAX; skip++) {
		int found = gth_book_next(&s->book, step->state, now, skip, r);

		if (gth_store_check(s, found < 0 ? found : 0, "submissions"))
			return false;
		if (!found)
			break;
		if (!gth_orders_busy(s, step->kind, r->id))
			return step->take(s, r);
	}
	wake_when_due(s, step->state, now);
	return false;
}

/* Has the region deleted what it had? */
static bool deletion_order(struct gth_store *s)
{
	uint64_t now = gth_store_now();
	struct gth_lent lent;
	struct gth_order o = { .kind = GTH_ORDER_WAIT };

	if (!gth_orders_may(s, GTH_ORDER_WAIT))
		return false;
	for (unsigned int skip = 0; skip <= GTH_FLIGHTS_MAX; skip++) {
		struct gth_row about = { .state = 0 };

		if (gth_book_lent_due(&s->book, s->setup->trust->region, skip, &lent) != 1)
			return false;
		if (lent.due > now) {
			if (lent.due < now + DAY)
				gth_store_wake(s, (lent.due - now) * 1000);
			return false;
		}
		if (gth_orders_busy(s, GTH_ORDER_WAIT, lent.id))
			continue;
		memcpy(o.id, lent.id, sizeof(lent.id));
		memcpy(about.digest, lent.digest, 32);
		memcpy(about.region, lent.region, sizeof(about.region));
		if (!gth_orders_sent(s, gth_send_order(s, &o, &about, NULL, 0, -1)))
			return false;
		for (size_t i = 0; i < GTH_FLIGHTS_MAX; i++)
			if (s->flights[i].number == s->number)
				s->flights[i].lent = true;
		return true;
	}
	return false;
}

static bool statistics_order(struct gth_store *s)
{
	struct gth_order o = { .kind = GTH_ORDER_STATISTICS };
	uint64_t now = gth_store_now(), last;
	char *text = NULL;
	bool ok;

	if (!s->config->statistics || !gth_orders_may(s, GTH_ORDER_STATISTICS))
		return false;
	if (gth_store_check(s, gth_book_counted(&s->book, "statistics-sent", &last), "statistics"))
		return false;
	if (last <= now && now - last < s->pace->statistics_s) {
		gth_store_wake(s, (s->pace->statistics_s - (now - last)) * 1000);
		return false;
	}
	if (gth_store_check(s, gth_statistics_text(s, &text), "statistics"))
		return false;
	ok = gth_orders_sent(s, gth_send_order(s, &o, NULL, text, strlen(text), -1));
	free(text);
	return ok;
}

/* As many orders as may leave now. */
void gth_orders_run(struct gth_store *s)
{
	bool more = true;

	gth_clock_watch(s);
	if (gth_store_clock() >= s->tidy_due) {
		gth_store_check(s, gth_book_tidy(&s->book, gth_store_now()), "tidying");
		s->tidy_due = gth_store_clock() + TIDY_MS;
		gth_feed_check(s);
	}
	gth_reserve_fill(&s->reserve);
	if (s->courier < 0 || gth_journal_open(&s->journal)) {
		gth_store_wake(s, 10 * s->pace->backoff_ms);
		return;
	}
	/* A statement is asked for only by who could send something: who may not sends nothing at
	 * all. */
	if (s->setup->trust && gth_countries_have(&s->setup->trust->serves, s->config->country))
		statement_order(s);
	for (int n = 0; more && n < GTH_FLIGHTS_MAX && !s->err; n++) {
		more = false;
		if (!gth_region_usable(s))
			return;
		for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
			more |= take_step(s, &steps[i]);
		more |= gth_feed_order(s);
		more |= deletion_order(s);
		more |= statistics_order(s);
	}
	if (more)
		gth_store_wake(s, 0);
}
