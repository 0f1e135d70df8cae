// SPDX-License-Identifier: GPL-2.0-or-later
/* egress.c - entries of the egress journal: what is taken and what is not, and their words. */
#include "lib/text/egress.h"

#include "tests/unit/texts.h"

#define ROUNDS 2000

static const struct texts_field egress_fields[] = {
	{ "kind", TEXTS_WORD },	       { "time", TEXTS_NUMBER },
	{ "region", TEXTS_NAME },      { "what", TEXTS_TEXT },
	{ "bytes", TEXTS_NUMBER },     { "body-digest", TEXTS_DIGEST_OF },
	{ "digest", TEXTS_DIGEST_OF }, { "id", TEXTS_UUID_OF },
	{ "reason", TEXTS_WORD },      { NULL, 0 },
};

TEXTS_KIND(egress, egress_fields);

#define HEAD "gotthard-egress 1\n"
#define SENT                                                                                         \
	HEAD "kind: upload\ntime: 1700000000\nregion: ch-1\nwhat: PATCH /v1/submissions/" TEXTS_UUID \
	     "\nbytes: 268\nbody-digest: " TEXTS_DIGEST "\ndigest: " TEXTS_DIGEST                    \
	     "\nid: " TEXTS_UUID "\nreason: none\n"
#define WITHHELD                                                                                   \
	HEAD "kind: withheld\ntime: 1700000000\nregion: none\nwhat: none\nbytes: 0\n"              \
	     "body-digest: none\ndigest: " TEXTS_DIGEST "\nid: none\nreason: quota\n"
#define ZERO "sha256:0000000000000000000000000000000000000000000000000000000000000000"

static const struct {
	const char *text, *field, *value;
	int err;
	const char *name;
} values[] = {
	{ SENT, "region", "none", 0, "takes_no_region" },
	{ SENT, "what", "none", 0, "takes_no_request" },
	{ SENT, "body-digest", "none", 0, "takes_no_body" },
	{ SENT, "digest", "none", 0, "takes_no_file" },
	{ SENT, "id", "none", 0, "takes_no_submission" },
	{ SENT, "body-digest", ZERO, -EBADMSG, "refuses_zeros_for_no_body" },
	{ SENT, "digest", ZERO, -EBADMSG, "refuses_zeros_for_no_file" },
	{ SENT, "digest", "None", -EBADMSG, "refuses_none_in_other_case" },
	{ SENT, "digest", "nonesuch", -EBADMSG, "refuses_more_behind_none" },
	{ SENT, "kind", "withheld", -EBADMSG, "refuses_withheld_without_reason" },
	{ SENT, "reason", "quota", -EBADMSG, "refuses_reason_of_what_was_sent" },
	{ WITHHELD, "reason", "none", -EBADMSG, "refuses_reason_none_of_withheld" },
	{ WITHHELD, "kind", "contact", -EBADMSG, "refuses_contact_with_a_reason" },
};

static bool same_entry(const struct gth_egress *a, const struct gth_egress *b)
{
	return a->kind == b->kind && a->time == b->time && !strcmp(a->region, b->region) &&
	       !strcmp(a->what, b->what) && a->bytes == b->bytes &&
	       !memcmp(a->body_digest, b->body_digest, 32) && !memcmp(a->digest, b->digest, 32) &&
	       !strcmp(a->id, b->id) && a->reason == b->reason;
}

/* An entry in which everything that may be absent is so half of the time. */
static bool round_trip(void)
{
	struct gth_egress e = { 0 }, again;
	char *text, *second = NULL;
	bool same;

	e.kind = (enum gth_egress_kind)random_below(GTH_EGRESS_KINDS);
	if (e.kind == GTH_EGRESS_WITHHELD)
		e.reason = (enum gth_withheld)(1 + random_below(GTH_WITHHELD_REASONS - 1));
	e.time = texts_random_number();
	e.bytes = texts_random_number();
	if (random_below(2))
		texts_random_name(e.region);
	if (random_below(2))
		texts_random(e.what, sizeof(e.what), TEXTS_PRINTABLE);
	if (random_below(2))
		random_bytes(e.body_digest, 32);
	if (random_below(2))
		random_bytes(e.digest, 32);
	if (random_below(2))
		texts_random_uuid(e.id);
	/* These are words for nothing. */
	if (!strcmp(e.region, "none") || !strcmp(e.what, "none"))
		return true;
	if (gth_egress_format(&e, &text))
		return false;
	memset(&again, 0xff, sizeof(again));
	same = !gth_egress_parse(&again, text, strlen(text)) && same_entry(&e, &again) &&
	       !gth_egress_format(&again, &second) && !strcmp(text, second);
	if (!same)
		tap_note("%s", text);
	free(text);
	free(second);
	return same;
}

static void unwritten(void)
{
	static const struct gth_egress sent = { .kind = GTH_EGRESS_CONTACT };
	struct gth_egress e = sent;
	char *text;

	tap_ok(!gth_egress_format(&e, &text), "writes_an_entry_of_nothing_but_a_time");
	free(text);
	strcpy(e.what, "GET /\nreason: none");
	texts_unwritten(&egress_kind, &e, "writes_no_request_of_two_lines");
	strcpy(e.what, " GET");
	texts_unwritten(&egress_kind, &e, "writes_no_request_that_begins_with_a_space");
	e = sent;
	strcpy(e.region, "CH");
	texts_unwritten(&egress_kind, &e, "writes_no_bad_region");
	strcpy(e.region, "none");
	texts_unwritten(&egress_kind, &e, "writes_no_region_called_none");
	e = sent;
	strcpy(e.id, "0");
	texts_unwritten(&egress_kind, &e, "writes_no_bad_uuid");
	e = sent;
	e.time = 1ULL << 63;
	texts_unwritten(&egress_kind, &e, "writes_no_time_of_2_to_the_63");
	e = sent;
	e.kind = GTH_EGRESS_KINDS;
	texts_unwritten(&egress_kind, &e, "writes_no_unknown_kind");
	e.kind = GTH_EGRESS_WITHHELD;
	texts_unwritten(&egress_kind, &e, "writes_nothing_withheld_without_reason");
	e.reason = GTH_WITHHELD_REASONS;
	texts_unwritten(&egress_kind, &e, "writes_no_unknown_reason");
	e.kind = GTH_EGRESS_UPLOAD;
	e.reason = GTH_WITHHELD_QUOTA;
	texts_unwritten(&egress_kind, &e, "writes_no_upload_with_a_reason");
}

/* Every word is another, and none is missing. */
static void words(void)
{
	bool kinds = true, reasons = true;

	for (int i = 0; i < GTH_EGRESS_KINDS; i++)
		for (int j = 0; j < i; j++)
			kinds = kinds && strcmp(gth_egress_kind_name((enum gth_egress_kind)i),
						gth_egress_kind_name((enum gth_egress_kind)j));
	for (int i = 0; i < GTH_WITHHELD_REASONS; i++) {
		reasons = reasons && *gth_withheld_text((enum gth_withheld)i);
		for (int j = 0; j < i; j++)
			reasons = reasons &&
				  strcmp(gth_withheld_name((enum gth_withheld)i),
					 gth_withheld_name((enum gth_withheld)j)) &&
				  strcmp(gth_withheld_text((enum gth_withheld)i),
					 gth_withheld_text((enum gth_withheld)j));
	}
	tap_ok(kinds, "every_kind_has_a_word_of_its_own");
	tap_ok(reasons, "every_reason_has_a_word_and_a_text_of_its_own");
	tap_ok(!strcmp(gth_egress_kind_name(GTH_EGRESS_KINDS), "?") &&
		       !strcmp(gth_withheld_name(GTH_WITHHELD_REASONS), "?") &&
		       !strcmp(gth_withheld_text(GTH_WITHHELD_REASONS), "?"),
	       "out_of_range_has_no_word");
}

/* The row of a table of docs/formats.md, between two lines of it, whose first cell has the word. */
static bool documented(const char *from, const char *word, const char *also)
{
	FILE *file = fopen("docs/formats.md", "re");
	char line[1024], quoted[64];
	bool inside = false, found = false;

	snprintf(quoted, sizeof(quoted), "`%s`", word);
	while (file && !found && fgets(line, sizeof(line), file)) {
		char *cell = line[0] == '|' ? strchr(line + 1, '|') : NULL, *at;

		if (!strncmp(line, from, strlen(from)))
			inside = true;
		else if (!cell)
			inside = false;
		at = inside && cell ? strstr(line, quoted) : NULL;
		found = at && at < cell && strstr(cell, also);
	}
	if (file)
		fclose(file);
	return found;
}

/* The tests run in the top directory. */
static void documentation(void)
{
	static const char untold[] = "not known";
	char name[128];

	for (int kind = 0; kind < GTH_EGRESS_KINDS; kind++) {
		const char *word = gth_egress_kind_name((enum gth_egress_kind)kind);

		snprintf(name, sizeof(name), "formats_md_has_the_kind_%s", word);
		tap_ok(documented("| kind |", word, ""), name);
	}
	for (int reason = GTH_WITHHELD_NOT + 1; reason < GTH_WITHHELD_REASONS; reason++) {
		const char *word = gth_withheld_name((enum gth_withheld)reason);
		bool also = strstr(gth_withheld_text((enum gth_withheld)reason), untold);

		snprintf(name, sizeof(name), "formats_md_has_the_reason_%s", word);
		tap_ok(documented("| reason |", word, also ? untold : ""), name);
	}
	tap_ok(!documented("| reason |", "path", "nothing of the kind"), "what_it_lacks_is_seen");
}

int main(void)
{
	struct gth_egress e;
	int round = 0;

	random_start();
	texts_refuse(&egress_kind, SENT);
	texts_refuse(&egress_kind, WITHHELD);
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		tap_is(texts_try(&egress_kind, values[i].text, values[i].field, values[i].value),
		       values[i].err, values[i].name);
	tap_ok(!gth_egress_parse(&e, WITHHELD, strlen(WITHHELD)) && !e.region[0] && !e.what[0] &&
		       !e.id[0] && e.reason == GTH_WITHHELD_QUOTA,
	       "none_is_read_as_nothing");
	unwritten();
	words();
	documentation();
	while (round < ROUNDS && round_trip())
		round++;
	tap_is(round, ROUNDS, "random_entries_come_back_as_they_were");
	return tap_done();
}
