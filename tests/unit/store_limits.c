// SPDX-License-Identifier: GPL-2.0-or-later
/* store_limits.c - how much the spool holds, and how much leaves in a minute or a day. */
#include <signal.h>
#include <unistd.h>

#include "tests/unit/lib/asked_file.h"
#include "tests/unit/lib/egress_journal.h"
#include "tests/unit/lib/fake_region.h"
#include "tests/unit/lib/keys.h"
#include "tests/unit/lib/store_command.h"
#include "tests/unit/lib/store_process.h"
#include "tests/unit/tap.h"

static void test_spool(void)
{
	struct file a = make_file(SCRIPT "a", 50000), b = make_file("text b", 50000);
	struct file c = make_file(SCRIPT "c", 50000), d = make_file("text d", 50000);
	struct file huge = make_file(SCRIPT "huge", 200000);

	fresh();
	store.settings.config.files = true;
	store.settings.config.spool_quota =
		160000; /* a and b, and the room in which the next is encrypted */
	region.faults.mute[GTH_ORDER_LOOKUP] = true;
	start();
	ask(&a);
	ask(&b);
	ask(&c);
	tap_ok(until(unknown(&b) == 1) && !unknown(&a) && !unknown(&c),
	       "full_spool_drops_d4_before_d3");
	ask(&d);
	tap_ok(until(status_of("withheld", "spool") == 2), "d4_displaces_no_d3");
	ask(&huge);
	tap_ok(until(status_of("withheld", "spool") == 3) &&
		       status_of(NULL, "spool_bytes") == 100000,
	       "what_is_larger_than_the_spool_drops_nothing");
	stop_by(SIGTERM);
	tap_ok(!read_journal() && journal.reasons[GTH_WITHHELD_SPOOL] == 3,
	       "journal_has_what_was_dropped");
	close(a.fd);
	close(b.fd);
	close(c.fd);
	close(d.fd);
	close(huge.fd);
}

static void test_limits(void)
{
	struct file a = make_file(SCRIPT "a", 50000), b = make_file(SCRIPT "b", 50000);

	fresh();
	store.settings.config.per_minute = 1;
	start();
	ask_in_turn(&a, &b);
	tap_ok(until(status_of("waits", "rate") == 1) && region.n == 1 && !unknown(&b),
	       "rate_cap_lets_wait");
	stop_by(SIGTERM);
	store.settings.config.per_minute = 0;
	start();
	tap_ok(until(finding(&b) >= 0), "and_goes_on_without_it");
	stop_by(SIGTERM);

	fresh();
	store.settings.config.daily_quota = 80000;
	start();
	ask_in_turn(&a, &b);
	tap_ok(until(status_of("waits", "quota") == 1) && region.n == 1 && !unknown(&b),
	       "daily_quota_lets_wait");
	reload("[endpoint]\ncountry = DE\n[send]\ndaily_quota = 1M\n[verdict]\npoll = 0\n");
	tap_ok(until(finding(&b) >= 0), "reload_with_more_goes_on");
	stop_by(SIGTERM);
	close(a.fd);
	close(b.fd);
}

int main(void)
{
	make_keys();
	test_spool();
	test_limits();
	store_end();
	return tap_done();
}
