// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * send.c - an order goes into the journal first and to the courier then. Only
 * this file sends orders, and only this file cancels them.
 */
#include "daemon/store/send.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "daemon/order.h"
#include "daemon/store/binding.h"
#include "daemon/store/context.h"
#include "daemon/store/inflight.h"
#include "daemon/store/journal.h"
#include "daemon/store/outbox.h"
#include "lib/util/clock.h"
#include "lib/util/sha256.h"

/* gth_send_may() - may one more of this kind leave now? If not yet, the loop wakes in time. */
bool gth_send_may(struct gth_store *s, enum gth_order_kind kind)
{
	uint64_t now = gth_boot_ms();

	if (!gth_inflight_room(&s->inflight, kind))
		return false;
	if (s->backoff[kind].until <= now)
		return true;
	gth_store_wake(s, s->backoff[kind].until - now);
	return false;
}

/* An order that did not leave is tried again later: most likely the disk is full. */
static bool left(struct gth_store *s, int err)
{
	if (err)
		gth_store_wake(s, err == -EBUSY ? s->pace->backoff_ms : 10 * s->pace->backoff_ms);
	return !err;
}

/* The SHA-256 of a file from an offset on; sets the file's position to that offset. */
static int rest_digest(int file, const struct gth_order *o, uint8_t digest[GTH_DIGEST_SIZE])
{
	if (lseek(file, (off_t)o->offset, SEEK_SET) < 0)
		return -errno;
	if (!o->offset) {
		memcpy(digest, o->digest, GTH_DIGEST_SIZE);
		return 0;
	}
	if (gth_sha256_fd(file, digest))
		return -EIO;
	return lseek(file, (off_t)o->offset, SEEK_SET) < 0 ? -errno : 0;
}

static int describe(struct gth_store *s, struct gth_egress *e, const struct gth_order *o,
		    const struct gth_row *r, const char *body, size_t len, int file)
{
	int err;

	*e = (struct gth_egress) { .kind = gth_api_row(o->kind)->egress,
				   .time = gth_now(),
				   .bytes = len };
	err = gth_order_line(o, e->what);
	if (!err)
		err = gth_sha256(body ? body : "", len, e->body_digest);
	if (!err && file >= 0) {
		e->bytes = o->size - o->offset;
		err = rest_digest(file, o, e->body_digest);
	}
	if (err)
		return err;
	memcpy(e->region, s->region.trust->region, sizeof(e->region));
	if (r)
		memcpy(e->digest, r->digest, GTH_DIGEST_SIZE);
	memcpy(e->id, o->id, sizeof(e->id));
	return 0;
}

/* Hands an order that is in the journal to the courier. Return: 0; an errno: it has not left. */
static int hand_over(struct gth_store *s, const struct gth_order *o, const struct gth_row *r,
		     const char *body, size_t len, int file)
{
	struct gth_inflight *f = gth_inflight_free(&s->inflight);
	struct gth_order order = *o;
	int err;

	memcpy(order.settings, s->settings->digest, sizeof(order.settings));
	err = gth_outbox_put(&s->to_courier, GTH_MSG_ORDER, s->inflight.number + 1, &order,
			     sizeof(order), body, len, file);
	if (err)
		return err;
	memset(f, 0, sizeof(*f));
	f->number = ++s->inflight.number;
	f->kind = (enum gth_order_kind)o->kind;
	f->since = gth_boot_ms();
	memcpy(f->id, o->id, sizeof(f->id));
	if (r)
		memcpy(f->digest, r->digest, GTH_DIGEST_SIZE);
	return 0;
}

/**
 * gth_send_order() - an order to the courier
 * @r: the submission that it is about, or NULL
 * @file: to be uploaded, or -1; this function takes it
 *
 * Return: has it left? If not, the loop wakes to try it again.
 */
bool gth_send_order(struct gth_store *s, const struct gth_order *o, const struct gth_row *r,
		    const char *body, size_t len, int file)
{
	struct gth_egress e;
	int err = gth_inflight_free(&s->inflight) ? 0 : -EBUSY;

	/* A last check; the callers have checked too. */
	if (!err && r && !gth_binding_allows(&s->region, (enum gth_order_kind)o->kind, r))
		err = -ESTALE;
	if (!err)
		err = describe(s, &e, o, r, body, len, file);
	if (!err)
		err = gth_journal_add(&s->journal, &e);
	if (err) {
		if (file >= 0)
			close(file);
		return left(s, err);
	}
	return left(s, hand_over(s, o, r, body, len, file));
}

/**
 * gth_send_lookups() - send look-ups, which are entered into the journal together and carry its
 * head to the region
 * @rows: @n submissions, 1 to GTH_LOOKUPS_MAX; as many more may be under way
 *
 * Return: have all left? The others are tried again.
 */
bool gth_send_lookups(struct gth_store *s, const struct gth_row *rows, size_t n)
{
	static struct gth_egress e[GTH_LOOKUPS_MAX];
	static struct gth_order o[GTH_LOOKUPS_MAX];
	struct gth_journal_field journal;
	int err = 0;

	_Static_assert(GTH_LOOKUPS_MAX <= GTH_JOURNAL_AT_ONCE, "entered together");
	for (size_t i = 0; i < n && !err; i++) {
		o[i] = (struct gth_order) { .kind = GTH_ORDER_LOOKUP };
		memcpy(o[i].id, rows[i].id, sizeof(rows[i].id));
		memcpy(o[i].digest, rows[i].digest, GTH_DIGEST_SIZE);
		err = describe(s, &e[i], &o[i], &rows[i], NULL, 0, -1);
	}
	if (!err)
		err = gth_journal_add_all(&s->journal, e, n);
	/* The head includes their own entries, which are durable by now. */
	if (!err)
		err = gth_journal_head(&s->journal, &journal.size, journal.root);
	journal.time = gth_now();
	for (size_t i = 0; i < n && !err; i++) {
		o[i].journal = journal;
		err = gth_inflight_free(&s->inflight) ? hand_over(s, &o[i], &rows[i], NULL, 0, -1)
						      : -EBUSY;
	}
	return left(s, err);
}

static void call_back(struct gth_store *s, struct gth_inflight *f)
{
	if (s->courier >= 0)
		gth_store_check(s,
				gth_outbox_put(&s->to_courier, GTH_MSG_CANCEL, f->number, NULL, 0,
					       NULL, 0, -1),
				"message");
	f->number = 0;
}

/* Cancels all orders about a submission: their answers are not needed any more. */
void gth_send_cancel(struct gth_store *s, const char *id)
{
	for (size_t i = 0; i < GTH_INFLIGHT_MAX; i++) {
		struct gth_inflight *f = &s->inflight.order[i];

		if (f->number && !strcmp(f->id, id))
			call_back(s, f);
	}
}

/* Nothing may leave any more: cancels the courier's orders, and drops those that it does not have
 * yet. */
void gth_send_cancel_all(struct gth_store *s)
{
	gth_outbox_empty(&s->to_courier);
	for (size_t i = 0; i < GTH_INFLIGHT_MAX; i++)
		if (s->inflight.order[i].number)
			call_back(s, &s->inflight.order[i]);
}
