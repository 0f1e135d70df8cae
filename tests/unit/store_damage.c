// SPDX-License-Identifier: GPL-2.0-or-later
/* store_damage.c - the store on a journal or a database that is damaged, or not there. */
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

static void test_journal_gone(void)
{
	struct file f = make_file(SCRIPT "journal", 0);
	json_t *status;
	int fd;

	fresh();
	fd = openat(store.state_dir, "egress", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	close(fd);
	start();
	ask(&f);
	status = command("status");
	tap_ok(strcmp(json_string_value(json_object_get(status, "journal")), "ok"),
	       "journal_that_cannot_be_written_is_shown");
	json_decref(status);
	tap_is(broker.ready, 0, "without_a_journal_nobody_need_wait");
	tap_is(region.orders[GTH_ORDER_STATEMENT] + region.orders[GTH_ORDER_LOOKUP], 0,
	       "without_a_journal_nothing_leaves");
	must(!unlinkat(store.state_dir, "egress", 0));
	tap_ok(until(finding(&f) == GTH_FINDING_BENIGN), "with_it_all_goes_on");
	tap_is(broker.ready, 1, "and_who_waits_is_answered");
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
	broker.heard_n = 0;
}

/*
 * By a shell command in egress/. Nothing is asked, no task waits; after the journal is
 * moved away and accepted, all goes on.
 */
static void damaged_journal(const char *how, const char *name)
{
	struct file f = make_file(SCRIPT "one", 0), g = make_file(SCRIPT "two", 0);
	char line[256];

	used_journal(&f);
	snprintf(line, sizeof(line), "cd %s/egress && %s", store.dir, how);
	must(!system(line));
	memset(region.orders, 0, sizeof(region.orders));
	start();
	until(finding(&f) == GTH_FINDING_BENIGN);
	tap_ok(journal_says("damaged") && !broker.ready, name);
	tap_is(finding(&f), GTH_FINDING_BENIGN, "what_is_known_is_told_all_the_same");
	ask(&g);
	for (int i = 0; i < 10; i++)
		status_of(NULL, "verdicts");
	tap_is(region_orders(), 0, "and_nothing_leaves");
	must(!renameat(store.state_dir, "egress", store.state_dir, "egress.damaged"));
	tap_ok(journal_says("deleted or rolled back") && !region_orders() && !broker.ready,
	       "another_journal_is_not_taken_unasked");
	memset(&broker.kept, 0, sizeof(broker.kept));
	tell_kept();
	tap_ok(until(finding(&g) == GTH_FINDING_BENIGN) && broker.ready == 1,
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
	until(broker.ready == 1 && broker.statements == 1);
	/* A file where a directory of tiles has to be: root too can write no tile. */
	snprintf(line, sizeof(line), "cd %s/egress/tile && mv entries ../kept && : >entries",
		 store.dir);
	must(!system(line));
	ask(&f);
	tap_ok(until(broker.unable == 1) && !region.orders[GTH_ORDER_LOOKUP],
	       "journal_that_stops_lets_nobody_wait");
	snprintf(line, sizeof(line), "cd %s/egress/tile && rm entries && mv ../kept entries",
		 store.dir);
	must(!system(line));
	tap_ok(until(finding(&f) == GTH_FINDING_BENIGN) && until(broker.ready == 2) &&
		       broker.unable == 1,
	       "journal_that_goes_on_lets_all_go_on");
	stop_by(SIGTERM);
	tap_ok(journal_covers(), "and_has_all_that_left");
	close(f.fd);
}

static void damage_database(void)
{
	int fd = openat(store.state_dir, "store.db", O_RDWR | O_CLOEXEC);

	must(pwrite(fd, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 32, 0) == 32);
	close(fd);
}

static void test_damage(void)
{
	struct file f = make_file(SCRIPT "damage", 0);

	fresh();
	region.faults.mute[GTH_ORDER_CREATE] = true;
	start();
	ask(&f);
	until(region.orders[GTH_ORDER_CREATE] == 1);
	stop_by(SIGTERM);
	damage_database();
	region.faults.mute[GTH_ORDER_CREATE] = false;
	start();
	until(broker.ready == 1);
	tap_is(status_of(NULL, "lost_files"), 1, "file_without_a_row_is_reported");
	tap_is(files_in("spool"), 0, "and_removed");
	tap_is(files_in(". | grep store.db.damaged-"), 1, "damaged_database_is_set_aside");
	ask(&f);
	tap_ok(until(finding(&f) == GTH_FINDING_BENIGN), "and_the_work_goes_on");
	stop_by(SIGTERM);
	tap_ok(journal_covers(), "journal_outlives_the_database");
	close(f.fd);
}

/* The store with a guard that says so, or (none) without one. */
static void guarded(bool none)
{
	struct file a = make_file(SCRIPT "a", 50000), b = make_file(SCRIPT "b", 50000);
	char *old;

	fresh();
	old = make_statement(&keys.statement, "CH", -600, 3600);
	store.settings.config.daily_quota = 80000;
	start();
	ask(&a);
	until(finding(&a) >= 0 && files_in("spool") == 0);
	stop_by(SIGTERM);
	damage_database();
	if (none) {
		int fd = openat(store.state_dir, "guard", O_RDWR | O_CLOEXEC);

		must(fd >= 0 && pwrite(fd, "x", 1, 90) == 1);
		close(fd);
	}
	start();
	ask(&b);
	tap_ok(until(status_of("waits", "quota") == 1) && region.n == 1,
	       none ? "quota_that_nobody_knows_is_spent" : "quota_outlives_the_database");
	stop_by(SIGTERM);
	if (none) {
		free(old);
	} else {
		damage_database();
		set_statement(old);
		memset(region.orders, 0, sizeof(region.orders));
		store.settings.config.daily_quota = 0;
		start();
		ask(&b);
		until(region.orders[GTH_ORDER_STATEMENT] >= 3);
		tap_ok(!region.orders[GTH_ORDER_LOOKUP] && !region.orders[GTH_ORDER_CREATE],
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
	store_end();
	return tap_done();
}
