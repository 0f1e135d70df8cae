// SPDX-License-Identifier: GPL-2.0-or-later
/* verdict_file.c - the file of root's verdicts as it is edited, and the reasons in it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/host/verdict_file.h"
#include "tests/unit/lib/etc_dir.h"
#include "tests/unit/lib/fake_module.h"
#include "tests/unit/lib/must.h"
#include "tests/unit/tap.h"

#define A "aa000000000000000000000000000000000000000000000000000000000000aa"
#define B "bb000000000000000000000000000000000000000000000000000000000000bb"
#define C "cc000000000000000000000000000000000000000000000000000000000000cc"
#define NOW 1800000000ULL

static void none(void *ctx, unsigned int line, const char *text)
{
	(void)ctx;
	tap_note("line %u: %s", line, text);
}

static struct gth_kept_verdict kept(uint8_t byte, uint8_t class, const char *why)
{
	struct gth_kept_verdict k = { .uid = 1000, .when = 1700000000 };

	k.v = (struct gth_verdict) { .domain = GTH_DOMAIN_SHA256,
				     .class = class,
				     .source = GTH_SOURCE_ROOT };
	k.v.digest[0] = k.v.digest[31] = byte;
	snprintf(k.why, sizeof(k.why), "%s", why);
	return k;
}

static void test_verdict_edit(void)
{
	struct gth_kept_verdict some[2];
	struct gth_verdict forget[1];
	struct gth_verdict_file f;
	struct stat st;
	char path[300];

	some[0] = kept(0xaa, GTH_CLASS_TRUSTED, "our own build");
	some[1] = kept(0xbb, GTH_CLASS_MALICIOUS, "");
	some[1].v.expires = 1900000000;
	tap_is(gth_verdict_file_set(etc, some, 2), 0, "a_file_is_begun");
	snprintf(path, sizeof(path), "%s/verdicts", etc);
	tap_ok(!stat(path, &st) && (st.st_mode & 07777) == 0600, "for_root_alone");
	tap_ok(strstr(etc_content("verdicts"),
		      "\ntrusted sha256:" A " never 1000 1700000000 our own build\n"
		      "malicious sha256:" B " 1900000000 1000 1700000000\n"),
	       "it_has_a_line_for_each");
	tap_ok(!gth_verdict_file_load(&f, etc, none, NULL) && f.n == 2 &&
		       !memcmp(&f.at[0].v, &some[0].v, sizeof(f.at[0].v)) && f.at[0].uid == 1000 &&
		       f.at[0].when == 1700000000 && !strcmp(f.at[0].why, "our own build") &&
		       !memcmp(&f.at[1].v, &some[1].v, sizeof(f.at[1].v)) && !*f.at[1].why,
	       "what_was_written_is_read");
	gth_verdict_file_free(&f);

	etc_write("verdicts",
		  "# mine\nnonsense\ntrusted sha256:" A " never 0 1 old\n"
		  "malicious sha256:" C " never 0 1\nmalicious sha256:" A " never 0 1\n");
	tap_is(gth_verdict_file_set(etc, some, 1), 0, "a_verdict_is_replaced");
	tap_ok(!strcmp(etc_content("verdicts"),
		       "# mine\nnonsense\nmalicious sha256:" C " never 0 1\n"
		       "trusted sha256:" A " never 1000 1700000000 our own build\n"),
	       "and_what_is_not_named_stays");
	etc_write("verdicts",
		  "trusted sha256:" A " never 0 1\nnonsense\nmalicious sha256:" A " never 0 1");
	forget[0] = some[0].v;
	tap_is(gth_verdict_file_forget(etc, forget, 1), 2, "all_lines_of_a_digest_are_forgotten");
	tap_ok(!strcmp(etc_content("verdicts"), "nonsense\n"), "and_no_other_one");
	tap_is(gth_verdict_file_forget(etc, forget, 1), 0, "what_is_not_there_is_forgotten");
	some[1] = some[0];
	tap_ok(!gth_verdict_file_set(etc, some, 2) &&
		       !gth_verdict_file_load(&f, etc, none, NULL) == 0 && f.n == 1,
	       "what_is_said_twice_is_written_once");
	gth_verdict_file_free(&f);
	must(!chmod(path, 0606));
	tap_is(gth_verdict_file_set(etc, some, 1), -EPERM, "a_file_of_others_is_not_edited");
	etc_remove("verdicts");
	tap_is(gth_verdict_file_forget(etc, forget, 1), 0, "without_a_file_there_is_nothing");
	tap_ok(!etc_has("verdicts"), "and_none_is_made");
}

static void test_verdict_many(void)
{
	struct gth_kept_verdict *all = calloc(GTH_VERDICT_LINES_MAX + 1, sizeof(*all));

	for (unsigned int i = 0; i <= GTH_VERDICT_LINES_MAX; i++) {
		all[i] = kept(1, GTH_CLASS_MALICIOUS, "");
		all[i].v.digest[1] = (uint8_t)i;
		all[i].v.digest[2] = (uint8_t)(i >> 8);
	}
	tap_is(gth_verdict_file_set(etc, all, GTH_VERDICT_LINES_MAX), 0, "as_many_as_may_be");
	tap_is(gth_verdict_file_set(etc, all + GTH_VERDICT_LINES_MAX, 1), -E2BIG, "and_no_more");
	forget_module(GTH_VERDICT_LINES_MAX);
	restore_verdicts(NOW);
	tap_ok(!result.n && !module.room, "all_of_them_are_set");
	etc_remove("verdicts");
	free(all);
}

static void test_why(void)
{
	char text[GTH_WHY_SIZE + 1];

	memset(text, 'x', sizeof(text));
	text[GTH_WHY_SIZE] = '\0';
	tap_ok(!gth_why_ok(text), "a_reason_may_be_too_long");
	text[GTH_WHY_SIZE - 1] = '\0';
	tap_ok(gth_why_ok(text), "or_just_short_enough");
	tap_ok(gth_why_ok("gr\303\274n") && !gth_why_ok("gr\374n"), "it_is_utf8");
	tap_ok(!gth_why_ok("a\nb") && !gth_why_ok("a\033[2J") && !gth_why_ok("\302\233") &&
		       !gth_why_ok("a\177"),
	       "without_control_characters");
	tap_ok(!gth_why_ok("") && !gth_why_ok(" a") && !gth_why_ok("a "),
	       "and_what_is_read_is_what_was_written");
}

int main(void)
{
	etc_begin();
	test_verdict_edit();
	test_verdict_many();
	test_why();
	etc_remove("");
	return tap_done();
}
