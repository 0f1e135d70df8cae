// SPDX-License-Identifier: GPL-2.0-or-later
/* region_verdict.c - userd/lib/text/region_verdict.c: which verdicts count, at the bounds of their
 * time.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/text/exchange.h"
#include "tests/unit/lib/must.h"
#include "tests/unit/tap.h"

#define NOW 1800000000ULL
#define DAY 86400ULL

static struct gth_signer ours, other;

/* Return: the result of the check of a verdict; its end goes to *end. */
static int check(enum gth_finding finding, uint64_t issued, uint64_t expires,
		 const struct gth_signer *signer, const char *region, uint64_t *end)
{
	struct gth_region_verdict v = {
		.region = "ch-1",
		.finding = finding,
		.name = "none",
		.engine = "engine",
		.database = "database",
		.issued = issued,
		.expires = expires,
	};
	char *text, *note;
	int ret;

	must(!gth_region_verdict_format(&v, &text) && !gth_note_sign(text, signer, &note));
	ret = gth_region_verdict_check(&v, note, strlen(note), region, &ours.verifier, NOW);
	*end = v.expires;
	free(text);
	free(note);
	return ret;
}

static int malicious(uint64_t issued, uint64_t expires)
{
	uint64_t end;

	return check(GTH_FINDING_MALICIOUS, issued, expires, &ours, "ch-1", &end);
}

int main(void)
{
	struct gth_region_verdict v;
	char *note;
	uint64_t end;

	must(!gth_signer_create(&ours, "ch-1/region") && !gth_signer_create(&other, "ch-1/region"));
	tap_is(malicious(NOW, NOW + 1), 0, "a_verdict_counts_to_its_last_second");
	tap_is(malicious(NOW - 9, NOW), -ETIME, "and_not_after_it");
	tap_is(malicious(NOW + DAY, NOW + 2 * DAY), 0, "a_clock_may_be_a_day_ahead");
	tap_is(malicious(NOW + DAY + 1, NOW + 2 * DAY), -ETIME, "and_no_second_more");
	tap_is(check(GTH_FINDING_MALICIOUS, NOW, NOW + 999 * DAY, &ours, "ch-1", &end), 0,
	       "a_malicious_one_counts_as_long_as_it_says");
	tap_is(end, NOW + 999 * DAY, "to_its_end");
	tap_is(check(GTH_FINDING_BENIGN, NOW, NOW + 999 * DAY, &ours, "ch-1", &end), 1,
	       "a_benign_one_does_not");
	tap_is(end, NOW + 30 * DAY, "but_for_30_days");
	tap_is(check(GTH_FINDING_BENIGN, NOW + DAY, NOW + 999 * DAY, &ours, "ch-1", &end), 1,
	       "nor_does_one_of_tomorrow");
	tap_is(end, NOW + 30 * DAY, "from_now_on");
	tap_is(check(GTH_FINDING_BENIGN, NOW - 30 * DAY, NOW + DAY, &ours, "ch-1", &end), -ETIME,
	       "one_of_30_days_ago_has_expired");
	tap_is(end, NOW, "which_its_end_says");
	tap_is(check(GTH_FINDING_MALICIOUS, NOW, NOW + 1, &ours, "ch-2", &end), -EXDEV,
	       "another_region_was_meant");
	tap_is(check(GTH_FINDING_MALICIOUS, NOW, NOW + 1, &other, "ch-1", &end), -EKEYREJECTED,
	       "another_key_has_signed");
	tap_is(gth_region_verdict_check(&v, "x", 1, "ch-1", &ours.verifier, NOW), -EKEYREJECTED,
	       "what_is_not_a_note_is_not_signed");
	must(!gth_note_sign("gotthard-deletion 1\n", &ours, &note));
	tap_is(gth_region_verdict_check(&v, note, strlen(note), "ch-1", &ours.verifier, NOW),
	       -EBADMSG, "another_text_of_the_region");
	free(note);
	return tap_done();
}
