// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * verdict_check.c - the broker writes verdicts of the trusted region under a
 * statement that is valid, and nothing else, whatever a store sends.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/lib/must.h"
#include "tests/unit/lib/relay_ends.h"
#include "tests/unit/tap.h"

#define NOW RELAY_NOW
#define DAY RELAY_DAY
#define FAR 6800000000ULL /* in the year 2185 */

static void test_statements(void)
{
	struct gth_region_verdict v = new_verdict(1, GTH_FINDING_BENIGN);

	tap_ok(relay_refuses(&v, &relay_keys.region, -ENOKEY),
	       "verdict_before_any_statement_is_not_written");
	relay_bring_statement(&relay_keys.stranger, &relay_keys.stranger, NOW - 50, NOW + DAY);
	tap_is(relay_refusal(), GTH_STATEMENT_SIGNATURE, "statement_of_a_stranger_is_refused");
	tap_ok(relay_refuses(&v, &relay_keys.stranger, -ENOKEY),
	       "and_so_is_a_verdict_that_the_stranger_signs");
	relay_bring_statement(&relay_keys.statement, &relay_keys.region, NOW - 50, NOW - 1);
	tap_is(relay_refusal(), GTH_STATEMENT_EXPIRED, "expired_statement_is_refused");
	relay_bring_statement(&relay_keys.statement, &relay_keys.region, NOW - 50, NOW + DAY);
	tap_is(relay_refusal(), -1, "statement_that_holds_is_taken");
	relay_bring_statement(&relay_keys.statement, &relay_keys.old_region, NOW - 60, NOW + DAY);
	tap_is(relay_refusal(), GTH_STATEMENT_OLDER, "older_statement_does_not_replace_it");
	tap_ok(relay_refuses(&v, &relay_keys.old_region, -EKEYREJECTED),
	       "verdict_under_the_older_one_is_not_written");
}

/* Tests that a verdict that is to hold until FAR counts until end. */
static void test_life(enum gth_finding finding, uint64_t issued, uint64_t end, const char *name)
{
	struct gth_region_verdict v = new_verdict((uint8_t)(60 + finding), finding);

	v.issued = issued;
	v.expires = FAR;
	relay_bring(&v, &relay_keys.region);
	tap_ok(relay_hear() == 1 && relay_module.written[0].expires == end, name);
}

static void test_verdicts(void)
{
	static const struct {
		enum gth_finding finding;
		uint8_t class;
		const char *name;
	} classes[] = {
		{ GTH_FINDING_BENIGN, GTH_CLASS_TRUSTED, "benign_is_trusted" },
		{ GTH_FINDING_SUSPICIOUS, GTH_CLASS_SUSPICIOUS, "suspicious_is_suspicious" },
		{ GTH_FINDING_MALICIOUS, GTH_CLASS_MALICIOUS, "malicious_is_malicious" },
	};
	struct gth_region_verdict v;
	char *text, *note;

	for (size_t i = 0; i < sizeof(classes) / sizeof(*classes); i++) {
		v = new_verdict((uint8_t)(10 + i), classes[i].finding);
		relay_bring(&v, &relay_keys.region);
		tap_ok(relay_hear() == 1 && relay_module.written[0].class == classes[i].class &&
			       relay_module.written[0].domain == GTH_DOMAIN_SHA256 &&
			       relay_module.written[0].expires == v.expires &&
			       !memcmp(relay_module.written[0].digest, v.digest, 32),
		       classes[i].name);
	}
	v = new_verdict(20, GTH_FINDING_BENIGN);
	tap_ok(relay_refuses(&v, &relay_keys.stranger, -EKEYREJECTED),
	       "verdict_of_a_stranger_is_not_written");
	strcpy(v.region, "us-test");
	tap_ok(relay_refuses(&v, &relay_keys.region, -EXDEV),
	       "verdict_of_another_region_is_not_written");
	v = new_verdict(20, GTH_FINDING_BENIGN);
	v.expires = NOW;
	tap_ok(relay_refuses(&v, &relay_keys.region, -ETIME), "expired_verdict_is_not_written");
	v = new_verdict(20, GTH_FINDING_BENIGN);
	v.issued = NOW + 2 * DAY;
	v.expires = NOW + 3 * DAY;
	tap_ok(relay_refuses(&v, &relay_keys.region, -ETIME),
	       "verdict_of_the_future_is_not_written");

	test_life(GTH_FINDING_BENIGN, NOW - 100, NOW - 100 + 30 * DAY, "benign_ends_after_30_days");
	test_life(GTH_FINDING_BENIGN, NOW + DAY / 2, NOW + 30 * DAY,
		  "benign_of_tomorrow_ends_after_30_days_from_today");
	test_life(GTH_FINDING_MALICIOUS, NOW - 100, FAR, "malicious_holds_as_long_as_it_says");
	test_life(GTH_FINDING_SUSPICIOUS, NOW - 100, FAR, "suspicious_holds_as_long_as_it_says");
	v = new_verdict(20, GTH_FINDING_BENIGN);
	v.issued = NOW - 31 * DAY;
	v.expires = FAR;
	tap_ok(relay_refuses(&v, &relay_keys.region, -ETIME),
	       "benign_of_31_days_ago_is_not_written");
	v = new_verdict(20, GTH_FINDING_BENIGN);
	must(!gth_region_verdict_format(&v, &text));
	note = sign_text(text, &relay_keys.region);
	memcpy(strstr(note, "verdict: benign"), "verdict: unknow", 15);
	relay_say(GTH_MSG_VERDICT, note);
	free(note);
	tap_ok(!relay_hear() && relay_refusal() == EKEYREJECTED, "changed_verdict_is_not_written");
	/* A text that the region signed for another purpose. */
	note = signed_statement(&relay_keys.region, &relay_keys.region, NOW, NOW + DAY);
	relay_say(GTH_MSG_VERDICT, note);
	free(note);
	tap_ok(!relay_hear() && relay_refusal() == EBADMSG,
	       "other_text_of_the_region_is_not_written");

	v = new_verdict(21, GTH_FINDING_MALICIOUS);
	relay_bring(&v, &relay_keys.region);
	relay_hear();
	v.finding = GTH_FINDING_BENIGN;
	v.issued -= 10;
	tap_ok(relay_refuses(&v, &relay_keys.region, -ESTALE), "older_verdict_does_not_come_back");
	relay_say_digest(GTH_MSG_FORGET, GTH_DOMAIN_SHA256, 21);
	tap_ok(relay_hear() == 1 && relay_module.written[0].class == GTH_CLASS_UNKNOWN,
	       "forgetting_is_written");
	tap_ok(relay_refuses(&v, &relay_keys.region, -ESTALE), "nor_does_it_after_forgetting");
}

static void test_trust(void)
{
	struct gth_verdict_check other = relay.check;
	struct gth_region_verdict v = new_verdict(50, GTH_FINDING_BENIGN);

	relay_open_store();
	other.has_statement = false;
	gth_relay_gate(&relay, &other);
	relay_bring(&v, &relay_keys.region);
	tap_is(relay_hear(), 1, "the_same_trust_keeps_its_statement");
	strcpy(other.country, "FR");
	gth_relay_gate(&relay, &other);
	v = new_verdict(51, GTH_FINDING_BENIGN);
	tap_ok(relay_refuses(&v, &relay_keys.region, -ENOKEY),
	       "another_country_needs_a_statement_that_serves_it");
	relay_bring_statement(&relay_keys.statement, &relay_keys.region, NOW - 50, NOW + DAY);
	tap_is(relay_refusal(), GTH_STATEMENT_COUNTRY, "this_one_does_not");
}

int main(void)
{
	relay_begin();
	test_statements();
	test_verdicts();
	test_trust();
	tap_is(relay_module.foreign, 0, "every_record_is_written_as_the_regions");
	relay_end();
	return tap_done();
}
