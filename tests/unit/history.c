// SPDX-License-Identifier: GPL-2.0-or-later
/* history.c - the history of tables: lines there and back, what is refused, and the file. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/release/history.h"
#include "tests/unit/lib/etc_dir.h"
#include "tests/unit/lib/must.h"
#include "tests/unit/tap.h"

#define DIGEST "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define RELEASE "main 7 " DIGEST
#define PLACE "log.example/a 3 5 " DIGEST

static unsigned int wrong_lines, wrong_line; /* how many, and the first */

static void note_wrong(void *ctx, unsigned int line, const char *text)
{
	(void)ctx, (void)text;
	if (!wrong_lines++)
		wrong_line = line;
}

/* From a copy of exactly its size, so that the sanitizer sees a read past it. */
static int parse(struct gth_history *h, const char *text, size_t len)
{
	char *copy = malloc(len ? len : 1);
	int err;

	must(copy);
	memcpy(copy, text, len);
	wrong_lines = wrong_line = 0;
	err = gth_history_parse(h, copy, len, note_wrong, NULL);
	free(copy);
	return err;
}

static struct gth_history_act an_act(uint64_t version)
{
	struct gth_history_act a = { .time = 1800000000,
				     .uid = 1000,
				     .kind = GTH_HISTORY_LOAD,
				     .name = "main",
				     .version = version };

	for (int i = 0; i < GTH_DIGEST_SIZE; i++)
		a.body_digest[i] = (uint8_t)i;
	return a;
}

static struct gth_history_act proved(uint64_t version)
{
	struct gth_history_act a = an_act(version);

	strcpy(a.checkpoint.origin, "log.example/a");
	a.index = 3;
	a.checkpoint.size = 5;
	memcpy(a.checkpoint.root, a.body_digest, sizeof(a.checkpoint.root));
	a.witnessed = 1799999999;
	strcpy(a.witnesses, "one two");
	return a;
}

static bool comes_back(const struct gth_history_act *a, const char *wanted)
{
	char line[GTH_HISTORY_LINE_MAX], text[GTH_HISTORY_LINE_MAX + 64];
	struct gth_history h;
	bool good = gth_history_format(a, line) == (int)strlen(line) &&
		    (!wanted || !strcmp(line, wanted));

	if (!good)
		tap_note("%s", line);
	snprintf(text, sizeof(text), GTH_HISTORY_HEADER "%s", line);
	good = !parse(&h, text, strlen(text)) && h.n == 1 && !memcmp(&h.act[0], a, sizeof(*a)) &&
	       good;
	gth_history_free(&h);
	return good;
}

static void test_lines(void)
{
	struct gth_history_act a = an_act(7);

	tap_ok(comes_back(&a, "1800000000 1000 load " RELEASE " none\n"), "an_act_without_proof");
	strcpy(a.why, "a stick, from me");
	a.kind = GTH_HISTORY_ROLLBACK;
	tap_ok(comes_back(&a, "1800000000 1000 rollback " RELEASE " a%20stick%2C%20from%20me\n"),
	       "with_a_reason");
	a = proved(7);
	tap_ok(comes_back(&a,
			  "1800000000 1000 load " RELEASE " none " PLACE " 1799999999 one%20two\n"),
	       "a_proved_act");
	memset(a.name, '\xff', sizeof(a.name) - 1);
	memset(a.why, '\xff', sizeof(a.why) - 1);
	memset(a.checkpoint.origin, '\xff', sizeof(a.checkpoint.origin) - 1);
	memset(a.witnesses, '\xff', sizeof(a.witnesses) - 1);
	a.time = a.version = a.witnessed = a.checkpoint.size = INT64_MAX;
	a.index = INT64_MAX - 1;
	a.uid = UINT32_MAX;
	tap_ok(comes_back(&a, NULL), "the_longest_act");
	a.index++;
	tap_ok(gth_history_format(&a, (char[GTH_HISTORY_LINE_MAX]) { 0 }) == -EINVAL,
	       "an_act_that_no_reader_takes_is_not_written");
}

static void test_refused(void)
{
	static const char *const wrong[] = {
		"",
		"1 2 load " RELEASE,
		"1 2 load " RELEASE " none ",
		"1 2 load " RELEASE " none " PLACE " 9",
		"1 2 load " RELEASE " none " PLACE " 9 none none",
		"1 2 load " RELEASE " a,b",
		"01 2 load " RELEASE " none",
		"1 4294967296 load " RELEASE " none",
		"1 -2 load " RELEASE " none",
		"1 2 Load " RELEASE " none",
		"1 2 loads " RELEASE " none",
		"1 2  load " RELEASE " none",
		"1 2 load abcdefghijklmnopqrstuvwxyz012345 7 " DIGEST " none",
		"1 2 load main 9223372036854775808 " DIGEST " none",
		"1 2 load main 7 0" DIGEST " none",
		"1 2 load main 7 "
		"000102030405060708090A0b0c0d0e0f101112131415161718191a1b1c1d1e1f none",
		"1 2 load " RELEASE " none log.example 5 5 " DIGEST " 9 none",
		"1 2 load " RELEASE " none none 0 5 " DIGEST " 9 none",
		"1 2 load " RELEASE " none\r",
	};
	static char many[GTH_HISTORY_LINE_MAX * 64];
	struct gth_history h;
	char text[1024];
	int good = 0;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		snprintf(text, sizeof(text),
			 GTH_HISTORY_HEADER "1 2 load " RELEASE " none\n%s\n3 2 drop " RELEASE
					    " none\n",
			 wrong[i]);
		if (parse(&h, text, strlen(text)) == -EBADMSG && h.n == 2 && wrong_lines == 1 &&
		    wrong_line == 3 && h.act[1].kind == GTH_HISTORY_DROP)
			good++;
		else
			tap_note("%s", wrong[i]);
		gth_history_free(&h);
	}
	tap_is(good, sizeof(wrong) / sizeof(*wrong), "a_wrong_line_leaves_the_others");
	tap_ok(parse(&h, "", 0) == -EBADMSG && !h.n, "an_empty_file_is_damaged");
	gth_history_free(&h);
	tap_is(parse(&h, GTH_HISTORY_HEADER, strlen(GTH_HISTORY_HEADER)), 0, "a_file_of_no_act");
	gth_history_free(&h);
	strcpy(text, GTH_HISTORY_HEADER "1 2 load " RELEASE " none");
	tap_ok(parse(&h, text, strlen(text)) == -EBADMSG && wrong_line == 2,
	       "a_line_that_was_cut_off");
	gth_history_free(&h);
	strcpy(many, GTH_HISTORY_HEADER);
	for (int i = 0; i <= GTH_HISTORY_ACTS; i++)
		strcat(many, "1 2 load " RELEASE " none\n");
	tap_ok(parse(&h, many, strlen(many)) == -EBADMSG && h.n == GTH_HISTORY_ACTS &&
		       wrong_line == GTH_HISTORY_ACTS + 2,
	       "one_act_too_many");
	gth_history_free(&h);
}

static int load(struct gth_history *h)
{
	wrong_lines = wrong_line = 0;
	return gth_history_load(h, etc, note_wrong, NULL);
}

static void test_file(void)
{
	struct gth_history_act a = an_act(1), b = proved(2);
	struct gth_history h;
	int good = 0;

	etc_begin();
	tap_is(load(&h), -ENOENT, "no_file_is_told");
	gth_history_free(&h);
	must(!gth_history_add(etc, &a) && !gth_history_add(etc, &b));
	tap_ok(!load(&h) && h.n == 2 && !memcmp(&h.act[0], &a, sizeof(a)) &&
		       !memcmp(&h.act[1], &b, sizeof(b)),
	       "acts_are_added_at_the_end");
	gth_history_free(&h);
	for (uint64_t i = 3; i <= GTH_HISTORY_ACTS + 10; i++) {
		a.version = i;
		must(!gth_history_add(etc, &a));
	}
	tap_ok(!load(&h) && h.n == GTH_HISTORY_ACTS && h.act[0].version == 11 &&
		       h.act[h.n - 1].version == GTH_HISTORY_ACTS + 10,
	       "the_oldest_are_dropped");
	gth_history_free(&h);

	etc_write(GTH_HISTORY_FILE, GTH_HISTORY_HEADER "torn");
	must(!gth_history_add(etc, &a));
	tap_ok(load(&h) == -EBADMSG && h.n == 1 && wrong_lines == 1 && wrong_line == 2,
	       "a_damaged_line_stays_beside_the_new_one");
	gth_history_free(&h);
	etc_write(GTH_HISTORY_FILE, "another file\n");
	must(!gth_history_add(etc, &a));
	tap_ok(load(&h) == -EBADMSG && h.n == 1 && wrong_line == 2 &&
		       strstr(etc_content(GTH_HISTORY_FILE), "another file\n"),
	       "so_does_a_wrong_first_line");
	gth_history_free(&h);
	must(!chmod(etc, 0777));
	good += load(&h) == -EPERM;
	gth_history_free(&h);
	good += gth_history_add(etc, &a) == -EPERM;
	must(!chmod(etc, 0700));
	tap_is(good, 2, "a_directory_of_others_is_not_believed");
	etc_remove("");
}

int main(void)
{
	test_lines();
	test_refused();
	test_file();
	return tap_done();
}
