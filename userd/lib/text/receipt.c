// SPDX-License-Identifier: GPL-2.0-or-later
/* receipt.c - what the region signs when it has a file, and when it has it no more (see
 * exchange.h). */
#include <errno.h>

#include "lib/text/exchange.h"

#define RECEIPT "gotthard-receipt 1"
#define DELETION "gotthard-deletion 1"

/* gth_receipt_parse() - 0, -EBADMSG or -E2BIG */
int gth_receipt_parse(struct gth_receipt *r, const char *text, size_t len)
{
	struct gth_fields f;

	gth_fields_open(&f, text, len);
	gth_fields_title(&f, RECEIPT);
	gth_fields_region(&f, "region", r->region);
	gth_fields_uuid(&f, "id", r->id);
	gth_fields_digest(&f, "submission-digest", r->submission_digest);
	gth_fields_digest(&f, "cipher-digest", r->cipher_digest);
	gth_fields_number(&f, "received", &r->received);
	gth_fields_number(&f, "delete-by", &r->delete_by);
	return gth_fields_close(&f);
}

/* gth_receipt_format() - 0; -EINVAL: gth_receipt_parse() would not take it; -ENOMEM */
int gth_receipt_format(const struct gth_receipt *r, char **text)
{
	struct gth_receipt again;
	struct gth_text t = { 0 };

	gth_text_title(&t, RECEIPT);
	gth_text_put(&t, "region", r->region);
	gth_text_put(&t, "id", r->id);
	gth_text_digest(&t, "submission-digest", r->submission_digest);
	gth_text_digest(&t, "cipher-digest", r->cipher_digest);
	gth_text_number(&t, "received", r->received);
	gth_text_number(&t, "delete-by", r->delete_by);
	/* A text that readers refuse is not written. */
	if (!t.err && gth_receipt_parse(&again, t.text, t.len))
		t.err = -EINVAL;
	return gth_text_take(&t, text);
}

/* gth_deletion_parse() - 0, -EBADMSG or -E2BIG */
int gth_deletion_parse(struct gth_deletion *d, const char *text, size_t len)
{
	struct gth_fields f;

	gth_fields_open(&f, text, len);
	gth_fields_title(&f, DELETION);
	gth_fields_region(&f, "region", d->region);
	gth_fields_uuid(&f, "id", d->id);
	gth_fields_digest(&f, "cipher-digest", d->cipher_digest);
	gth_fields_number(&f, "deleted", &d->deleted);
	return gth_fields_close(&f);
}

/* gth_deletion_format() - 0; -EINVAL: gth_deletion_parse() would not take it; -ENOMEM */
int gth_deletion_format(const struct gth_deletion *d, char **text)
{
	struct gth_deletion again;
	struct gth_text t = { 0 };

	gth_text_title(&t, DELETION);
	gth_text_put(&t, "region", d->region);
	gth_text_put(&t, "id", d->id);
	gth_text_digest(&t, "cipher-digest", d->cipher_digest);
	gth_text_number(&t, "deleted", d->deleted);
	/* A text that readers refuse is not written. */
	if (!t.err && gth_deletion_parse(&again, t.text, t.len))
		t.err = -EINVAL;
	return gth_text_take(&t, text);
}
