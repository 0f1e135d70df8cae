// SPDX-License-Identifier: GPL-2.0-or-later
/* restore_verdicts.c - which of root's verdicts the module is told at the next start. */
#include <stdio.h>
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

static bool told(size_t i, const char *words)
{
	if (i < result.n && strstr(result.problem[i], words))
		return true;
	tap_note("problem %zu: %s", i, i < result.n ? result.problem[i] : "none");
	return false;
}

static void test_verdict_order(void)
{
	etc_write("policy.conf", "mode = enforce\n");
	etc_write("verdicts", "trusted sha256:" A " never 0 1700000000 our own build\n");
	restore(0);
	tap_ok(strstr(module.journal, "verdict 1:aaaa=") &&
		       strstr(module.journal, "verdict") < strstr(module.journal, "set mode"),
	       "verdicts_come_before_policy");
	tap_is(module.foreign, 0, "they_are_root's");
	tap_is(result.n, 0, "and_nothing_is_wrong");
	etc_remove("policy.conf");
}

static void test_verdict_lines(void)
{
	forget_module(100);
	etc_write("verdicts", "# by hand\n"
			      "\n"
			      "malicious sha256:" A " never 0 1700000000\n"
			      "evil sha256:" B " never 0 1700000000\n"
			      "malicious sha256:bb never 0 1700000000\n"
			      "malicious md5:" B " never 0 1700000000\n"
			      "malicious sha256:" B " tomorrow 0 1700000000\n"
			      "malicious sha256:" B " never root 1700000000\n"
			      "malicious sha256:" B " never 0\n"
			      "suspicious fsverity:" B " never 1000 1700000000 seen\tby me\n"
			      "suspicious sha256:" C " 1900000000 0 1700000000 here");
	restore_verdicts(NOW);
	tap_ok(strstr(module.journal, "verdict 1:aaaa=3 until 0;"),
	       "a_line_before_wrong_ones_counts");
	tap_ok(strstr(module.journal, "verdict 1:cccc=2 until 1900000000;"),
	       "and_one_behind_them_without_an_end");
	tap_is(result.n, 7, "each_wrong_line_is_a_problem");
	tap_ok(told(0, "verdicts:4: the class is neither"), "a_class_that_there_is_not");
	tap_ok(told(1, "verdicts:5: this is not DOMAIN:DIGEST"), "a_digest_that_is_too_short");
	tap_ok(told(2, "verdicts:6: this is not DOMAIN:DIGEST"), "a_domain_that_there_is_not");
	tap_ok(told(3, "verdicts:7: it expires neither never nor at a Unix time"),
	       "an_end_that_is_no_time");
	tap_ok(told(4, "verdicts:8: the uid is not a number"), "a_uid_that_is_a_name");
	tap_ok(told(5, "verdicts:9: not CLASS DOMAIN:DIGEST EXPIRES UID WHEN [WHY]"),
	       "a_line_that_is_too_short");
	tap_ok(told(6, "verdicts:10: the reason is too long, or not UTF-8"),
	       "a_reason_with_a_control_character");
	tap_ok(strstr(etc_content("verdicts"), "evil sha256:" B), "the_file_stays_as_it_is");
}

static void test_verdict_twice(void)
{
	forget_module(100);
	etc_write("verdicts", "malicious sha256:" A " never 0 1\ntrusted sha256:" A " never 0 2\n");
	restore_verdicts(NOW);
	tap_ok(!strcmp(module.journal, "verdict 1:aaaa=3 until 0;") &&
		       told(0, "verdicts:2: a second verdict for this digest; line 1 counts"),
	       "of_two_for_a_digest_the_first_counts");
}

static void test_verdict_clock(void)
{
	forget_module(100);
	etc_write("verdicts", "malicious sha256:" A " 1800000000 0 1700000000\n"
			      "trusted sha256:" B " 1800000001 0 1700000000\n");
	restore_verdicts(NOW);
	tap_ok(!strcmp(module.journal, "verdict 1:bbbb=1 until 1800000001;") && !result.n,
	       "what_has_expired_is_not_set");
	tap_ok(strstr(etc_content("verdicts"), A), "and_stays_in_the_file");
	restore_verdicts(1000);
	tap_ok(!strcmp(module.journal, "verdict 1:aaaa=3 until 1800000000;") && result.n == 1 &&
		       told(0, "verdicts:2: is not in force: it expires, and the clock is before"),
	       "a_clock_that_cannot_be_right_trusts_nothing");
}

static void test_verdict_room(void)
{
	forget_module(1);
	etc_write("verdicts",
		  "malicious sha256:" A " never 0 1\nmalicious sha256:" B " never 0 1\n");
	restore_verdicts(NOW);
	tap_ok(!strcmp(module.journal, "verdict 1:aaaa=3 until 0;") &&
		       told(0, "verdicts:2: the module holds as many verdicts as it may"),
	       "without_room_each_that_has_some_is_set");
}

static void test_verdict_held(void)
{
	forget_module(100);
	etc_write("verdicts", "malicious sha256:" A " never 0 1\nmalicious sha256:" B
			      " 1900000000 0 1\nmalicious sha256:" C " never 0 1\n");
	module.held[0] = (struct gth_verdict) { .domain = GTH_DOMAIN_SHA256,
						.class = GTH_CLASS_MALICIOUS,
						.source = GTH_SOURCE_ROOT };
	module.held[0].digest[0] = module.held[0].digest[31] = 0xaa;
	module.held[1] = module.held[0];
	module.held[1].digest[0] = module.held[1].digest[31] = 0xbb;
	module.held[1].expires = 1900000003;
	/* The region says the same, which is not root's word. */
	module.held[2] = module.held[0];
	module.held[2].digest[0] = module.held[2].digest[31] = 0xcc;
	module.held[2].source = GTH_SOURCE_REGION;
	module.n_held = 3;
	restore_verdicts(NOW);
	tap_ok(!strcmp(module.journal, "verdict 1:cccc=3 until 0;"),
	       "what_root_has_in_force_is_not_set_again");
	module.held[0].class = GTH_CLASS_TRUSTED;
	restore_verdicts(NOW);
	tap_ok(strstr(module.journal, "verdict 1:aaaa=3 until 0;"), "another_class_is");
}

static void test_verdict_owner(void)
{
	char path[300];

	forget_module(100);
	etc_write("verdicts", "trusted sha256:" A " never 0 1\n");
	snprintf(path, sizeof(path), "%s/verdicts", etc);
	must(!chmod(path, 0666));
	restore_verdicts(NOW);
	tap_ok(!*module.journal && told(0, "verdicts: others than root may write it"),
	       "a_file_that_others_may_write_sets_nothing");
	etc_remove("verdicts");
	must(!mkfifo(path, 0600));
	restore_verdicts(NOW);
	tap_ok(!*module.journal && result.n == 1, "a_pipe_in_its_place_keeps_nobody_waiting");
	etc_remove("verdicts");
	restore_verdicts(NOW);
	tap_ok(!*module.journal && !result.n, "no_file_is_nothing_wrong");
}

int main(void)
{
	etc_begin();
	test_verdict_order();
	test_verdict_lines();
	test_verdict_twice();
	test_verdict_clock();
	test_verdict_room();
	test_verdict_held();
	test_verdict_owner();
	etc_remove("");
	return tap_done();
}
