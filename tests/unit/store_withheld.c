// SPDX-License-Identifier: GPL-2.0-or-later
/* store_withheld.c - very many files that are not sent: the journal neither grows by each nor lies.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "tests/unit/lib/asked_file.h"
#include "tests/unit/lib/egress_journal.h"
#include "tests/unit/lib/fake_broker.h"
#include "tests/unit/lib/keys.h"
#include "tests/unit/lib/must.h"
#include "tests/unit/lib/store_command.h"
#include "tests/unit/lib/store_process.h"
#include "tests/unit/tap.h"

#define FILES 400
#define BURST 32 /* entries of their own, at once */

/* Files without a descriptor: nothing is copied, and D1 is off. */
static struct file files[FILES];

static void forbid_all(void)
{
	fresh();
	store.settings.config.lookup = store.settings.config.programs =
		store.settings.config.files = false;
	store.pace.withheld_ms = 1000000;
	store.pace.more_ms = 1000000;
}

static unsigned int told(void)
{
	unsigned int n = 0;

	for (int i = 0; i < FILES; i++)
		n += unknown(&files[i]) > 0;
	return n;
}

static void ask_all(void)
{
	for (int i = 0; i < FILES; i++) {
		ask(&files[i]);
		if (i % 16 == 15)
			pump(0);
	}
}

/* Those that have an entry of their own, and those that are counted. */
static unsigned int all(enum gth_withheld reason)
{
	return journal.reasons[reason] + journal.more[reason];
}

static void test_rate(void)
{
	forbid_all();
	start();
	until(broker.ready == 1);
	ask_all();
	tap_ok(until(told() == FILES), "everybody_is_answered");
	tap_is(status_of("withheld", "unreadable"), FILES, "all_are_listed");
	must(!read_journal());
	tap_is(journal.kinds[GTH_EGRESS_WITHHELD], BURST, "so_many_have_an_entry_of_their_own");
	stop_by(SIGTERM);
	must(!read_journal());
	tap_ok(all(GTH_WITHHELD_UNREADABLE) == FILES && all(GTH_WITHHELD_LOOKUP_OFF) == FILES,
	       "the_others_are_counted_for_each_reason");
	tap_ok(journal.kinds[GTH_EGRESS_WITHHELD] <= BURST + 2, "in_one_entry_for_each_reason");
	start();
	until(broker.ready == 1);
	ask_all();
	until(unknown(&files[FILES - 1]) == 2);
	stop_by(SIGTERM);
	must(!read_journal());
	tap_ok(all(GTH_WITHHELD_UNREADABLE) == FILES && all(GTH_WITHHELD_LOOKUP_OFF) == FILES,
	       "and_once");
}

static void test_time(void)
{
	unsigned int before;

	forbid_all();
	store.pace.more_ms = 300;
	start();
	until(broker.ready == 1);
	ask_all();
	until(told() == FILES);
	until(!read_journal() && all(GTH_WITHHELD_UNREADABLE) == FILES &&
	      all(GTH_WITHHELD_LOOKUP_OFF) == FILES);
	tap_ok(all(GTH_WITHHELD_UNREADABLE) == FILES, "counts_are_entered_when_it_is_time");
	before = journal.kinds[GTH_EGRESS_WITHHELD];
	stop_by(SIGTERM);
	must(!read_journal());
	tap_is(journal.kinds[GTH_EGRESS_WITHHELD], before, "and_not_again_at_the_end");
}

/* Killed at any moment, also while a count is on its way into the journal. */
static void test_kills(void)
{
	forbid_all();
	store.pace.more_ms = 1;
	store.pace.withheld_ms = 0;
	for (int round = 0; round < 16; round++) {
		store.pace.withheld_ms = 1000000;
		start();
		for (int i = 0; i < 25 * (round + 1); i++)
			ask(&files[i]);
		for (int i = 0; i < round * 4; i++)
			pump(2);
		stop_by(SIGKILL);
	}
	start();
	until(broker.ready == 1);
	ask_all();
	status_of(NULL, "verdicts");
	status_of(NULL, "verdicts");
	stop_by(SIGTERM);
	must(!read_journal());
	if (!tap_ok(all(GTH_WITHHELD_UNREADABLE) >= FILES && all(GTH_WITHHELD_LOOKUP_OFF) >= FILES,
		    "killed_at_any_moment_none_is_left_out"))
		tap_note("%u, %u", all(GTH_WITHHELD_UNREADABLE), all(GTH_WITHHELD_LOOKUP_OFF));
	tap_ok(journal.more[GTH_WITHHELD_UNREADABLE] <= FILES &&
		       journal.more[GTH_WITHHELD_LOOKUP_OFF] <= FILES,
	       "and_none_is_counted_twice");
}

int main(void)
{
	make_keys();
	for (int i = 0; i < FILES; i++) {
		char text[32];

		snprintf(text, sizeof(text), SCRIPT "%d", i);
		files[i] = make_file(text, 0);
		close(files[i].fd);
		files[i].request.fd = -EACCES;
	}
	test_rate();
	test_time();
	test_kills();
	store_end();
	return tap_done();
}
