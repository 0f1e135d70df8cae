// SPDX-License-Identifier: GPL-2.0-or-later
/* store_damage.c - the store on a journal or a database that is damaged, or not there. */
#include <stdio.h>

#include "tests/unit/fake_region.h"
#include "tests/unit/tap.h"

#define SCRIPT "#!/bin/sh\necho "

static void test_journal_gone(void)
{
	struct file f = make_file(SCRIPT "journal", 0);
	json_t *status;
	int fd;

	fresh();
	fd = openat(w.state_dir, "egress", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	close(fd);
	start();
	ask(&f);
	status = command("status");
	tap_ok(strcmp(json_string_value(json_object_get(status, "journal")), "ok"),
	       "journal_that_cannot_be_written_is_shown");
	json_decref(status);
	tap_is(w.ready, 0, "without_a_journal_nobody_need_wait");
	tap_is(w.orders[GTH_ORDER_STATEMENT] + w.orders[GTH_ORDER_LOOKUP], 0,
	       "without_a_journal_nothing_leaves");
	must(!unlinkat(w.state_dir, "egress", 0));
	tap_ok(until(finding(&f) == GTH_FINDING_BENIGN), "with_it_all_goes_on");
	tap_is(w.ready, 1, "and_who_waits_is_answered");
	stop_by(SIGTERM);
	close(f.fd);
}

/* A journal of some entries, and a known verdict. */
static void used_journal(const struct file *f)
{
	fresh();
	start();
	ask(f);
	until(finding(f) == GTH_FINDING_BENIGN && files_in("spool") == 0);
	stop_by(SIGTERM);
	w.heard_n = 0;
}

static unsigned int orders(void)
{
	unsigned int n = 0;

	for (int i = 0; i < GTH_ORDERS; i++)
		n += w.orders[i];
	return n;
}

/* Does status say this of the journal? */
static bool journal_says(const char *words)
{
	json_t *status = command("status");
	const char *text = json_string_value(json_object_get(status, "journal"));
	bool says = text && strstr(text, words);

	if (!says)
		tap_note("%s", text ? text : "no answer");
	json_decref(status);
	return says;
}

/* By a shell command in egress/. Nothing is asked, nobody waits; moved away and accepted, all goes
 * on. */
static void damaged_journal(const char *how, const char *name)
{
	struct file f = make_file(SCRIPT "one", 0), g = make_file(SCRIPT "two", 0);
	char line[256];

	used_journal(&f);
	snprintf(line, sizeof(line), "cd %s/egress && %s", w.dir, how);
	must(!system(line));
	memset(w.orders, 0, sizeof(w.orders));
	start();
	until(finding(&f) == GTH_FINDING_BENIGN);
	tap_ok(journal_says("damaged") && !w.ready, name);
	tap_is(finding(&f), GTH_FINDING_BENIGN, "what_is_known_is_told_all_the_same");
	ask(&g);
	for (int i = 0; i < 10; i++)
		status_of(NULL, "verdicts");
	tap_is(orders(), 0, "and_nothing_leaves");
	must(!renameat(w.state_dir, "egress", w.state_dir, "egress.damaged"));
	tap_ok(journal_says("deleted or rolled back") && !orders() && !w.ready,
	       "another_journal_is_not_taken_unasked");
	memset(&w.kept, 0, sizeof(w.kept));
	tell_kept();
	tap_ok(until(finding(&g) == GTH_FINDING_BENIGN) && w.ready == 1,
	       "once_it_is_accepted_all_goes_on");
	stop_by(SIGTERM);
	tap_ok(!read_journal() && journal.kinds[GTH_EGRESS_SUBMISSION] == 1, "and_it_is_whole");
	close(f.fd);
	close(g.fd);
}

/* While it runs: adding fails, later it does not. */
static void test_journal_stops(void)
{
	struct file f = make_file(SCRIPT "stops", 0);
	char line[160];

	fresh();
	start();
	until(w.ready == 1 && w.statements == 1);
	/* A file where a directory of tiles has to be: root too can write no tile. */
	snprintf(line, sizeof(line), "cd %s/egress/tile && mv entries ../kept && : >entries",
		 w.dir);
	must(!system(line));
	ask(&f);
	tap_ok(until(w.unable == 1) && !w.orders[GTH_ORDER_LOOKUP],
	       "journal_that_stops_lets_nobody_wait");
	snprintf(line, sizeof(line), "cd %s/egress/tile && rm entries && mv ../kept entries",
		 w.dir);
	must(!system(line));
	tap_ok(until(finding(&f) == GTH_FINDING_BENIGN) && until(w.ready == 2) && w.unable == 1,
	       "journal_that_goes_on_lets_all_go_on");
	stop_by(SIGTERM);
	tap_ok(journal_covers(), "and_has_all_that_left");
	close(f.fd);
}

static void damage_database(void)
{
	int fd = openat(w.state_dir, "store.db", O_RDWR | O_CLOEXEC);

	must(pwrite(fd, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 32, 0) == 32);
	close(fd);
}

static void test_damage(void)
{
	struct file f = make_file(SCRIPT "damage", 0);

	fresh();
	w.faults.mute[GTH_ORDER_CREATE] = true;
	start();
	ask(&f);
	until(w.orders[GTH_ORDER_CREATE] == 1);
	stop_by(SIGTERM);
	damage_database();
	w.faults.mute[GTH_ORDER_CREATE] = false;
	start();
	until(w.ready == 1);
	tap_is(status_of(NULL, "lost_files"), 1, "file_without_a_row_is_reported");
	tap_is(files_in("spool"), 0, "and_removed");
	tap_is(files_in(". | grep store.db.damaged-"), 1, "damaged_database_is_set_aside");
	ask(&f);
	tap_ok(until(finding(&f) == GTH_FINDING_BENIGN), "and_the_work_goes_on");
	stop_by(SIGTERM);
	tap_ok(journal_covers(), "journal_outlives_the_database");
	close(f.fd);
}

/* What the guard says, or (none) nobody knows. */
static void guarded(bool none)
{
	struct file a = make_file(SCRIPT "a", 50000), b = make_file(SCRIPT "b", 50000);
	char *old;

	fresh();
	old = make_statement(&w.statement_key, "CH", -600, 3600);
	w.settings.config.daily_quota = 80000;
	start();
	ask(&a);
	until(finding(&a) >= 0 && files_in("spool") == 0);
	stop_by(SIGTERM);
	damage_database();
	if (none) {
		int fd = openat(w.state_dir, "guard", O_RDWR | O_CLOEXEC);

		must(fd >= 0 && pwrite(fd, "x", 1, 90) == 1);
		close(fd);
	}
	start();
	ask(&b);
	tap_ok(until(status_of("waits", "quota") == 1) && w.n == 1,
	       none ? "quota_that_nobody_knows_is_spent" : "quota_outlives_the_database");
	stop_by(SIGTERM);
	if (none) {
		free(old);
	} else {
		damage_database();
		set_statement(old);
		memset(w.orders, 0, sizeof(w.orders));
		w.settings.config.daily_quota = 0;
		start();
		ask(&b);
		until(w.orders[GTH_ORDER_STATEMENT] >= 3);
		tap_ok(!w.orders[GTH_ORDER_LOOKUP] && !w.orders[GTH_ORDER_CREATE],
		       "older_statement_is_refused_without_the_database");
		stop_by(SIGTERM);
	}
	close(a.fd);
	close(b.fd);
}

int main(void)
{
	make_keys();
	test_journal_gone();
	damaged_journal("for t in tile/entries/*.p/*; do printf x >\"$t\"; done",
			"damaged_last_tile_is_told_and_nobody_waits");
	damaged_journal("rm checkpoint", "missing_checkpoint_is_told_and_nobody_waits");
	damaged_journal("printf x >checkpoint", "damaged_checkpoint_is_told_and_nobody_waits");
	test_journal_stops();
	test_damage();
	guarded(false);
	guarded(true);
	fresh();
	return tap_done();
}
