// SPDX-License-Identifier: GPL-2.0-or-later
/* floors.c - the highest release of each name, over a restart: its file, and its way to the module.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/host/floors.h"
#include "lib/util/sha256.h"
#include "tests/unit/lib/etc_dir.h"
#include "tests/unit/lib/fake_module.h"
#include "tests/unit/lib/must.h"
#include "tests/unit/tap.h"

#define HEADER "gotthard-floors 1\n"
#define DIGEST "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static unsigned int wrong_lines, wrong_line; /* how many, and the first */

static void note_wrong(void *ctx, unsigned int line, const char *text)
{
	(void)ctx, (void)text;
	if (!wrong_lines++)
		wrong_line = line;
}

/* The error, with the lines that were wrong counted. */
static int parse(struct gth_floors *list, const char *text, size_t len)
{
	wrong_lines = wrong_line = 0;
	return gth_floors_parse(list, text, len, note_wrong, NULL);
}

static int parse_text(struct gth_floors *list, const char *text)
{
	return parse(list, text, strlen(text));
}

static void test_text(void)
{
	static const char *const wrong[] = {
		"main 7",
		"main 7 ",
		"main  7 " DIGEST,
		" main 7 " DIGEST,
		" 7 " DIGEST,
		"main 0 " DIGEST,
		"main -7 " DIGEST,
		"main 9223372036854775808 " DIGEST,
		"main 7 " DIGEST " ",
		"main 7 " DIGEST "\r",
		"main 7 0" DIGEST,
		"main 7 x" DIGEST,
		"abcdefghijklmnopqrstuvwxyz012345 7 " DIGEST,
		"",
	};
	struct gth_floors list;
	char text[4096], name[64];
	bool torn_is_taken = false;
	size_t len;

	tap_ok(!parse_text(&list, HEADER) && !list.n, "file_without_floors");
	tap_ok(!parse_text(&list,
			   HEADER "main 7 " DIGEST "\nother.2 9223372036854775807 " DIGEST "\n") &&
		       list.n == 2 && !strcmp(list.floor[0].name, "main") &&
		       list.floor[0].version == 7 && list.floor[0].body_digest[31] == 0x1f &&
		       !strcmp(list.floor[1].name, "other.2") &&
		       list.floor[1].version == 9223372036854775807ULL,
	       "each_line_is_a_floor");
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		snprintf(text, sizeof(text), HEADER "a 1 " DIGEST "\n%s\nb 2 " DIGEST "\n",
			 wrong[i]);
		snprintf(name, sizeof(name), "wrong_line_%zu_takes_nothing_from_the_others", i);
		tap_ok(parse_text(&list, text) == -EBADMSG && wrong_lines == 1 && wrong_line == 3 &&
			       list.n == 2 && list.floor[1].version == 2,
		       name);
	}
	tap_ok(parse_text(&list, "gotthard-floors 2\nmain 7 " DIGEST "\n") == -EBADMSG && !list.n,
	       "other_first_line_is_another_format");
	tap_ok(parse(&list, "", 0) == -EBADMSG, "empty_file_is_damaged");
	tap_ok(parse(&list, HEADER "a\0b 7 " DIGEST "\n", sizeof(HEADER) + 6 + 64) == -EBADMSG,
	       "nul_is_refused");

	len = (size_t)snprintf(text, sizeof(text), HEADER);
	for (int i = 0; i < 17; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "n%d 1 " DIGEST "\n", i);
	tap_ok(parse(&list, text, len) == -EBADMSG && list.n == 16 && wrong_line == 18,
	       "so_many_as_the_module_remembers");
	/* Torn anywhere but between two lines. */
	len = (size_t)snprintf(text, sizeof(text), HEADER "main 7 " DIGEST "\n");
	for (size_t n = 0; n < len; n++)
		if (n != sizeof(HEADER) - 1 && parse(&list, text, n) != -EBADMSG)
			torn_is_taken = true;
	tap_ok(!torn_is_taken, "torn_text_is_damaged");
}

static const char *path_of(const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", etc, name);
	return path;
}

static struct gth_floor floor_at(const char *name, unsigned long long version)
{
	struct gth_floor f = { .version = version };

	snprintf(f.name, sizeof(f.name), "%s", name);
	for (unsigned int i = 0; i < GTH_DIGEST_SIZE; i++)
		f.body_digest[i] = (unsigned char)i;
	return f;
}

static int note(const char *name, unsigned long long version, bool rollback)
{
	const struct gth_floor f = floor_at(name, version);

	return gth_floors_note(etc, &f, rollback);
}

static ino_t inode(void)
{
	struct stat st;

	must(!stat(path_of("floors"), &st));
	return st.st_ino;
}

static void test_file(void)
{
	struct gth_floor f = floor_at("main", 7);
	struct gth_floors back;
	char name[16];
	ino_t before;
	int err = 0;

	tap_is(gth_floors_load(&back, etc, note_wrong, NULL), -ENOENT, "none_at_first");
	tap_ok(!note("main", 7, false) &&
		       !strcmp(etc_content("floors"), HEADER "main 7 " DIGEST "\n"),
	       "first_one_is_written");
	tap_ok(!gth_floors_load(&back, etc, note_wrong, NULL) && back.n == 1 &&
		       !memcmp(&back.floor[0], &f, sizeof(f)),
	       "and_read_again");
	before = inode();
	tap_ok(!note("main", 7, false) && !note("main", 6, false) && inode() == before,
	       "nothing_higher_is_not_written");
	tap_ok(!note("main", 3, true) &&
		       !strcmp(etc_content("floors"), HEADER "main 3 " DIGEST "\n"),
	       "rollback_lowers_it");
	f = floor_at("main", 3);
	f.body_digest[31] = 0;
	tap_ok(!gth_floors_note(etc, &f, false) && strstr(etc_content("floors"), "1e00\n"),
	       "same_version_of_another_body_is");
	tap_ok(!note("other", 1, false) && strstr(etc_content("floors"), "other 1 " DIGEST "\n") &&
		       strstr(etc_content("floors"), "main 3 "),
	       "each_name_has_its_own");
	etc_write("floors", HEADER "rest\nmain 9 " DIGEST "\n");
	tap_ok(!note("main", 8, false) &&
		       !strcmp(etc_content("floors"), HEADER "rest\nmain 9 " DIGEST "\n"),
	       "damaged_file_that_says_enough_stays");
	tap_ok(!note("main", 10, false) &&
		       !strcmp(etc_content("floors"), HEADER "main 10 " DIGEST "\n"),
	       "damaged_line_goes_with_the_next_write");
	for (int i = 1; i < GTH_FLOORS_MAX && !err; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		err = note(name, 1, false);
	}
	tap_ok(!err && note("more", 1, false) == -ENOSPC && !note("n15", 2, false),
	       "so_many_names_and_no_other");
	must(!chmod(etc, 0777));
	tap_is(gth_floors_load(&back, etc, note_wrong, NULL), -EPERM,
	       "directory_of_others_is_not_read");
	tap_is(note("main", 11, false), -EPERM, "nor_written");
	must(!chmod(etc, 0700));
	f = floor_at("main", 3);
	tap_ok(!gth_floors_note(path_of("made"), &f, false) &&
		       !strcmp(etc_content("made/floors"), HEADER "main 3 " DIGEST "\n"),
	       "missing_directory_is_made");
	etc_remove("floors");
}

static void test_body(void)
{
	struct gth_floors list = { .n = 1, .floor[0] = { .version = 3, .name = "main" } };
	struct gth_info in_force = { .table_version = 3, .name = "main" };
	int ends[2], fd;

	must(!gth_sha256("body", 4, list.floor[0].body_digest));
	etc_write("body", "body");
	fd = open(path_of("body"), O_RDONLY);
	must(fd >= 0 && lseek(fd, 2, SEEK_SET) == 2);
	tap_is(gth_floors_body(&list, &in_force, fd), 0, "body_in_force");
	tap_is(gth_floors_body(&list, &in_force, fd), 0, "read_from_its_start_each_time");
	etc_write("body", "bodi");
	tap_is(gth_floors_body(&list, &in_force, fd), -EBADMSG, "changed_body");
	etc_write("body", "bod");
	tap_is(gth_floors_body(&list, &in_force, fd), -EBADMSG, "short_body");
	close(fd);
	must(!pipe(ends));
	tap_is(gth_floors_body(&list, &in_force, ends[0]), -ESPIPE, "pipe");
	close(ends[0]);
	close(ends[1]);
	in_force.table_version = 4;
	tap_is(gth_floors_body(&list, &in_force, -1), -ENODATA, "module_knows_another_version");
	strcpy(in_force.name, "other");
	tap_is(gth_floors_body(&list, &in_force, -1), -ENODATA, "module_does_not_know_the_name");
	etc_remove("body");
}

/* A module in which this release of main is in force once it was loaded */
static void restore_with(unsigned long long version)
{
	memset(&module, 0, sizeof(module));
	module.room = 100;
	module.version = version;
	strcpy(module.name, "main");
	module.in_force = floor_at("main", version);
	gth_restore(&result, &device, etc, etc);
}

static void test_restore(void)
{
	restore(0);
	tap_ok(!result.n && !*module.journal && !etc_has("floors"), "first_start_has_no_floors");
	etc_write("floors", HEADER "main 7 " DIGEST "\nother 3 " DIGEST "\n");
	etc_write("policy.conf", "mode = enforce\n");
	etc_make_dir("tables.d");
	etc_make_dir("tables.d/main");
	etc_write("tables.d/main/manifest", "one");
	etc_write("tables.d/main/body", "one");
	restore_with(7);
	tap_ok(!result.n && !strcmp(module.journal,
				    "raise main to 7;raise other to 3;load one;set mode=enforce;"),
	       "floors_come_before_the_table");
	restore_with(8);
	tap_ok(!result.n && !strcmp(etc_content("floors"),
				    HEADER "main 8 " DIGEST "\nother 3 " DIGEST "\n"),
	       "release_that_was_loaded_raises_its_floor");
	etc_write("floors", HEADER "main 7 " DIGEST "\nWRONG 3 " DIGEST "\nrest\n");
	restore_with(7);
	tap_ok(result.n == 2 && strstr(result.problem[0], "floors:4: ") &&
		       strstr(result.problem[1], "version 3 of WRONG is not taken") &&
		       !strcmp(module.journal,
			       "raise main to 7;raise WRONG to 3;load one;set mode=enforce;"),
	       "damaged_floors_are_problems_and_the_others_count");
	restore(-ESTALE);
	tap_ok(result.n == 3 && strstr(result.problem[2], "its version is not higher") &&
		       strstr(etc_content("floors"), "main 7 "),
	       "refused_table_changes_no_floor");
	must(!chmod(etc, 0777));
	restore_with(7);
	tap_ok(result.n == 2 && strstr(result.problem[0], "others than root can write there") &&
		       strstr(result.problem[1], "cannot be written") &&
		       strstr(module.journal, "load one;"),
	       "unreadable_floors_are_a_problem_and_the_table_is_loaded");
	must(!chmod(etc, 0700));
}

int main(void)
{
	etc_begin();
	test_text();
	test_file();
	test_body();
	test_restore();
	etc_remove("");
	return tap_done();
}
