// SPDX-License-Identifier: GPL-2.0-or-later
/* update_state.c - how the last update went: its text and its file; and the pin. */
#include <sys/stat.h>
#include <unistd.h>

#include "lib/release/history.h"
#include "lib/release/update_state.h"
#include "tests/unit/lib/etc_dir.h"
#include "tests/unit/lib/must.h"
#include "tests/unit/texts.h"

static const struct texts_field fields[] = {
	{ "state", TEXTS_WORD },  { "since", TEXTS_NUMBER },	 { "time", TEXTS_NUMBER },
	{ "name", TEXTS_TEXT },	  { "version", TEXTS_NUMBER },	 { "log", TEXTS_BYTES },
	{ "size", TEXTS_NUMBER }, { "witnessed", TEXTS_NUMBER }, { 0 }
};
TEXTS_KIND(update_state, fields);

static struct gth_update_state a_state(void)
{
	struct gth_update_state u = { .state = GTH_FOLLOW_FROZEN,
				      .since = 5,
				      .time = 9,
				      .version = 7,
				      .size = 12,
				      .witnessed = 4 };

	strcpy(u.name, "main");
	strcpy(u.log, "log.example/a b");
	return u;
}

static void test_text(void)
{
	struct gth_update_state u = a_state();
	char *text;
	int good = 0;

	tap_ok(texts_same(&update_state_kind, &u, &text), "a_state_comes_back");
	texts_refuse(&update_state_kind, text);
	free(text);
	for (enum gth_follow_state s = GTH_FOLLOW_CURRENT; s <= GTH_FOLLOW_REFUSED; s++) {
		u.state = s;
		good += texts_same(&update_state_kind, &u, &text) &&
			strstr(text, gth_follow_word(s));
		free(text);
	}
	tap_is(good, GTH_FOLLOW_REFUSED + 1, "each_state_has_its_word");
	*u.name = '\0';
	texts_unwritten(&update_state_kind, &u, "no_name_is_not_written");
}

static struct gth_update_state noted(enum gth_follow_state state, uint64_t time, const char *log)
{
	struct gth_update_state u = a_state(), back;

	u.state = state;
	u.time = time;
	snprintf(u.log, sizeof(u.log), "%s", log);
	if (!*log)
		u.size = u.witnessed = u.version = 0;
	must(!gth_update_state_note(&u, etc) && !gth_update_state_load(&back, etc));
	return back;
}

static void test_file(void)
{
	struct gth_update_state u;

	tap_is(gth_update_state_load(&u, etc), -ENOENT, "there_was_no_update_yet");
	u = noted(GTH_FOLLOW_CURRENT, 100, "log.example");
	tap_ok(u.since == 100 && u.time == 100, "a_state_begins");
	u = noted(GTH_FOLLOW_CURRENT, 200, "log.example");
	tap_ok(u.since == 100 && u.time == 200, "it_lasts");
	u = noted(GTH_FOLLOW_UNREACHABLE, 300, "");
	tap_ok(u.since == 300 && u.size == 12 && u.witnessed == 4 && u.version == 7 &&
		       !strcmp(u.log, "log.example"),
	       "out_of_reach_nothing_is_forgotten");
	u = noted(GTH_FOLLOW_UNREACHABLE, 250, "");
	tap_ok(u.since == 250, "a_clock_that_goes_back_begins_anew");
	etc_write(GTH_UPDATE_FILE, "torn");
	tap_is(gth_update_state_load(&u, etc), -EBADMSG, "a_torn_file_is_told");
	u = noted(GTH_FOLLOW_FORKED, 400, "log.example");
	tap_ok(u.since == 400, "and_replaced");
	must(!chmod(etc, 0777));
	tap_ok(gth_update_state_load(&u, etc) == -EPERM && gth_update_state_note(&u, etc) == -EPERM,
	       "a_directory_of_others_is_not_believed");
	must(!chmod(etc, 0700));
}

static void test_pin(void)
{
	struct gth_history_act a = { .kind = GTH_HISTORY_PIN, .time = 1, .version = 7 }, b;

	strcpy(a.name, "main");
	strcpy(a.why, "wait");
	tap_is(gth_pin_load(etc, &b), -ENOENT, "nothing_is_pinned");
	tap_is(gth_pin_set(etc, NULL), -ENOENT, "so_nothing_is_unpinned");
	tap_ok(!gth_pin_set(etc, &a) && !gth_pin_load(etc, &b) && !memcmp(&a, &b, sizeof(a)),
	       "a_pin_comes_back");
	a.version = 8;
	tap_ok(!gth_pin_set(etc, &a) && !gth_pin_load(etc, &b) && b.version == 8, "it_is_replaced");
	a.kind = GTH_HISTORY_LOAD;
	must(!gth_pin_set(etc, &a));
	tap_is(gth_pin_load(etc, &b), -EBADMSG, "another_act_is_not_a_pin");
	etc_write(GTH_PIN_FILE, GTH_HISTORY_HEADER);
	tap_is(gth_pin_load(etc, &b), -EBADMSG, "nor_is_none");
	etc_write(GTH_PIN_FILE, "torn");
	tap_is(gth_pin_load(etc, &b), -EBADMSG, "nor_a_torn_one");
	tap_ok(!gth_pin_set(etc, NULL) && gth_pin_load(etc, &b) == -ENOENT, "it_can_be_removed");
}

int main(void)
{
	etc_begin();
	test_text();
	test_file();
	test_pin();
	etc_remove("");
	return tap_done();
}
