// SPDX-License-Identifier: GPL-2.0-or-later
/* store_hostile.c - a region that would have the store ask, or send, for ever. */

#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/lib/asked_file.h"
#include "tests/unit/lib/egress_journal.h"
#include "tests/unit/lib/fake_broker.h"
#include "tests/unit/lib/fake_region.h"
#include "tests/unit/lib/keys.h"
#include "tests/unit/lib/store_command.h"
#include "tests/unit/lib/store_process.h"
#include "tests/unit/tap.h"

#define SIZE 400000

static void feed(int kind, unsigned int most, const char *name)
{
	fresh();
	store.settings.config.poll = 100000;
	region.faults.endless_feed = kind;
	start();
	until(region.orders[GTH_ORDER_VERDICTS] >= most);
	/* one more would be asked for by now: the store has turned to other questions since */
	for (int i = 0; i < 20; i++)
		status_of(NULL, "verdicts");
	if (!tap_is(region.orders[GTH_ORDER_VERDICTS], most, name))
		tap_note("%u pages", region.orders[GTH_ORDER_VERDICTS]);
	stop_by(SIGTERM);
}

static void test_feed(void)
{
	feed(1, 64, "feed_without_an_end_is_asked_for_so_many_pages");
	feed(2, 1, "page_without_a_verdict_that_holds_is_the_last");
}

static unsigned int requests(void)
{
	return region.orders[GTH_ORDER_CREATE] + region.orders[GTH_ORDER_OFFSET] +
	       region.orders[GTH_ORDER_UPLOAD];
}

/* Ends, and costs a bounded number of requests and bytes. */
static void ends(unsigned int most, uint64_t bytes, const char *name)
{
	struct file f = make_file(SCRIPT "hostile", SIZE);

	start();
	ask(&f);
	if (!tap_ok(until(unknown(&f) == 1) && status_of("submissions", "failed") == 1 &&
			    requests() <= most && region.offered <= bytes,
		    name))
		tap_note("%u requests, %llu bytes", requests(), (unsigned long long)region.offered);
	tap_note("%u requests, %llu bytes of %d", requests(), (unsigned long long)region.offered,
		 SIZE);
	stop_by(SIGTERM);
	tap_ok(journal_covers(), "and_all_of_it_is_in_the_journal");
	close(f.fd);
}

static void test_uploads(void)
{
	fresh();
	store.settings.config.daily_quota = 0;
	region.faults.creep = true;
	ends(20, 10 * SIZE, "upload_that_gets_on_by_a_byte_has_an_end");
	fresh();
	store.settings.config.daily_quota = 0;
	region.faults.forgets = true;
	ends(260, 34 * SIZE, "upload_that_is_forgotten_half_way_has_an_end");
	fresh();
	store.settings.config.daily_quota = 0;
	region.faults.bad_receipt = true;
	region.faults.status = "awaiting-upload";
	ends(260, 34 * SIZE, "upload_that_is_wanted_again_and_again_has_an_end");
}

/* Nothing fails, but the day's quota is spent by what was offered, not by what arrived. */
static void test_quota(void)
{
	struct file f = make_file(SCRIPT "quota", SIZE), g = make_file(SCRIPT "other", SIZE);

	fresh();
	store.settings.config.daily_quota = 3 * SIZE;
	region.faults.cut_all = true;
	start();
	ask(&f);
	tap_ok(until(status_of("waits", "quota") == 1) && region.offered <= 3 * SIZE,
	       "what_is_offered_again_counts_against_the_quota");
	ask(&g);
	tap_ok(until(status_of("waits", "quota") == 2) && region.orders[GTH_ORDER_CREATE] == 1,
	       "and_the_next_file_waits_for_it");
	stop_by(SIGKILL);
	start();
	until(broker.ready == 1 && broker.statements == 1);
	for (int i = 0; i < 20; i++)
		status_of(NULL, "verdicts");
	tap_ok(until(status_of("waits", "quota") == 2) && region.offered <= 3 * SIZE,
	       "a_restart_does_not_renew_it");
	stop_by(SIGTERM);
	close(f.fd);
	close(g.fd);
}

/* A region that does not wait with "queued": the store asks less and less often. */
static void test_queued(void)
{
	struct file f = make_file(SCRIPT "queued", 0);
	time_t end;

	fresh();
	region.faults.status = "queued";
	store.pace.wait_s = 30;
	store.pace.backoff_max_ms = 100000;
	start();
	ask(&f);
	until(region.orders[GTH_ORDER_WAIT] >= 2);
	for (end = time(NULL) + 6; time(NULL) < end;)
		pump(50);
	if (!tap_ok(region.orders[GTH_ORDER_WAIT] < 500,
		    "question_that_is_not_waited_with_gets_rare"))
		tap_note("%u questions", region.orders[GTH_ORDER_WAIT]);
	stop_by(SIGTERM);
	close(f.fd);
}

int main(void)
{
	make_keys();
	test_feed();
	test_uploads();
	test_quota();
	test_queued();
	store_end();
	return tap_done();
}
