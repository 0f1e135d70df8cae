// SPDX-License-Identifier: GPL-2.0-or-later
/* statement.c - trust bundles and statements: what is taken, and under which nothing is sent. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/text/residency.h"
#include "lib/util/io.h"
#include "tests/unit/texts.h"

#define ROUNDS 500
#define NOW 1700000000ULL
#define DAY 86400ULL
#define RECIPIENT "age1c96wdnze6emu0qfrfcy4zvdlfwcl4uavwmwftq2tncr9vxdukspqlggqrq"

static const struct texts_field trust_fields[] = {
	{ "region", TEXTS_NAME },	{ "country", TEXTS_COUNTRY },  { "url", TEXTS_TEXT },
	{ "statement-key", TEXTS_KEY }, { "serves", TEXTS_COUNTRIES }, { NULL, 0 },
};
static const struct texts_field statement_fields[] = {
	{ "region", TEXTS_NAME },      { "country", TEXTS_COUNTRY },
	{ "issued", TEXTS_NUMBER },    { "expires", TEXTS_NUMBER },
	{ "recipient", TEXTS_TEXT },   { "region-key", TEXTS_KEY },
	{ "max-size", TEXTS_NUMBER },  { "retention", TEXTS_NUMBER },
	{ "serves", TEXTS_COUNTRIES }, { NULL, 0 },
};

TEXTS_KIND(trust, trust_fields);
TEXTS_KIND(statement, statement_fields);

static struct gth_signer statement_key, region_key, other_key;

static void must(bool ok)
{
	if (!ok)
		abort();
}

static struct gth_countries countries(const char *text)
{
	struct gth_countries c = { 0 };

	must(!gth_countries_parse(&c, text));
	return c;
}

static struct gth_trust good_trust(void)
{
	struct gth_trust t = { .region = "ch-1",
			       .country = "CH",
			       .url = "https://region.example:8443" };

	t.statement_key = statement_key.verifier;
	t.serves = countries("CH LI");
	return t;
}

static struct gth_statement good_statement(void)
{
	struct gth_statement s = {
		.region = "ch-1",
		.country = "CH",
		.issued = NOW - 60,
		.expires = NOW + 60,
		.max_size = 1 << 20,
		.retention = DAY,
	};

	s.region_key = region_key.verifier;
	s.serves = countries("AT CH DE LI");
	must(!gth_age_recipient_parse(&s.recipient, RECIPIENT));
	return s;
}

/* The note of a text, by a key. */
static char *note_of(const char *text, const struct gth_signer *key)
{
	char *note;

	must(!gth_note_sign(text, key, &note));
	return note;
}

static char *statement_note(const struct gth_statement *s, const struct gth_signer *key)
{
	char *text, *note;

	must(!gth_statement_format(s, &text));
	note = note_of(text, key);
	free(text);
	return note;
}

static void urls(const char *text)
{
	static const struct {
		const char *url;
		int err;
	} cases[] = {
		{ "https://a:1", 0 },
		{ "https://a.b-c.example:65535", 0 },
		{ "https://10.0.2.100:443", 0 },
		{ "https://[::1]:8443", 0 },
		{ "http://a:1", -EBADMSG },
		{ "HTTPS://a:1", -EBADMSG },
		{ "https://a", -EBADMSG },
		{ "https://a:", -EBADMSG },
		{ "https://:1", -EBADMSG },
		{ "https://a:0", -EBADMSG },
		{ "https://a:01", -EBADMSG },
		{ "https://a:65536", -EBADMSG },
		{ "https://a:99999", -EBADMSG },
		{ "https://a:100000", -EBADMSG },
		{ "https://a:1/", -EBADMSG },
		{ "https://a:1/v1", -EBADMSG },
		{ "https://a:1?x", -EBADMSG },
		{ "https://a:1#x", -EBADMSG },
		{ "https://u@a:1", -EBADMSG },
		{ "https://u:1@a:1", -EBADMSG },
		{ "https://A:1", -EBADMSG },
		{ "https://.a:1", -EBADMSG },
		{ "https://-a:1", -EBADMSG },
		{ "https://a_b:1", -EBADMSG },
		{ "https://a b:1", -EBADMSG },
		{ "https://::1:1", -EBADMSG },
		{ "https://[]:1", -EBADMSG },
		{ "https://[::1:1", -EBADMSG },
		{ "https://[::1]1", -EBADMSG },
		{ "https://[a.example]:1", -EBADMSG },
	};
	char name[64];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(name, sizeof(name), "%s_%s", cases[i].err ? "refuses" : "takes",
			 cases[i].url);
		tap_is(texts_try(&trust_kind, text, "url", cases[i].url), cases[i].err, name);
	}
}

/* The key's name says of which region it is, and what for. */
static void names(const char *trust, const char *statement)
{
	struct gth_trust t = good_trust();
	struct gth_statement s = good_statement();
	char key[GTH_NOTE_KEY_SIZE];

	gth_verifier_format(&region_key.verifier, key);
	tap_is(texts_try(&trust_kind, trust, "statement-key", key), -EBADMSG,
	       "trust_refuses_a_region_key_as_statement_key");
	gth_verifier_format(&statement_key.verifier, key);
	tap_is(texts_try(&statement_kind, statement, "region-key", key), -EBADMSG,
	       "statement_refuses_a_statement_key_as_region_key");
	key[strlen(key) - 2] ^= 1;
	tap_is(texts_try(&trust_kind, trust, "statement-key", key), -EBADMSG,
	       "trust_refuses_a_key_that_is_not_its_id_s");
	tap_is(texts_try(&trust_kind, trust, "region", "ch-2"), -EBADMSG,
	       "trust_refuses_another_region_s_key");
	tap_is(texts_try(&statement_kind, statement, "region", "ch"), -EBADMSG,
	       "statement_refuses_another_region_s_key");
	t.statement_key.name[0] = 'd';
	texts_unwritten(&trust_kind, &t, "writes_no_trust_of_another_region_s_key");
	s.region_key.id[0] ^= 1;
	texts_unwritten(&statement_kind, &s, "writes_no_statement_of_a_key_with_another_id");
}

static void unwritten(void)
{
	struct gth_trust t = good_trust();
	struct gth_statement s = good_statement();

	strcpy(t.url, "https://a");
	texts_unwritten(&trust_kind, &t, "writes_no_trust_without_port");
	t = good_trust();
	t.country[1] = 'h';
	texts_unwritten(&trust_kind, &t, "writes_no_trust_of_bad_country");
	t = good_trust();
	t.serves.n = 0;
	texts_unwritten(&trust_kind, &t, "writes_no_trust_that_serves_nobody");
	t.serves.n = GTH_COUNTRIES_MAX + 1;
	texts_unwritten(&trust_kind, &t, "writes_no_trust_of_too_many_countries");
	memcpy(t.serves.code, "LI\0CH", 6);
	t.serves.n = 2;
	texts_unwritten(&trust_kind, &t, "writes_no_trust_of_unsorted_countries");
	s.expires = s.issued;
	texts_unwritten(&statement_kind, &s, "writes_no_statement_that_never_holds");
	s = good_statement();
	s.max_size = 1ULL << 63;
	texts_unwritten(&statement_kind, &s, "writes_no_statement_of_2_to_the_63");
	s = good_statement();
	s.region[0] = '\0';
	texts_unwritten(&statement_kind, &s, "writes_no_statement_without_region");
}

/* One thing after the other goes wrong; the first in the order of the enum is told. */
static void check(void)
{
	static const char *const names_[GTH_STATEMENT_FAULTS] = { "a_statement_holds",
								  "another_key_is_told_first",
								  "then_that_it_is_no_statement",
								  "then_another_region",
								  "then_expiry",
								  "then_a_date_to_come",
								  "then_one_older_than_the_pinned",
								  "then_the_country" };
	struct gth_trust t = good_trust(), elsewhere = t;
	struct gth_statement s = good_statement(), pinned = s, out, before;
	char *note[GTH_STATEMENT_FAULTS], *text;
	const char *country = "FR";

	/* Each has the faults of all that follow: LI alone is served, and it is older than the
	 * pinned. */
	memset(&before, 0x5a, sizeof(before));
	pinned.issued = NOW + 10 * DAY;
	s.issued = NOW - 60;
	note[GTH_STATEMENT_COUNTRY] = note[GTH_STATEMENT_OLDER] =
		statement_note(&s, &statement_key);
	s.issued = NOW + DAY + 1;
	s.expires = NOW + 2 * DAY;
	note[GTH_STATEMENT_EARLY] = statement_note(&s, &statement_key);
	/* Of one that has expired it cannot be said that it is early. */
	s.issued = NOW - 60;
	s.expires = NOW;
	note[GTH_STATEMENT_EXPIRED] = statement_note(&s, &statement_key);
	note[GTH_STATEMENT_REGION] = note[GTH_STATEMENT_EXPIRED];
	must(!gth_statement_format(&s, &text));
	text[strlen(text) - 2] = 'i';
	note[GTH_STATEMENT_TEXT] = note_of(text, &statement_key);
	note[GTH_STATEMENT_SIGNATURE] = note_of(text, &other_key);
	free(text);
	strcpy(elsewhere.country, "LI");
	for (int i = GTH_STATEMENT_SIGNATURE; i < GTH_STATEMENT_FAULTS; i++) {
		const struct gth_statement *p = i == GTH_STATEMENT_COUNTRY ? NULL : &pinned;

		out = before;
		tap_is(gth_statement_check(&out, note[i], strlen(note[i]),
					   i <= GTH_STATEMENT_REGION ? &elsewhere : &t, country, p,
					   NOW),
		       i, names_[i]);
		if (memcmp(&out, &before, sizeof(out)))
			tap_ok(false, "what_does_not_hold_is_not_given");
	}
	tap_is(gth_statement_check(&out, note[GTH_STATEMENT_OLDER],
				   strlen(note[GTH_STATEMENT_OLDER]), &t, "LI", NULL, NOW),
	       GTH_STATEMENT_OK, names_[0]);
	tap_ok(out.issued == NOW - 60 && out.serves.n == 4 && !strcmp(out.region, "ch-1"),
	       "what_holds_is_given");
	for (int i = GTH_STATEMENT_SIGNATURE; i < GTH_STATEMENT_COUNTRY; i++)
		if (i != GTH_STATEMENT_REGION)
			free(note[i]);
}

static enum gth_statement_fault fault(const struct gth_statement *s, const char *country,
				      const struct gth_statement *pinned, uint64_t now)
{
	struct gth_trust t = good_trust();
	struct gth_statement out;
	char *note = statement_note(s, &statement_key);
	enum gth_statement_fault f =
		gth_statement_check(&out, note, strlen(note), &t, country, pinned, now);

	free(note);
	return f;
}

/* The last second and country on either side. */
static void edges(void)
{
	struct gth_statement s = good_statement(), pinned = s;
	struct gth_trust t = good_trust();
	struct gth_statement out;
	char *note, *cosigned;

	tap_is(fault(&s, "CH", NULL, NOW + 59), GTH_STATEMENT_OK, "holds_in_its_last_second");
	tap_is(fault(&s, "CH", NULL, NOW + 60), GTH_STATEMENT_EXPIRED, "expires_with_the_second");
	tap_is(fault(&s, "CH", NULL, UINT64_MAX), GTH_STATEMENT_EXPIRED, "no_time_is_too_late");
	s.expires = NOW + 3 * DAY;
	s.issued = NOW + DAY;
	tap_is(fault(&s, "CH", NULL, NOW), GTH_STATEMENT_OK, "a_day_to_come_is_taken");
	s.issued = NOW + DAY + 1;
	tap_is(fault(&s, "CH", NULL, NOW), GTH_STATEMENT_EARLY, "a_day_and_a_second_is_not");
	s = good_statement();
	tap_is(fault(&s, "CH", &pinned, NOW), GTH_STATEMENT_OK, "the_pinned_one_holds_again");
	pinned.issued++;
	tap_is(fault(&s, "CH", &pinned, NOW), GTH_STATEMENT_OLDER, "a_second_older_is_older");
	tap_is(fault(&s, "AT", NULL, NOW), GTH_STATEMENT_COUNTRY, "the_bundle_must_serve_too");
	s.serves = countries("CH");
	tap_is(fault(&s, "LI", NULL, NOW), GTH_STATEMENT_COUNTRY, "the_statement_must_serve_too");
	tap_is(fault(&s, "", NULL, NOW), GTH_STATEMENT_COUNTRY, "no_country_is_served_by_nobody");
	s.country[0] = 'D';
	tap_is(fault(&s, "CH", NULL, NOW), GTH_STATEMENT_REGION,
	       "another_country_is_another_region");

	s = good_statement();
	note = statement_note(&s, &other_key);
	must(!gth_note_cosign(note, &statement_key, &cosigned));
	tap_is(gth_statement_check(&out, cosigned, strlen(cosigned), &t, "CH", NULL, NOW),
	       GTH_STATEMENT_OK, "a_signature_more_does_no_harm");
	tap_is(gth_statement_check(&out, note, 0, &t, "CH", NULL, NOW), GTH_STATEMENT_SIGNATURE,
	       "nothing_is_no_statement");
	free(note);
	free(cosigned);
	for (int i = 0; i <= GTH_STATEMENT_FAULTS; i++)
		if (!*gth_statement_fault_text((enum gth_statement_fault)i))
			tap_ok(false, "every_fault_has_a_text");
}

static void load(const char *text)
{
	char dir[] = "/tmp/gth-statement-XXXXXX", large[5000] = "";
	struct gth_trust t;
	int dirfd, fd;

	must(mkdtemp(dir));
	dirfd = open(dir, O_RDONLY | O_DIRECTORY);
	must(dirfd >= 0);
	tap_is(gth_trust_load(&t, dirfd), -ENOENT, "a_missing_bundle_is_enoent");
	fd = openat(dirfd, "trust", O_WRONLY | O_CREAT, 0600);
	must(fd >= 0 && !gth_write_all(fd, text, strlen(text)));
	tap_is(gth_trust_load(&t, dirfd), 0, "loads_a_bundle");
	tap_ok(!strcmp(t.region, "ch-1") && gth_countries_have(&t.serves, "LI"), "as_it_is");
	must(!ftruncate(fd, (off_t)strlen(text) - 1));
	tap_is(gth_trust_load(&t, dirfd), -EBADMSG, "a_torn_bundle_is_refused");
	must(!gth_write_all(fd, large, sizeof(large)));
	tap_is(gth_trust_load(&t, dirfd), -E2BIG, "a_huge_bundle_is_refused");
	close(fd);
	must(!unlinkat(dirfd, "trust", 0) && !mkdirat(dirfd, "trust", 0700));
	tap_is(gth_trust_load(&t, dirfd), -EISDIR, "a_directory_is_no_bundle");
	must(!unlinkat(dirfd, "trust", AT_REMOVEDIR));
	close(dirfd);
	must(!rmdir(dir));
}

static bool round_trip(void)
{
	struct gth_trust t;
	struct gth_statement s;
	struct gth_signer key;
	char name[GTH_NOTE_NAME_SIZE], *text[2] = { 0 };
	bool same;

	memset(&t, 0, sizeof(t));
	memset(&s, 0, sizeof(s));
	texts_random_name(t.region);
	strcpy(t.country, "CH");
	snprintf(t.url, sizeof(t.url), "https://%s:%d", t.region, 1 + (int)random_below(65535));
	snprintf(name, sizeof(name), "%s/statement", t.region);
	must(!gth_signer_create(&key, name));
	strcpy(t.statement_key.name, name);
	memcpy(t.statement_key.id, key.verifier.id, 4);
	memcpy(t.statement_key.key, key.verifier.key, 32);
	texts_random_countries(&t.serves);

	texts_random_name(s.region);
	strcpy(s.country, "LI");
	s.issued = texts_random_number() >> 1;
	s.expires = s.issued + 1 + (texts_random_number() >> 2);
	random_bytes(s.recipient.key, sizeof(s.recipient.key));
	snprintf(name, sizeof(name), "%s/region", s.region);
	must(!gth_signer_create(&key, name));
	strcpy(s.region_key.name, name);
	memcpy(s.region_key.id, key.verifier.id, 4);
	memcpy(s.region_key.key, key.verifier.key, 32);
	s.max_size = texts_random_number();
	s.retention = texts_random_number();
	texts_random_countries(&s.serves);
	same = texts_same(&trust_kind, &t, &text[0]) && texts_same(&statement_kind, &s, &text[1]);
	for (int i = 0; i < 2; i++) {
		if (!same)
			tap_note("%s", text[i] ? text[i] : "");
		free(text[i]);
	}
	return same;
}

int main(void)
{
	struct gth_trust t;
	struct gth_statement s;
	char *trust, *statement;
	int round = 0;

	random_start();
	must(!gth_signer_create(&statement_key, "ch-1/statement"));
	must(!gth_signer_create(&other_key, "ch-1/statement"));
	must(!gth_signer_create(&region_key, "ch-1/region"));
	t = good_trust();
	s = good_statement();
	must(!gth_trust_format(&t, &trust) && !gth_statement_format(&s, &statement));
	texts_refuse(&trust_kind, trust);
	texts_refuse(&statement_kind, statement);
	urls(trust);
	names(trust, statement);
	tap_is(texts_try(&statement_kind, statement, "expires", "1699999940"), -EBADMSG,
	       "statement_refuses_expiry_at_issue");
	tap_is(texts_try(&statement_kind, statement, "recipient",
			 "AGE1C96WDNZE6EMU0QFRFCY4ZVDLFWCL4UAVWMWFTQ2TNCR9VXDUKSPQLGGQRQ"),
	       -EBADMSG, "statement_refuses_recipient_in_upper_case");
	unwritten();
	check();
	edges();
	load(trust);
	while (round < ROUNDS && round_trip())
		round++;
	tap_is(round, ROUNDS, "random_texts_come_back_as_they_were");
	free(trust);
	free(statement);
	return tap_done();
}
