// SPDX-License-Identifier: GPL-2.0-or-later
/* region_verdict.c - what the region found, as it signs it (see exchange.h). */
#include <errno.h>
#include <string.h>

#include "lib/text/exchange.h"

#define TITLE "gotthard-verdict 1"

/* gth_region_verdict_parse() - 0, -EBADMSG or -E2BIG */
int gth_region_verdict_parse(struct gth_region_verdict *v, const char *text, size_t len)
{
	const char *findings[GTH_FINDINGS];
	struct gth_fields f;
	int finding;

	for (int i = 0; i < GTH_FINDINGS; i++)
		findings[i] = gth_finding_name((enum gth_finding)i);
	gth_fields_open(&f, text, len);
	gth_fields_title(&f, TITLE);
	gth_fields_region(&f, "region", v->region);
	gth_fields_digest(&f, "digest", v->digest);
	gth_fields_word(&f, "verdict", findings, GTH_FINDINGS, &finding);
	gth_fields_text(&f, "name", v->name, sizeof(v->name));
	gth_fields_text(&f, "engine", v->engine, sizeof(v->engine));
	gth_fields_text(&f, "database", v->database, sizeof(v->database));
	gth_fields_number(&f, "issued", &v->issued);
	gth_fields_number(&f, "expires", &v->expires);
	v->finding = (enum gth_finding)finding;
	if (!f.err && v->expires <= v->issued)
		return -EBADMSG;
	return gth_fields_close(&f);
}

/**
 * gth_region_verdict_cap() - "benign" does not hold for ever
 * @v: its expires becomes GTH_BENIGN_LIFE after it was issued, if that is sooner
 * @now: Unix time; from when an issue in the future counts
 *
 * A verdict that allows a file has to be renewed now and then: an engine that learns
 * more is asked again, and a key that was stolen once does not whitelist a file for
 * good. A verdict that restricts may be valid for as long as the region says.
 *
 * Return: true if it was shortened.
 */
bool gth_region_verdict_cap(struct gth_region_verdict *v, uint64_t now)
{
	uint64_t issued = v->issued < now ? v->issued : now;

	if (v->finding != GTH_FINDING_BENIGN || v->expires <= issued ||
	    v->expires - issued <= GTH_BENIGN_LIFE)
		return false;
	v->expires = issued + GTH_BENIGN_LIFE;
	return true;
}

/**
 * gth_region_verdict_check() - is a note a verdict that counts now?
 * @v: set if it is, and with -ETIME; its end is the one that counts
 * @region: that it must be of
 * @key: of that region
 * @now: Unix time
 *
 * The store keeps and the broker writes what this takes, each by a check of its own.
 *
 * Return: 0; 1: its end is sooner than the region says; -EKEYREJECTED: it is not signed by
 * the key; -EBADMSG: it is not a verdict; -EXDEV: of another region; -ETIME: it has expired,
 * or is issued later than clocks may differ; -ENOMEM.
 */
int gth_region_verdict_check(struct gth_region_verdict *v, const char *note, size_t len,
			     const char *region, const struct gth_verifier *key, uint64_t now)
{
	size_t text_len;
	bool cut;
	int err = gth_note_verify(note, len, key, 1, &text_len);

	if (err)
		return err == -ENOMEM ? err : -EKEYREJECTED;
	err = gth_region_verdict_parse(v, note, text_len);
	if (err)
		return err == -ENOMEM ? err : -EBADMSG;
	if (strcmp(v->region, region) != 0)
		return -EXDEV;
	cut = gth_region_verdict_cap(v, now);
	if (v->expires <= now || v->issued > now + GTH_CLOCKS_DIFFER)
		return -ETIME;
	return cut;
}

/* gth_region_verdict_format() - 0; -EINVAL: gth_region_verdict_parse() would not take it; -ENOMEM
 */
int gth_region_verdict_format(const struct gth_region_verdict *v, char **text)
{
	struct gth_region_verdict again;
	struct gth_text t = { 0 };

	gth_text_title(&t, TITLE);
	gth_text_put(&t, "region", v->region);
	gth_text_digest(&t, "digest", v->digest);
	gth_text_put(&t, "verdict", gth_finding_name(v->finding));
	gth_text_put(&t, "name", v->name);
	gth_text_put(&t, "engine", v->engine);
	gth_text_put(&t, "database", v->database);
	gth_text_number(&t, "issued", v->issued);
	gth_text_number(&t, "expires", v->expires);
	/* A text that readers refuse is not written. */
	if (!t.err && gth_region_verdict_parse(&again, t.text, t.len))
		t.err = -EINVAL;
	return gth_text_take(&t, text);
}
