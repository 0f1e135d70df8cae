// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * store_journal.c - a journal that was deleted, rolled back or written anew: the broker
 * keeps its head, and without a journal that continues it nothing leaves.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/lib/asked_file.h"
#include "tests/unit/lib/egress_journal.h"
#include "tests/unit/lib/fake_broker.h"
#include "tests/unit/lib/fake_region.h"
#include "tests/unit/lib/keys.h"
#include "tests/unit/lib/must.h"
#include "tests/unit/lib/store_command.h"
#include "tests/unit/lib/store_process.h"
#include "tests/unit/tap.h"

static void shell(const char *command)
{
	char line[512];

	snprintf(line, sizeof(line), "cd %s && %s", store.dir, command);
	must(!system(line));
}

/* Is what the broker keeps the head of the journal that is on the disk? */
static bool kept_is_head(void)
{
	int dir = openat(store.state_dir, "egress", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct gth_checkpoint c;
	uint8_t root[32];
	bool is = !gth_tlog_checkpoint(dir, &keys.endpoint.verifier, &c) &&
		  !gth_frontier_root(&broker.kept, root) && c.size == broker.kept.size &&
		  !memcmp(root, c.root, 32);

	close(dir);
	return is;
}

/* A file that was not asked for yet is asked for. */
static bool goes(struct file *f)
{
	ask(f);
	return until(finding(f) == GTH_FINDING_BENIGN && files_in("spool") == 0);
}

/* Nothing leaves, no task waits, and status says these words; f is asked for meanwhile. */
static bool stuck(struct file *f, const char *words)
{
	bool says;

	memset(region.orders, 0, sizeof(region.orders));
	ask(f);
	says = journal_says(words) && journal_says("gotthardctl egress accept-new");
	for (int i = 0; i < 10; i++)
		status_of(NULL, "verdicts");
	return says && !region_orders();
}

static void begin_with(struct file *f)
{
	fresh();
	start();
	must(goes(f));
	stop_by(SIGTERM);
}

/* Between two runs of the store. */
static void tampered(const char *how, const char *words, const char *name)
{
	struct file f = make_file(SCRIPT "one", 0), g = make_file(SCRIPT "two", 0),
		    h = make_file(SCRIPT "three", 0);
	struct gth_frontier was;

	begin_with(&f);
	shell("cp -r egress older");
	start();
	must(goes(&g));
	stop_by(SIGTERM);
	tap_ok(kept_is_head(), "broker_has_the_head");
	was = broker.kept;
	shell(how);
	start();
	tap_ok(stuck(&h, words) && !broker.ready, name);
	tap_ok(!memcmp(&was, &broker.kept, sizeof(was)), "and_the_broker_keeps_its_head");
	stop_by(SIGTERM);
	close(f.fd);
	close(g.fd);
	close(h.fd);
}

/* While the store runs, and then root puts it back, or accepts it as it is. */
static void test_running(void)
{
	struct file f = make_file(SCRIPT "one", 0), g = make_file(SCRIPT "two", 0),
		    h = make_file(SCRIPT "three", 0);

	begin_with(&f);
	shell("cp -r egress older");
	start();
	must(goes(&g));
	shell("mv egress newer && cp -r older egress");
	tap_ok(stuck(&h, "deleted or rolled back") && until(broker.unable == 1),
	       "roll_back_under_a_running_store_stops_it");
	shell("mv egress older2 && mv newer egress");
	tap_ok(until(finding(&h) == GTH_FINDING_BENIGN) && until(broker.ready == 2),
	       "put_back_all_goes_on");
	until(files_in("spool") == 0);
	tap_ok(journal_says("ok"), "and_status_says_so");
	close(g.fd);
	g = make_file(SCRIPT "four", 0);
	shell("rm -r egress");
	tap_ok(stuck(&g, "has 0 entries"), "deletion_under_a_running_store_stops_it");
	memset(&broker.kept, 0, sizeof(broker.kept));
	tell_kept();
	tap_ok(until(finding(&g) == GTH_FINDING_BENIGN), "accepted_as_it_is_all_goes_on");
	stop_by(SIGTERM);
	tap_ok(kept_is_head() && !read_journal(), "from_the_new_journal_on");
	close(f.fd);
	close(g.fd);
	close(h.fd);
}

/* The number of the entry that says so, from @from on; -1: there is none. */
static int accepted_at(int from, const char *what)
{
	int fd = openat(store.state_dir, "egress", O_RDONLY | O_DIRECTORY | O_CLOEXEC), at = -1;
	struct gth_tlog *log;
	struct gth_egress e;

	must(fd >= 0 && !gth_tlog_open(&log, fd, &keys.endpoint));
	for (int i = from; at < 0 && i < (int)gth_tlog_size(log); i++) {
		void *text;
		size_t len;

		must(!gth_tlog_read(fd, gth_tlog_size(log), (uint64_t)i, &text, &len));
		must(!gth_egress_parse(&e, text, len));
		if (e.kind == GTH_EGRESS_ACCEPTED && !strcmp(e.what, what) && !*e.region &&
		    !e.bytes)
			at = i;
		free(text);
	}
	gth_tlog_close(log);
	close(fd);
	return at;
}

/* A reader of a copy sees it, who sees nothing of what the broker keeps. */
static void test_accepted(void)
{
	static const char first[] = "by uid 1000 at 1700000000 in place of 9 entries, root AA==";
	static const char second[] = "by uid 0 at 1700000001 in place of 3 entries, root AA==";
	struct file f = make_file(SCRIPT "accepted", 0), g = make_file(SCRIPT "accepted 2", 0);
	int at;

	begin_with(&f);
	shell("rm -r egress");
	memset(&broker.kept, 0, sizeof(broker.kept));
	broker.accepted = first;
	start();
	tap_ok(until(broker.kept.size >= 1), "that_root_accepted_it_is_entered_by_itself");
	must(goes(&g));
	stop_by(SIGTERM);
	tap_ok(!read_journal() && journal.kinds[GTH_EGRESS_ACCEPTED] == 1 &&
		       accepted_at(0, first) == 0,
	       "before_all_else");
	for (int i = 0; i < 2; i++) {
		start();
		until(broker.ready == 1);
		stop_by(i ? SIGKILL : SIGTERM);
	}
	tap_ok(!read_journal() && journal.kinds[GTH_EGRESS_ACCEPTED] == 1, "and_not_at_each_start");
	at = (int)broker.kept.size;
	start();
	until(broker.ready == 1);
	broker.accepted = second;
	tell_kept();
	close(f.fd);
	f = make_file(SCRIPT "accepted 3", 0);
	must(goes(&f));
	stop_by(SIGTERM);
	tap_ok(!read_journal() && journal.kinds[GTH_EGRESS_ACCEPTED] == 2 &&
		       accepted_at(at, second) >= at,
	       "under_a_running_store_too");
	broker.accepted = NULL;
	close(f.fd);
	close(g.fd);
}

static void test_unknown_head(void)
{
	struct file f = make_file(SCRIPT "unknown", 0);

	fresh();
	broker.unkept = EBADMSG;
	start();
	memset(region.orders, 0, sizeof(region.orders));
	ask(&f);
	tap_ok(journal_says("does not know the head of the journal") && !region_orders() &&
		       !broker.ready,
	       "a_broker_that_does_not_know_sends_nothing");
	broker.unkept = 0;
	tell_kept();
	tap_ok(until(finding(&f) == GTH_FINDING_BENIGN), "once_it_knows_all_goes_on");
	stop_by(SIGTERM);
	close(f.fd);
}

/* The machine was updated, or the broker's file was older: what it does not have yet is sent. */
static void test_ahead(void)
{
	struct file f = make_file(SCRIPT "ahead", 0), g = make_file(SCRIPT "more", 0);
	struct gth_tlog *log;
	uint64_t index;
	int dir;

	begin_with(&f);
	dir = openat(store.state_dir, "egress", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	must(!gth_tlog_open(&log, dir, &keys.endpoint));
	for (int i = 0; i < 1000; i++)
		must(!gth_tlog_append(log, "not told", 8, &index));
	gth_tlog_close(log);
	close(dir);
	start();
	tap_ok(until(broker.kept.size > 1000 && broker.ready == 1) && goes(&g),
	       "what_the_broker_lacks_is_sent_at_the_start");
	stop_by(SIGTERM);
	tap_ok(kept_is_head(), "and_it_has_the_head_then");
	memset(&broker.kept, 0, sizeof(broker.kept));
	start();
	until(broker.kept.size > 1000);
	stop_by(SIGTERM);
	tap_ok(kept_is_head(), "so_it_has_of_a_journal_from_before_it_kept_any");
	close(f.fd);
	close(g.fd);
}

/* Killed at any moment: the journal is never behind what the broker keeps. */
static void test_killed(void)
{
	bool never_behind = true, continues = true;
	unsigned int seen = 0;

	fresh();
	for (int round = 0; round < 40; round++) {
		char text[64];
		struct file f;

		snprintf(text, sizeof(text), SCRIPT "round %d", round);
		f = make_file(text, 0);
		start();
		ask(&f);
		/* After so many entries that the broker has heard of, whatever they are. */
		uint64_t wanted = broker.kept.size + (uint64_t)(round % 9);

		until(broker.kept.size >= wanted || finding(&f) >= 0);
		stop_by(SIGKILL);
		seen += finding(&f) < 0;
		never_behind &= !broker.kept.size || !read_journal();
		start();
		continues &= journal_says("ok");
		stop_by(SIGTERM);
		continues &= kept_is_head();
		close(f.fd);
	}
	tap_ok(never_behind, "after_a_kill_the_journal_is_whole");
	tap_ok(continues, "and_the_next_store_goes_on_with_it");
	tap_ok(seen > 0, "some_were_killed_on_the_way");
}

int main(void)
{
	make_keys();
	tampered("rm -r egress", "has 0 entries", "deleted_journal_stops_all");
	tampered("rm -r egress && mv older egress", "rolled back", "rolled_back_journal_stops_all");
	tampered("for t in egress/tile/0/*.p/*; do printf x | dd of=$t bs=1 seek=40 conv=notrunc "
		 "2>/dev/null; done",
		 "damaged", "changed_leaf_stops_all");
	tampered("t=$(echo egress/tile/entries/*.p/*) && printf x | dd of=$t bs=1 seek=90 "
		 "conv=notrunc 2>/dev/null",
		 "damaged", "changed_entry_stops_all");
	test_running();
	test_accepted();
	test_unknown_head();
	test_ahead();
	test_killed();
	store_end();
	return tap_done();
}
