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
};

static const struct {
	const char *name, *text;
} reasons[GTH_WITHHELD_REASONS] = {
	[GTH_WITHHELD_NOT] = { NONE, "it was not withheld" },
	[GTH_WITHHELD_LOOKUP_OFF] = { "lookup-off",
				      "digests are not asked for: to allow it, set [send] lookup = on" },
	[GTH_WITHHELD_CLASS_OFF] = { "class-off",
				     "files of this kind are not sent: to allow it, set [send] programs or files = on" },
	[GTH_WITHHELD_PATH] = { "path",
				"its path is excluded, or not known whole: to send it, change [exclude] path" },
	[GTH_WITHHELD_OWNER] = { "owner",
				 "its owner is excluded, or cannot be told: to send it, change [exclude] owner" },
	[GTH_WITHHELD_FILESYSTEM] = { "filesystem",
				      "its file system is excluded, or cannot be told: to send it, change [exclude] filesystem" },
	[GTH_WITHHELD_SIZE] = { "size",
				"it is too large: raise [send] max_size, if the region takes more" },
	[GTH_WITHHELD_RATE] = { "rate",
				"it waits for the next minute: to send more, raise [send] per_minute" },
	[GTH_WITHHELD_QUOTA] = { "quota",
				 "it waits until tomorrow (UTC): to send more, raise [send] daily_quota" },
	[GTH_WITHHELD_SPOOL] = { "spool",
				 "it was dropped for want of room: raise [spool] quota, or free the disk" },
	[GTH_WITHHELD_COUNTRY] = { "country",
				   "the region does not serve this machine's country: see [endpoint] country, and serves in the trust bundle" },
	[GTH_WITHHELD_STATEMENT] = { "statement",
				     "it waits for a statement of the region that holds: see gotthardctl status" },
	[GTH_WITHHELD_CHANGED] = { "changed",
				   "it changed while it was copied: nothing to do, it is taken when it is used again" },
	[GTH_WITHHELD_UNREADABLE] = { "unreadable",
				      "it could not be read: look at its disk or file server; it is taken when it is used again" },
	[GTH_WITHHELD_REFUSED] = { "refused",
				   "the region refused it: gotthardctl submissions show tells why" },
	[GTH_WITHHELD_RECIPIENT] = { "recipient",
				     "it was encrypted for a region or a key that is not in force any more: nothing to do, it is taken when it is used again" },
	[GTH_WITHHELD_DROPPED] = { "dropped",
				   "the operator dropped it: to take it back, gotthardctl submissions retry" },
};

const char *gth_egress_kind_name(enum gth_egress_kind kind)
{
	return kind < GTH_EGRESS_KINDS ? kinds[kind] : "?";
}

const char *gth_withheld_name(enum gth_withheld reason)
{
	return reason < GTH_WITHHELD_REASONS ? reasons[reason].name : "?";
}

const char *gth_withheld_text(enum gth_withheld reason)
{
	return reason < GTH_WITHHELD_REASONS ? reasons[reason].text : "?";
}

static void read_optional_digest(struct gth_fields *f, const char *name, uint8_t out[32])
{
	static const char end[] = ": none\n";
	size_t n = strlen(name), left = (size_t)(f->end - f->at);
	static const uint8_t zero[32];

	memset(out, 0, 32);
	if (!f->err && left >= n + strlen(end) && !memcmp(f->at, name, n) &&
	    !memcmp(f->at + n, end, strlen(end))) {
		f->at += n + strlen(end);
		return;
	}
	gth_fields_digest(f, name, out);
	/* Zeros stand for none, which has a text already. */
	if (!f->err && !memcmp(out, zero, 32)) {
		f->err = -EBADMSG;
		f->wrong = name;
	}
}

static void put_optional_digest(struct gth_text *t, const char *name, const uint8_t digest[32])
{
	static const uint8_t zero[32];

	if (memcmp(digest, zero, 32) != 0)
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
		words[i] = reasons[i].name;
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
	/* What no reader takes is not written; a region named none would be read as no region. */
	if (!t.err &&
	    (gth_egress_parse(&again, t.text, t.len) || strcmp(again.region, e->region) != 0))
		t.err = -EINVAL;
	return gth_text_take(&t, text);
}
