// SPDX-License-Identifier: GPL-2.0-or-later
/* restore.c - what is kept for the next start: the table and the release before it, and policy. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "lib/host/policy_file.h"
#include "lib/host/table_dir.h"
#include "lib/util/sha256.h"
#include "tests/unit/lib/etc_dir.h"
#include "tests/unit/lib/fake_module.h"
#include "tests/unit/lib/must.h"
#include "tests/unit/tap.h"

/* @signature: whether it is signed, and has a proof */
static int keep_release(const char *name, const char *text, bool signature)
{
	struct gth_table_files files;
	struct gth_table_dir d;
	char temp[NAME_MAX + 1];
	int err;

	etc_write("manifest", text);
	etc_write("body", text);
	files.manifest = open(etc, O_RDONLY | O_DIRECTORY);
	files.body = openat(files.manifest, "body", O_RDONLY);
	err = openat(files.manifest, "manifest", O_RDONLY);
	close(files.manifest);
	files.manifest = err;
	files.signature = files.proof = -1;
	if (signature) {
		etc_write("manifest.p7s", text);
		etc_write("proof", text);
		err = open(etc, O_RDONLY | O_DIRECTORY);
		files.signature = openat(err, "manifest.p7s", O_RDONLY);
		files.proof = openat(err, "proof", O_RDONLY);
		close(err);
	}
	err = gth_table_dir_open(&d, etc, true);
	if (!err)
		err = gth_table_dir_stage(&d, &files, temp);
	if (!err) {
		err = gth_table_dir_install(&d, temp, name);
		if (err)
			gth_table_dir_remove(&d, temp);
	}
	gth_table_dir_close(&d);
	gth_table_files_close(&files);
	return err;
}

static int keep(const char *name, const char *text)
{
	return keep_release(name, text, false);
}

static int swap(const char *name)
{
	struct gth_table_dir d;
	int err = gth_table_dir_open(&d, etc, true);

	if (!err)
		err = gth_table_dir_swap(&d, name);
	gth_table_dir_close(&d);
	return err;
}

static void test_tables(void)
{
	struct gth_table_dir d;

	tap_ok(gth_table_dir_open(&d, etc, false) == -ENOENT, "nothing_is_kept_at_first");
	restore(0);
	tap_ok(!result.n && !*module.journal, "nothing_kept_changes_nothing");

	tap_ok(!keep("bad", "one") && !strcmp(etc_content("tables.d/bad/manifest"), "one") &&
		       !strcmp(etc_content("tables.d/bad/body"), "one"),
	       "table_is_copied");
	tap_ok(!etc_has("tables.d/bad.previous"), "first_one_has_none_before");
	restore(0);
	tap_ok(!result.n && !strcmp(module.journal, "load one;"), "kept_table_is_loaded");

	tap_ok(!keep("bad", "two") && !strcmp(etc_content("tables.d/bad/manifest"), "two") &&
		       !strcmp(etc_content("tables.d/bad.previous/manifest"), "one"),
	       "release_before_is_kept");
	tap_ok(!keep("bad", "three") && !strcmp(etc_content("tables.d/bad.previous/body"), "two"),
	       "only_the_last_one_before");
	tap_ok(!swap("bad") && !strcmp(etc_content("tables.d/bad/body"), "two") &&
		       !strcmp(etc_content("tables.d/bad.previous/body"), "three"),
	       "rollback_exchanges_them");
	tap_ok(!swap("bad") && !strcmp(etc_content("tables.d/bad/body"), "three"),
	       "rollback_of_a_rollback");
	restore(0);
	tap_ok(!strcmp(module.journal, "load three;"), "release_before_is_not_loaded");
	tap_ok(!keep_release("bad", "four", true) &&
		       !strcmp(etc_content("tables.d/bad/manifest.p7s"), "four") &&
		       !strcmp(etc_content("tables.d/bad/proof"), "four") &&
		       !etc_has("tables.d/bad.previous/manifest.p7s") &&
		       !etc_has("tables.d/bad.previous/proof"),
	       "signature_and_proof_are_copied");
	restore(0);
	tap_ok(!result.n && !strcmp(module.journal, "load signed four;"), "and_loaded");
	tap_ok(!keep("bad", "three") && !etc_has("tables.d/bad/manifest.p7s") &&
		       !etc_has("tables.d/bad/proof") &&
		       etc_has("tables.d/bad.previous/manifest.p7s") &&
		       etc_has("tables.d/bad.previous/proof"),
	       "they_belong_to_their_release");

	tap_ok(!keep("other", "four") && !strcmp(etc_content("tables.d/other/body"), "four") &&
		       !strcmp(etc_content("tables.d/bad.previous/body"), "three") &&
		       !etc_has("tables.d/bad"),
	       "table_of_another_name_takes_the_place");
	tap_ok(!swap("bad") && !strcmp(etc_content("tables.d/bad/body"), "three") &&
		       !strcmp(etc_content("tables.d/other.previous/body"), "four"),
	       "rollback_to_another_name");

	tap_ok(keep("x.previous", "x") == -EINVAL && keep(".x", "x") == -EINVAL &&
		       keep("a/b", "x") == -EINVAL && keep("", "x") == -EINVAL,
	       "refuses_names_that_mean_something_else");
	tap_ok(!strcmp(etc_content("tables.d/bad/body"), "three"), "refused_name_changes_nothing");

	etc_make_dir("tables.d/.new-killed");
	etc_write("tables.d/.new-killed/body", "half");
	restore(0);
	tap_ok(!result.n && !strcmp(module.journal, "load three;"), "half_a_copy_is_ignored");
	tap_ok(!keep("bad", "five") && !etc_has("tables.d/.new-killed"), "half_a_copy_is_removed");
}

/* tables.d has the body "seven". */
static void test_copy_of_table_in_force(void)
{
	memset(&module, 0, sizeof(module));
	module.version = module.in_force.version = 7;
	module.before = true;
	strcpy(module.name, "mine");
	strcpy(module.in_force.name, "mine");
	must(!gth_sha256("seven", 5, module.in_force.body_digest));
	gth_restore(&result, &device, etc, etc);
	tap_ok(!result.n, "copy_of_the_table_in_force_is_right");
	etc_write("tables.d/mine/body", "sevem");
	gth_restore(&result, &device, etc, etc);
	tap_ok(result.n == 1 && strstr(result.problem[0], "tables.d/mine is in force, but") &&
		       strstr(result.problem[0], "damaged"),
	       "damaged_copy_of_the_table_in_force_is_a_problem");
	module.in_force.version = 6;
	gth_restore(&result, &device, etc, etc);
	tap_ok(result.n == 1 && strstr(result.problem[0], "cannot be checked"),
	       "copy_that_cannot_be_checked_is_one");
	etc_remove("floors");
}

static void test_table_errors(void)
{
	restore(-EBADMSG);
	tap_ok(result.n == 1 && strstr(result.problem[0], "tables.d/bad is not loaded: the body"),
	       "damaged_table_is_a_problem");
	memset(&module, 0, sizeof(module));
	module.load_error = -ESTALE;
	module.version = 9;
	strcpy(module.name, "bad");
	gth_restore(&result, &device, etc, etc);
	tap_ok(!result.n, "newer_table_in_force_is_none");
	strcpy(module.name, "else");
	gth_restore(&result, &device, etc, etc);
	tap_ok(result.n == 1, "stale_table_while_another_is_in_force_is_one");

	etc_make_dir("tables.d/second");
	restore(0);
	tap_ok(result.n == 1 && !*module.journal && strstr(result.problem[0], "2 tables"),
	       "two_tables_are_refused");
	etc_remove("tables.d/second");
	etc_remove("tables.d/bad/body");
	restore(0);
	tap_ok(result.n == 1 && !*module.journal && strstr(result.problem[0], "No such file"),
	       "table_without_body_is_a_problem");

	etc_remove("tables.d");
	etc_make_dir("tables.d");
	etc_make_dir("elsewhere");
	etc_write("elsewhere/manifest", "linked");
	etc_write("elsewhere/body", "linked");
	must(!(chdir(etc) || symlink("../elsewhere", "tables.d/link")));
	restore(0);
	tap_ok(!result.n && !strcmp(module.journal, "load linked;"), "link_is_followed");
	tap_ok(!keep("mine", "six") && etc_has("tables.d/link.previous") &&
		       etc_has("elsewhere/body"),
	       "link_is_kept_as_a_link");
	tap_ok(!keep("mine", "seven") && !etc_has("tables.d/link.previous") &&
		       etc_has("elsewhere/body"),
	       "what_a_link_named_stays");
	test_copy_of_table_in_force();
	etc_remove("tables.d");
}

static void policy(const char *text)
{
	etc_write("policy.conf", text);
	restore(0);
}

static void test_policy(void)
{
	policy("mode = enforce\n# a comment\n\n  ; \nexec_unknown=hold\nhooks/open = 1\n");
	tap_ok(!result.n && !strcmp(module.journal,
				    "set exec_unknown=hold;set hooks/open=1;set mode=enforce;"),
	       "knobs_are_set_and_mode_is_last");
	policy("bogus = 1\nmode = enforce\nexec_unknown = wrong\n");
	tap_ok(result.n == 2 && strstr(result.problem[0], ":1: there is no knob 'bogus'") &&
		       strstr(result.problem[1], ":3: 'wrong' is not a value of exec_unknown"),
	       "unknown_knob_and_bad_value_are_told_with_their_lines");
	tap_ok(strstr(module.journal, "set mode=enforce;"), "right_lines_count_beside_wrong_ones");
	policy("mode = enforce\nmode = off\n");
	tap_ok(result.n == 1 &&
		       strstr(result.problem[0], ":2: 'mode' a second time; line 1 counts") &&
		       !strcmp(module.journal, "set mode=enforce;"),
	       "second_value_is_refused");
	policy("[policy]\nmode = enforce\nword\n");
	tap_ok(result.n == 2 && strstr(result.problem[0], ":1: there are no sections") &&
		       strstr(result.problem[1], ":3: not KNOB = VALUE"),
	       "section_and_word_are_refused");
	policy("../table = 1\n/mode = off\n = off\nmode =\n");
	tap_ok(result.n >= 3 && !*module.journal, "paths_and_empty_words_are_refused");
	policy("mode = enforce\n  monitor\n");
	tap_ok(result.n == 1 && !strcmp(module.journal, "set mode=enforce;"),
	       "no_value_goes_on_in_the_next_line");
	policy("");
	tap_ok(!result.n && !*module.journal, "empty_file_is_none");
	etc_remove("policy.conf");
	etc_make_dir("policy.conf");
	restore(0);
	tap_ok(result.n == 1, "file_that_cannot_be_read_is_a_problem");
	etc_remove("policy.conf");
}

static void test_order(void)
{
	must(!keep("bad", "one"));
	policy("mode = enforce\n");
	tap_ok(!strcmp(module.journal, "load one;set mode=enforce;"), "table_comes_before_policy");
	restore(-EBADMSG);
	tap_ok(result.n == 1 && !strcmp(module.journal, "load one;set mode=enforce;"),
	       "policy_is_set_without_the_table_too");
}

static void test_editing(void)
{
	struct gth_policy_file p = { .n = 2,
				     .at = { { .knob = "mode", .value = "enforce" },
					     { .knob = "hooks/open", .value = "1" } } };

	etc_write("policy.conf", "# mine\nmode = monitor # by day\noversize=deny\n");
	tap_ok(!gth_policy_file_set(etc, "oversize", "allow") &&
		       !strcmp(etc_content("policy.conf"),
			       "# mine\nmode = monitor # by day\noversize = allow\n"),
	       "one_line_is_replaced_and_the_others_stay");
	tap_ok(!gth_policy_file_set(etc, "fuse", "hash") &&
		       strstr(etc_content("policy.conf"), "oversize = allow\nfuse = hash\n"),
	       "new_knob_is_added");
	etc_remove("policy.conf");
	tap_ok(!gth_policy_file_set(etc, "fuse", "hash") &&
		       !strcmp(etc_content("policy.conf"), "fuse = hash\n"),
	       "file_is_made");
	tap_ok(!gth_policy_file_save(etc, &p), "all_are_saved");
	restore(0);
	tap_ok(!result.n && strstr(module.journal, "set hooks/open=1;set mode=enforce;"),
	       "what_was_saved_is_set");
}

int main(void)
{
	etc_begin();
	test_tables();
	test_table_errors();
	test_policy();
	test_order();
	test_editing();
	etc_remove("");
	return tap_done();
}
