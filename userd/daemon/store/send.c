// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * send.c - an order leaves: first into the journal, then to the courier. This is
 * the only place from which anything does.
 */
#include "daemon/store/store_state.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/util/hex.h"
#include "lib/util/io.h"
#include "lib/util/sha256.h"

static const enum gth_egress_kind kinds[GTH_ORDERS] = {
	[GTH_ORDER_STATEMENT] = GTH_EGRESS_CONTACT, [GTH_ORDER_LOOKUP] = GTH_EGRESS_LOOKUP,
	[GTH_ORDER_CREATE] = GTH_EGRESS_SUBMISSION, [GTH_ORDER_OFFSET] = GTH_EGRESS_CONTACT,
	[GTH_ORDER_UPLOAD] = GTH_EGRESS_UPLOAD,	    [GTH_ORDER_WAIT] = GTH_EGRESS_CONTACT,
	[GTH_ORDER_VERDICTS] = GTH_EGRESS_CONTACT,  [GTH_ORDER_STATISTICS] = GTH_EGRESS_STATISTICS,
};

/* The request line, as the courier will send it (docs/protocol.md). */
static void request_line(char *out, size_t size, const struct gth_order *o)
{
	char hex[2 * 32 + 1];

	switch (o->kind) {
	case GTH_ORDER_STATEMENT:
		snprintf(out, size, "GET /v1/region");
		break;
	case GTH_ORDER_LOOKUP:
		gth_hex_encode(hex, o->digest, 32);
		snprintf(out, size, "GET /v1/files/sha256:%s", hex);
		break;
	case GTH_ORDER_CREATE:
		snprintf(out, size, "PUT /v1/submissions/%s", o->id);
		break;
	case GTH_ORDER_OFFSET:
		snprintf(out, size, "HEAD /v1/submissions/%s", o->id);
		break;
	case GTH_ORDER_UPLOAD:
		snprintf(out, size, "PATCH /v1/submissions/%s", o->id);
		break;
	case GTH_ORDER_WAIT:
		snprintf(out, size, "GET /v1/submissions/%s?wait=%u", o->id, o->wait);
		break;
	case GTH_ORDER_VERDICTS:
		snprintf(out, size,
			 o->cursor[0] ? "GET /v1/verdicts?cursor=%s" : "GET /v1/verdicts",
			 o->cursor);
		break;
	default:
		snprintf(out, size, "POST /v1/statistics");
	}
}

/* The SHA-256 of a file from an offset on; its position is where the courier begins to read. */
static int rest_digest(int file, const struct gth_order *o, uint8_t digest[32])
{
	if (lseek(file, (off_t)o->offset, SEEK_SET) < 0)
		return -errno;
	if (!o->offset) {
		memcpy(digest, o->digest, 32);
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

	*e = (struct gth_egress) { .kind = kinds[o->kind], .time = gth_store_now(), .bytes = len };
	err = gth_sha256(body ? body : "", len, e->body_digest);
	if (!err && file >= 0) {
		e->bytes = o->size - o->offset;
		err = rest_digest(file, o, e->body_digest);
	}
	if (err)
		return err;
	memcpy(e->region, s->setup->trust->region, sizeof(e->region));
	request_line(e->what, sizeof(e->what), o);
	if (r)
		memcpy(e->digest, r->digest, 32);
	memcpy(e->id, o->id, sizeof(e->id));
	return 0;
}

/* Room for one more that is under way; NULL: there is none. */
static struct gth_flight *free_flight(struct gth_store *s)
{
	for (size_t i = 0; i < GTH_FLIGHTS_MAX; i++)
		if (!s->flights[i].number)
			return &s->flights[i];
	return NULL;
}

/* To the courier: what is in the journal. Return: 0; an errno: it has not left. */
static int hand_over(struct gth_store *s, const struct gth_order *o, const struct gth_row *r,
		     const char *body, size_t len, int file)
{
	struct gth_flight *f = free_flight(s);
	struct gth_order order = *o;
	int err;

	memcpy(order.settings, s->settings->digest, sizeof(order.settings));
	err = gth_outbox_put(&s->to_courier, GTH_MSG_ORDER, s->number + 1, &order, sizeof(order),
			     body, len, file);
	if (err)
		return err;
	memset(f, 0, sizeof(*f));
	f->number = ++s->number;
	f->kind = (enum gth_order_kind)o->kind;
	f->since = gth_store_clock();
	memcpy(f->id, o->id, sizeof(f->id));
	if (r)
		memcpy(f->digest, r->digest, 32);
	return 0;
}

/**
 * gth_send_order() - an order to the courier
 * @r: the submission that it is about, or NULL
 * @file: what is uploaded, or -1; becomes the store's
 *
 * Return: 0; -EBUSY: too many are under way; another errno: nothing has left.
 */
int gth_send_order(struct gth_store *s, const struct gth_order *o, const struct gth_row *r,
		   const char *body, size_t len, int file)
{
	struct gth_egress e;
	int err = free_flight(s) ? 0 : -EBUSY;

	/* The last look: those who order have looked before. */
	if (!err && r && !gth_binding_allows(s, (enum gth_order_kind)o->kind, r))
		err = -ESTALE;
	if (!err)
		err = describe(s, &e, o, r, body, len, file);
	if (!err)
		err = gth_journal_add(&s->journal, &e);
	if (err) {
		if (file >= 0)
			close(file);
		return err;
	}
	return hand_over(s, o, r, body, len, file);
}

/**
 * gth_send_lookups() - as many look-ups, which are entered into the journal together
 * @rows: @n submissions, 1 to GTH_LOOKUPS_MAX; as many more may be under way
 *
 * Return: 0; an errno: those that have not left are asked for again.
 */
int gth_send_lookups(struct gth_store *s, const struct gth_row *rows, size_t n)
{
	static struct gth_egress e[GTH_LOOKUPS_MAX];
	static struct gth_order o[GTH_LOOKUPS_MAX];
	int err = 0;

	_Static_assert(GTH_LOOKUPS_MAX <= GTH_JOURNAL_AT_ONCE, "entered together");
	for (size_t i = 0; i < n && !err; i++) {
		o[i] = (struct gth_order) { .kind = GTH_ORDER_LOOKUP };
		memcpy(o[i].id, rows[i].id, sizeof(rows[i].id));
		memcpy(o[i].digest, rows[i].digest, 32);
		err = describe(s, &e[i], &o[i], &rows[i], NULL, 0, -1);
	}
	if (!err)
		err = gth_journal_add_all(&s->journal, e, n);
	for (size_t i = 0; i < n && !err; i++)
		err = free_flight(s) ? hand_over(s, &o[i], &rows[i], NULL, 0, -1) : -EBUSY;
	return err;
}
