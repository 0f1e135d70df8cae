// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * restore.c - what is kept for the next start: the table and the release before it,
 * and policy; and what the daemon does with them, with a module that is played here.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/restore.h"
#include "lib/policy_file.h"
#include "lib/table_dir.h"
#include "tap.h"

static char etc[] = "/tmp/gth-restore-XXXXXX";

static void write_file(const char *name, const char *text)
{
	char path[300];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", etc, name);
	f = fopen(path, "w");
	if (!f || fputs(text, f) < 0 || fclose(f))
		exit(1);
}

/* Content of a file below etc; "" if it is not there. */
static const char *content(const char *name)
{
	static char text[4096];
	char path[300];
	size_t n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", etc, name);
	f = fopen(path, "r");
	if (f) {
		n = fread(text, 1, sizeof(text) - 1, f);
		fclose(f);
	}
	text[n] = '\0';
	return text;
}

static bool exists(const char *name)
{
	char path[300];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", etc, name);
	return !lstat(path, &st);
}

static void make_dir(const char *name)
{
	char path[300];

	snprintf(path, sizeof(path), "%s/%s", etc, name);
	if (mkdir(path, 0755))
		exit(1);
}

static void remove_all(const char *name)
{
	char command[400];

	snprintf(command, sizeof(command), "rm -rf %s/%s", etc, name);
	if (system(command))
		exit(1);
}

/* The module */

static struct {
	char loaded[64], journal[1024]; /* content of the manifest; what was called, in order */
	char name[GTH_NAME_SIZE];
	int load_error;
	unsigned long long version;
} module;

static void note(const char *what, const char *more)
{
	size_t len = strlen(module.journal);

	snprintf(module.journal + len, sizeof(module.journal) - len, "%s %s;", what, more);
}

static int load(void *arg, int manifest, int body)
{
	ssize_t n = read(manifest, module.loaded, sizeof(module.loaded) - 1);

	(void)arg, (void)body;
	module.loaded[n < 0 ? 0 : n] = '\0';
	note("load", module.loaded);
	return module.load_error;
}

static int info(void *arg, struct gth_info *i)
{
	(void)arg;
	*i = (struct gth_info) { .table_version = module.version };
	strcpy(i->name, module.name);
	return 0;
}

static int set(void *arg, const char *knob, const char *value)
{
	char both[80];

	(void)arg;
	snprintf(both, sizeof(both), "%s=%s", knob, value);
	note("set", both);
	if (!strcmp(knob, "bogus"))
		return -ENOENT;
	return !strcmp(value, "wrong") ? -EINVAL : 0;
}

static const struct gth_restore_device device = { load, info, set, NULL };
static struct gth_restore result;

static void restore(int load_error)
{
	memset(&module, 0, sizeof(module));
	module.load_error = load_error;
	gth_restore(&result, &device, etc);
}

/* Tables */

static int keep(const char *name, const char *text)
{
	struct gth_table_files files;
	struct gth_table_dir d;
	char temp[NAME_MAX + 1];
	int err;

	write_file("manifest", text);
	write_file("body", text);
	files.manifest = open(etc, O_RDONLY | O_DIRECTORY);
	files.body = openat(files.manifest, "body", O_RDONLY);
	err = openat(files.manifest, "manifest", O_RDONLY);
	close(files.manifest);
	files.manifest = err;
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

	tap_ok(!keep("bad", "one") && !strcmp(content("tables.d/bad/manifest"), "one") &&
		       !strcmp(content("tables.d/bad/body"), "one"),
	       "table_is_copied");
	tap_ok(!exists("tables.d/bad.previous"), "first_one_has_none_before");
	restore(0);
	tap_ok(!result.n && !strcmp(module.journal, "load one;"), "kept_table_is_loaded");

	tap_ok(!keep("bad", "two") && !strcmp(content("tables.d/bad/manifest"), "two") &&
		       !strcmp(content("tables.d/bad.previous/manifest"), "one"),
	       "release_before_is_kept");
	tap_ok(!keep("bad", "three") && !strcmp(content("tables.d/bad.previous/body"), "two"),
	       "only_the_last_one_before");
	tap_ok(!swap("bad") && !strcmp(content("tables.d/bad/body"), "two") &&
		       !strcmp(content("tables.d/bad.previous/body"), "three"),
	       "rollback_exchanges_them");
	tap_ok(!swap("bad") && !strcmp(content("tables.d/bad/body"), "three"),
	       "rollback_of_a_rollback");
	restore(0);
	tap_ok(!strcmp(module.journal, "load three;"), "release_before_is_not_loaded");

	tap_ok(!keep("other", "four") && !strcmp(content("tables.d/other/body"), "four") &&
		       !strcmp(content("tables.d/bad.previous/body"), "three") &&
		       !exists("tables.d/bad"),
	       "table_of_another_name_takes_the_place");
	tap_ok(!swap("bad") && !strcmp(content("tables.d/bad/body"), "three") &&
		       !strcmp(content("tables.d/other.previous/body"), "four"),
	       "rollback_to_another_name");

	tap_ok(keep("x.previous", "x") == -EINVAL && keep(".x", "x") == -EINVAL &&
		       keep("a/b", "x") == -EINVAL && keep("", "x") == -EINVAL,
	       "refuses_names_that_mean_something_else");
	tap_ok(!strcmp(content("tables.d/bad/body"), "three"), "refused_name_changes_nothing");

	make_dir("tables.d/.new-killed");
	write_file("tables.d/.new-killed/body", "half");
	restore(0);
	tap_ok(!result.n && !strcmp(module.journal, "load three;"), "half_a_copy_is_ignored");
	tap_ok(!keep("bad", "five") && !exists("tables.d/.new-killed"), "half_a_copy_is_removed");
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
	gth_restore(&result, &device, etc);
	tap_ok(!result.n, "newer_table_in_force_is_none");
	strcpy(module.name, "else");
	gth_restore(&result, &device, etc);
	tap_ok(result.n == 1, "stale_table_while_another_is_in_force_is_one");

	make_dir("tables.d/second");
	restore(0);
	tap_ok(result.n == 1 && !*module.journal && strstr(result.problem[0], "2 tables"),
	       "two_tables_are_refused");
	remove_all("tables.d/second");
	remove_all("tables.d/bad/body");
	restore(0);
	tap_ok(result.n == 1 && !*module.journal && strstr(result.problem[0], "No such file"),
	       "table_without_body_is_a_problem");

	remove_all("tables.d");
	make_dir("tables.d");
	make_dir("elsewhere");
	write_file("elsewhere/manifest", "linked");
	write_file("elsewhere/body", "linked");
	if (chdir(etc) || symlink("../elsewhere", "tables.d/link"))
		exit(1);
	restore(0);
	tap_ok(!result.n && !strcmp(module.journal, "load linked;"), "link_is_followed");
	tap_ok(!keep("mine", "six") && exists("tables.d/link.previous") && exists("elsewhere/body"),
	       "link_is_kept_as_a_link");
	tap_ok(!keep("mine", "seven") && !exists("tables.d/link.previous") &&
		       exists("elsewhere/body"),
	       "what_a_link_named_stays");
	remove_all("tables.d");
}

/* Policy */

static void policy(const char *text)
{
	write_file("policy.conf", text);
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
	remove_all("policy.conf");
	make_dir("policy.conf");
	restore(0);
	tap_ok(result.n == 1, "file_that_cannot_be_read_is_a_problem");
	remove_all("policy.conf");
}

static void test_order(void)
{
	if (keep("bad", "one"))
		exit(1);
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

	write_file("policy.conf", "# mine\nmode = monitor # by day\noversize=deny\n");
	tap_ok(!gth_policy_file_set(etc, "oversize", "allow") &&
		       !strcmp(content("policy.conf"),
			       "# mine\nmode = monitor # by day\noversize = allow\n"),
	       "one_line_is_replaced_and_the_others_stay");
	tap_ok(!gth_policy_file_set(etc, "fuse", "hash") &&
		       strstr(content("policy.conf"), "oversize = allow\nfuse = hash\n"),
	       "new_knob_is_added");
	remove_all("policy.conf");
	tap_ok(!gth_policy_file_set(etc, "fuse", "hash") &&
		       !strcmp(content("policy.conf"), "fuse = hash\n"),
	       "file_is_made");
	tap_ok(!gth_policy_file_save(etc, &p), "all_are_saved");
	restore(0);
	tap_ok(!result.n && strstr(module.journal, "set hooks/open=1;set mode=enforce;"),
	       "what_was_saved_is_set");
}

int main(void)
{
	if (!mkdtemp(etc))
		return 1;
	test_tables();
	test_table_errors();
	test_policy();
	test_order();
	test_editing();
	remove_all("");
	return tap_done();
}
