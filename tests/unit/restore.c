// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * restore.c - what is kept for the next start: the table and the release before it,
 * root's verdicts, and policy; and what the daemon does with them, with a module that is played
 * here.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/broker/restore.h"
#include "lib/host/policy_file.h"
#include "lib/host/table_dir.h"
#include "lib/host/verdict_file.h"
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
	struct gth_verdict held[4]; /* before */
	size_t n_held, room;	    /* how many verdicts may be written */
	unsigned int foreign;	    /* that are not root's */
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

/* All or none, as the module does. */
static int write_verdicts(void *arg, const struct gth_verdict *records, unsigned int n)
{
	(void)arg;
	if (n > module.room)
		return -ENOSPC;
	module.room -= n;
	for (unsigned int i = 0; i < n; i++) {
		char text[80];

		snprintf(text, sizeof(text), "%u:%02x%02x=%u until %llu", records[i].domain,
			 records[i].digest[0], records[i].digest[31], records[i].class,
			 (unsigned long long)records[i].expires);
		note("verdict", text);
		module.foreign += records[i].source != GTH_SOURCE_ROOT;
	}
	return 0;
}

static int held_verdicts(void *arg, struct gth_verdict **records, size_t *n)
{
	(void)arg;
	*n = module.n_held;
	*records = malloc(sizeof(module.held));
	if (!*records)
		return -ENOMEM;
	memcpy(*records, module.held, sizeof(module.held));
	return 0;
}

static const struct gth_restore_device device = { load,		  info,		 set,
						  write_verdicts, held_verdicts, NULL };
static struct gth_restore result;

static void restore(int load_error)
{
	memset(&module, 0, sizeof(module));
	module.load_error = load_error;
	module.room = 100;
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

/* Verdicts */

#define A "aa000000000000000000000000000000000000000000000000000000000000aa"
#define B "bb000000000000000000000000000000000000000000000000000000000000bb"
#define C "cc000000000000000000000000000000000000000000000000000000000000cc"
#define NOW 1800000000ULL

static void restore_verdicts(uint64_t now)
{
	memset(module.journal, 0, sizeof(module.journal));
	module.foreign = 0;
	result.n = 0;
	gth_restore_verdicts(&result, &device, etc, now);
}

static void forget_module(size_t room)
{
	memset(&module, 0, sizeof(module));
	module.room = room;
}

static void write_verdict_file(const char *text)
{
	char path[300];

	write_file("verdicts", text);
	snprintf(path, sizeof(path), "%s/verdicts", etc);
	if (chmod(path, 0600))
		exit(1);
}

static bool told(size_t i, const char *words)
{
	if (i < result.n && strstr(result.problem[i], words))
		return true;
	tap_note("problem %zu: %s", i, i < result.n ? result.problem[i] : "none");
	return false;
}

static void test_verdict_order(void)
{
	write_file("policy.conf", "mode = enforce\n");
	write_verdict_file("trusted sha256:" A " never 0 1700000000 our own build\n");
	restore(0);
	tap_ok(strstr(module.journal, "verdict 1:aaaa=") &&
		       strstr(module.journal, "verdict") < strstr(module.journal, "set mode"),
	       "verdicts_come_before_policy");
	tap_is(module.foreign, 0, "they_are_root's");
	tap_is(result.n, 0, "and_nothing_is_wrong");
	remove_all("policy.conf");
}

static void test_verdict_lines(void)
{
	forget_module(100);
	write_verdict_file("# by hand\n"
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
	tap_ok(strstr(content("verdicts"), "evil sha256:" B), "the_file_stays_as_it_is");
}

static void test_verdict_twice(void)
{
	forget_module(100);
	write_verdict_file("malicious sha256:" A " never 0 1\ntrusted sha256:" A " never 0 2\n");
	restore_verdicts(NOW);
	tap_ok(!strcmp(module.journal, "verdict 1:aaaa=3 until 0;") &&
		       told(0, "verdicts:2: a second verdict for this digest; line 1 counts"),
	       "of_two_for_a_digest_the_first_counts");
}

static void test_verdict_clock(void)
{
	forget_module(100);
	write_verdict_file("malicious sha256:" A " 1800000000 0 1700000000\n"
			   "trusted sha256:" B " 1800000001 0 1700000000\n");
	restore_verdicts(NOW);
	tap_ok(!strcmp(module.journal, "verdict 1:bbbb=1 until 1800000001;") && !result.n,
	       "what_has_expired_is_not_set");
	tap_ok(strstr(content("verdicts"), A), "and_stays_in_the_file");
	restore_verdicts(1000);
	tap_ok(!strcmp(module.journal, "verdict 1:aaaa=3 until 1800000000;") && result.n == 1 &&
		       told(0, "verdicts:2: is not in force: it expires, and the clock is before"),
	       "a_clock_that_cannot_be_right_trusts_nothing");
}

static void test_verdict_room(void)
{
	forget_module(1);
	write_verdict_file("malicious sha256:" A " never 0 1\nmalicious sha256:" B " never 0 1\n");
	restore_verdicts(NOW);
	tap_ok(!strcmp(module.journal, "verdict 1:aaaa=3 until 0;") &&
		       told(0, "verdicts:2: the module holds as many verdicts as it may"),
	       "without_room_each_that_has_some_is_set");
}

static void test_verdict_held(void)
{
	forget_module(100);
	write_verdict_file("malicious sha256:" A " never 0 1\nmalicious sha256:" B
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
	write_verdict_file("trusted sha256:" A " never 0 1\n");
	snprintf(path, sizeof(path), "%s/verdicts", etc);
	if (chmod(path, 0666))
		exit(1);
	restore_verdicts(NOW);
	tap_ok(!*module.journal && told(0, "verdicts: others than root may write it"),
	       "a_file_that_others_may_write_sets_nothing");
	remove_all("verdicts");
	if (mkfifo(path, 0600))
		exit(1);
	restore_verdicts(NOW);
	tap_ok(!*module.journal && result.n == 1, "a_pipe_in_its_place_keeps_nobody_waiting");
	remove_all("verdicts");
	restore_verdicts(NOW);
	tap_ok(!*module.journal && !result.n, "no_file_is_nothing_wrong");
}

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
	tap_ok(strstr(content("verdicts"),
		      "\ntrusted sha256:" A " never 1000 1700000000 our own build\n"
		      "malicious sha256:" B " 1900000000 1000 1700000000\n"),
	       "it_has_a_line_for_each");
	tap_ok(!gth_verdict_file_load(&f, etc, none, NULL) && f.n == 2 &&
		       !memcmp(&f.at[0].v, &some[0].v, sizeof(f.at[0].v)) && f.at[0].uid == 1000 &&
		       f.at[0].when == 1700000000 && !strcmp(f.at[0].why, "our own build") &&
		       !memcmp(&f.at[1].v, &some[1].v, sizeof(f.at[1].v)) && !*f.at[1].why,
	       "what_was_written_is_read");
	gth_verdict_file_free(&f);

	write_verdict_file("# mine\nnonsense\ntrusted sha256:" A " never 0 1 old\n"
			   "malicious sha256:" C " never 0 1\nmalicious sha256:" A " never 0 1\n");
	tap_is(gth_verdict_file_set(etc, some, 1), 0, "a_verdict_is_replaced");
	tap_ok(!strcmp(content("verdicts"),
		       "# mine\nnonsense\nmalicious sha256:" C " never 0 1\n"
		       "trusted sha256:" A " never 1000 1700000000 our own build\n"),
	       "and_what_is_not_named_stays");
	write_verdict_file("trusted sha256:" A " never 0 1\nnonsense\nmalicious sha256:" A
			   " never 0 1");
	forget[0] = some[0].v;
	tap_is(gth_verdict_file_forget(etc, forget, 1), 2, "all_lines_of_a_digest_are_forgotten");
	tap_ok(!strcmp(content("verdicts"), "nonsense\n"), "and_no_other_one");
	tap_is(gth_verdict_file_forget(etc, forget, 1), 0, "what_is_not_there_is_forgotten");
	some[1] = some[0];
	tap_ok(!gth_verdict_file_set(etc, some, 2) &&
		       !gth_verdict_file_load(&f, etc, none, NULL) == 0 && f.n == 1,
	       "what_is_said_twice_is_written_once");
	gth_verdict_file_free(&f);
	if (chmod(path, 0606))
		exit(1);
	tap_is(gth_verdict_file_set(etc, some, 1), -EPERM, "a_file_of_others_is_not_edited");
	remove_all("verdicts");
	tap_is(gth_verdict_file_forget(etc, forget, 1), 0, "without_a_file_there_is_nothing");
	tap_ok(!exists("verdicts"), "and_none_is_made");
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
	remove_all("verdicts");
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
	if (!mkdtemp(etc))
		return 1;
	test_tables();
	test_table_errors();
	test_policy();
	test_order();
	test_editing();
	test_verdict_order();
	test_verdict_lines();
	test_verdict_twice();
	test_verdict_clock();
	test_verdict_room();
	test_verdict_held();
	test_verdict_owner();
	test_verdict_edit();
	test_verdict_many();
	test_why();
	remove_all("");
	return tap_done();
}
