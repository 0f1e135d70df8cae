// SPDX-License-Identifier: GPL-2.0-or-later
/* egress.c - entries of the egress journal as text (see egress.h, docs/formats.md). */
#include "lib/text/egress.h"

#include <errno.h>
#include <string.h>

#define TITLE "gotthard-egress 1"
#define NONE "none"

static const char *const kinds[GTH_EGRESS_KINDS] = {
	[GTH_EGRESS_CONTACT] = "contact",	[GTH_EGRESS_LOOKUP] = "lookup",
	[GTH_EGRESS_SUBMISSION] = "submission", [GTH_EGRESS_UPLOAD] = "upload",
	[GTH_EGRESS_STATISTICS] = "statistics", [GTH_EGRESS_RECEIPT] = "receipt",
	[GTH_EGRESS_DELETION] = "deletion",	[GTH_EGRESS_WITHHELD] = "withheld",
	[GTH_EGRESS_ACCEPTED] = "accepted",
};

const char *gth_egress_kind_name(enum gth_egress_kind kind)
{
	return kind < GTH_EGRESS_KINDS ? kinds[kind] : "?";
}

static void read_optional_digest(struct gth_fields *f, const char *name,
				 uint8_t out[GTH_DIGEST_SIZE])
{
	static const char end[] = ": none\n";
	size_t n = strlen(name), left = (size_t)(f->end - f->at);
	static const uint8_t zero[GTH_DIGEST_SIZE];

	memset(out, 0, GTH_DIGEST_SIZE);
	if (!f->err && left >= n + strlen(end) && !memcmp(f->at, name, n) &&
	    !memcmp(f->at + n, end, strlen(end))) {
		f->at += n + strlen(end);
		return;
	}
	gth_fields_digest(f, name, out);
	/* Zeros stand for none, which has a text already. */
	if (!f->err && !memcmp(out, zero, GTH_DIGEST_SIZE)) {
		f->err = -EBADMSG;
		f->wrong = name;
	}
}

static void put_optional_digest(struct gth_text *t, const char *name,
				const uint8_t digest[GTH_DIGEST_SIZE])
{
	static const uint8_t zero[GTH_DIGEST_SIZE];

	if (memcmp(digest, zero, GTH_DIGEST_SIZE) != 0)
		gth_text_digest(t, name, digest);
	else
		gth_text_put(t, name, NONE);
}

/* gth_egress_parse() - 0, -EBADMSG or -E2BIG */
int gth_egress_parse(struct gth_egress *e, const char *text, size_t len)
{
	const char *words[GTH_WITHHELD_REASONS];
	struct gth_fields f;
	int kind, reason;

	for (int i = 0; i < GTH_WITHHELD_REASONS; i++)
		words[i] = gth_withheld_name((enum gth_withheld)i);
	gth_fields_open(&f, text, len);
	gth_fields_title(&f, TITLE);
	gth_fields_word(&f, "kind", kinds, GTH_EGRESS_KINDS, &kind);
	gth_fields_number(&f, "time", &e->time);
	gth_fields_text(&f, "region", e->region, sizeof(e->region));
	gth_fields_text(&f, "what", e->what, sizeof(e->what));
	gth_fields_number(&f, "bytes", &e->bytes);
	read_optional_digest(&f, "body-digest", e->body_digest);
	read_optional_digest(&f, "digest", e->digest);
	gth_fields_text(&f, "id", e->id, sizeof(e->id));
	gth_fields_word(&f, "reason", words, GTH_WITHHELD_REASONS, &reason);
	e->kind = (enum gth_egress_kind)kind;
	e->reason = (enum gth_withheld)reason;
	if (f.err)
		return f.err;
	if (!strcmp(e->region, NONE))
		e->region[0] = '\0';
	else if (!gth_identifier_ok(e->region))
		return -EBADMSG;
	if (!strcmp(e->what, NONE))
		e->what[0] = '\0';
	if (!strcmp(e->id, NONE))
		e->id[0] = '\0';
	else if (!gth_uuid_ok(e->id))
		return -EBADMSG;
	if ((e->kind == GTH_EGRESS_WITHHELD) != (e->reason != GTH_WITHHELD_NOT))
		return -EBADMSG;
	return gth_fields_close(&f);
}

/* gth_egress_format() - 0; -EINVAL: gth_egress_parse() would not take it; -ENOMEM */
int gth_egress_format(const struct gth_egress *e, char **text)
{
	struct gth_egress again;
	struct gth_text t = { 0 };

	gth_text_title(&t, TITLE);
	gth_text_put(&t, "kind", gth_egress_kind_name(e->kind));
	gth_text_number(&t, "time", e->time);
	gth_text_put(&t, "region", e->region[0] ? e->region : NONE);
	gth_text_put(&t, "what", e->what[0] ? e->what : NONE);
	gth_text_number(&t, "bytes", e->bytes);
	put_optional_digest(&t, "body-digest", e->body_digest);
	put_optional_digest(&t, "digest", e->digest);
	gth_text_put(&t, "id", e->id[0] ? e->id : NONE);
	gth_text_put(&t, "reason", gth_withheld_name(e->reason));
	/* A text that readers refuse is not written; a region named none would mean no region. */
	if (!t.err &&
	    (gth_egress_parse(&again, t.text, t.len) || strcmp(again.region, e->region) != 0))
		t.err = -EINVAL;
	return gth_text_take(&t, text);
}
