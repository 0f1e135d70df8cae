// SPDX-License-Identifier: GPL-2.0-or-later
/* statement.c - what the region says of itself, and whether that is enough (see residency.h). */
#include <errno.h>
#include <string.h>

#include "lib/text/exchange.h"
#include "lib/text/residency.h"

#define TITLE "gotthard-region 1"

/* gth_statement_parse() - 0; -EBADMSG or -E2BIG: docs/protocol.md does not know such a text */
int gth_statement_parse(struct gth_statement *s, const char *text, size_t len)
{
	char recipient[GTH_AGE_RECIPIENT_SIZE];
	struct gth_fields f;

	gth_fields_open(&f, text, len);
	gth_fields_title(&f, TITLE);
	gth_fields_region(&f, "region", s->region);
	gth_fields_country(&f, "country", s->country);
	gth_fields_number(&f, "issued", &s->issued);
	gth_fields_number(&f, "expires", &s->expires);
	gth_fields_text(&f, "recipient", recipient, sizeof(recipient));
	gth_fields_verifier(&f, "region-key", &s->region_key);
	gth_fields_number(&f, "max-size", &s->max_size);
	gth_fields_number(&f, "retention", &s->retention);
	gth_fields_countries(&f, "serves", &s->serves);
	if (!f.err &&
	    (s->expires <= s->issued || !gth_key_is(&s->region_key, s->region, "region") ||
	     gth_age_recipient_parse(&s->recipient, recipient)))
		return -EBADMSG;
	return gth_fields_close(&f);
}

/* gth_statement_format() - 0; -EINVAL: gth_statement_parse() would not take it; -ENOMEM */
int gth_statement_format(const struct gth_statement *s, char **text)
{
	char recipient[GTH_AGE_RECIPIENT_SIZE];
	struct gth_statement again;
	struct gth_text t = { 0 };
	int err = gth_age_recipient_format(&s->recipient, recipient);

	if (err)
		return err;
	gth_text_title(&t, TITLE);
	gth_text_put(&t, "region", s->region);
	gth_text_put(&t, "country", s->country);
	gth_text_number(&t, "issued", s->issued);
	gth_text_number(&t, "expires", s->expires);
	gth_text_put(&t, "recipient", recipient);
	gth_text_verifier(&t, "region-key", &s->region_key);
	gth_text_number(&t, "max-size", s->max_size);
	gth_text_number(&t, "retention", s->retention);
	gth_text_countries(&t, "serves", &s->serves);
	/* A text that readers refuse is not written. */
	if (!t.err && gth_statement_parse(&again, t.text, t.len))
		t.err = -EINVAL;
	return gth_text_take(&t, text);
}

/**
 * gth_statement_check() - is a note a statement under which something may be sent
 * @s: set if it is
 * @note: the note; it may hold anything
 * @len: bytes
 * @t: what the owner trusts
 * @country: the endpoint's own
 * @pinned: the one that was accepted last, or NULL
 * @now: Unix time
 *
 * Return: the first fault, in the order of enum gth_statement_fault.
 */
enum gth_statement_fault gth_statement_check(struct gth_statement *s, const char *note, size_t len,
					     const struct gth_trust *t, const char *country,
					     const struct gth_statement *pinned, uint64_t now)
{
	struct gth_statement new;
	size_t text_len;

	if (gth_note_verify(note, len, &t->statement_key, 1, &text_len))
		return GTH_STATEMENT_SIGNATURE;
	if (gth_statement_parse(&new, note, text_len))
		return GTH_STATEMENT_TEXT;
	if (strcmp(new.region, t->region) != 0 || strcmp(new.country, t->country) != 0)
		return GTH_STATEMENT_REGION;
	if (new.expires <= now)
		return GTH_STATEMENT_EXPIRED;
	if (new.issued > now &&new.issued - now > GTH_CLOCKS_DIFFER)
		return GTH_STATEMENT_EARLY;
	if (pinned && new.issued < pinned->issued)
		return GTH_STATEMENT_OLDER;
	if (!gth_countries_have(&new.serves, country) || !gth_countries_have(&t->serves, country))
		return GTH_STATEMENT_COUNTRY;
	*s = new;
	return GTH_STATEMENT_OK;
}

const char *gth_statement_fault_text(enum gth_statement_fault fault)
{
	static const char *const text[GTH_STATEMENT_FAULTS] = {
		[GTH_STATEMENT_OK] = "it holds",
		[GTH_STATEMENT_SIGNATURE] = "it is not signed by the key of the trust bundle",
		[GTH_STATEMENT_TEXT] = "it is not a statement",
		[GTH_STATEMENT_REGION] =
			"it is of another region or country than the trust bundle's",
		[GTH_STATEMENT_EXPIRED] = "it has expired",
		[GTH_STATEMENT_EARLY] =
			"it was issued in the future: is this machine's clock right?",
		[GTH_STATEMENT_OLDER] = "it is older than one that was seen before",
		[GTH_STATEMENT_COUNTRY] = "the region does not serve this endpoint's country",
	};

	return fault < GTH_STATEMENT_FAULTS ? text[fault] : "unknown";
}
