// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * send.c - an order leaves: first into the journal, then to the courier. This is
 * the only place from which anything does.
 */
#include "store_state.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/hex.h"
#include "lib/io.h"
#include "lib/sha256.h"

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

static int journal(struct gth_store *s, const struct gth_order *o, const struct gth_row *r,
		   const char *body, size_t len, int file)
{
	struct gth_egress e = { .kind = kinds[o->kind], .time = gth_store_now(), .bytes = len };
	int err = gth_sha256(body ? body : "", len, e.body_digest);

	if (!err && file >= 0) {
		e.bytes = o->size - o->offset;
		err = rest_digest(file, o, e.body_digest);
	}
	if (err)
		return err;
	memcpy(e.region, s->setup->trust->region, sizeof(e.region));
	request_line(e.what, sizeof(e.what), o);
	if (r)
		memcpy(e.digest, r->digest, 32);
	memcpy(e.id, o->id, sizeof(e.id));
	return gth_journal_add(&s->journal, &e);
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
	struct gth_flight *f = s->flights;
	struct gth_order order = *o;
	int err = 0;

	memcpy(order.settings, s->settings->digest, sizeof(order.settings));
	while (f < s->flights + GTH_FLIGHTS_MAX && f->number)
		f++;
	if (f == s->flights + GTH_FLIGHTS_MAX)
		err = -EBUSY;
	/* The last look: those who order have looked before. */
	if (!err && r && !gth_binding_allows(s, (enum gth_order_kind)o->kind, r))
		err = -ESTALE;
	if (!err)
		err = journal(s, o, r, body, len, file);
	if (err) {
		if (file >= 0)
			close(file);
		return err;
	}
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
