// SPDX-License-Identifier: GPL-2.0-or-later
/* store_clock.c - the store while the clock is set; the region's own is right. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/lib/asked_file.h"
#include "tests/unit/lib/fake_broker.h"
#include "tests/unit/lib/fake_region.h"
#include "tests/unit/lib/keys.h"
#include "tests/unit/lib/must.h"
#include "tests/unit/lib/store_command.h"
#include "tests/unit/lib/store_process.h"
#include "tests/unit/tap.h"

#define HOUR 3600

static volatile int64_t *ahead; /* s; shared with the store */

/* In the place of libc's: time(2), which the test and its region ask, stays right. */
int clock_gettime(clockid_t id, struct timespec *t)
{
	int ret = (int)syscall(SYS_clock_gettime, id, t);

	if (id == CLOCK_REALTIME && ahead)
		t->tv_sec += *ahead;
	return ret;
}

static void test_waits(void)
{
	struct file f = make_file(SCRIPT "waits", 0);

	fresh();
	start();
	until(broker.ready == 1 && broker.statements == 1);
	region.faults.busy = 1;
	region.faults.retry_after = 0;
	store.pace.backoff_ms = 2;
	region.faults.bad_verdict = true;
	memcpy(region.known[region.known_n++], f.digest, 32);
	ask(&f);
	until(region.orders[GTH_ORDER_LOOKUP] >= 2);
	*ahead = -20 * HOUR;
	region.faults.bad_verdict = false;
	tap_ok(until(finding(&f) == GTH_FINDING_BENIGN),
	       "clock_set_back_stalls_nothing_that_waits");
	stop_by(SIGTERM);
	*ahead = 0;
	close(f.fd);
}

static void test_rate(void)
{
	struct file a = make_file(SCRIPT "a", 0), b = make_file(SCRIPT "b", 0);

	fresh();
	store.settings.config.per_minute = 1;
	start();
	ask_in_turn(&a, &b);
	until(status_of("waits", "rate") == 1);
	*ahead = -20 * HOUR;
	tap_ok(until(({
		       status_of(NULL, "verdicts");
		       finding(&b) >= 0;
	       })),
	       "clock_set_back_stalls_no_submission");
	stop_by(SIGTERM);
	*ahead = 0;
	close(a.fd);
	close(b.fd);
}

static void test_quota(void)
{
	struct file a = make_file(SCRIPT "a", 50000), b = make_file(SCRIPT "b", 50000);

	fresh();
	store.settings.config.daily_quota = 80000;
	start();
	ask_in_turn(&a, &b);
	until(status_of("waits", "quota") == 1);
	*ahead = -20 * HOUR;
	for (int i = 0; i < 20; i++)
		status_of(NULL, "verdicts");
	tap_ok(status_of("waits", "quota") == 1 && finding(&b) < 0,
	       "clock_set_back_does_not_renew_the_quota");
	*ahead = 24 * HOUR;
	region.verdict_life = 100 * HOUR;
	set_statement(make_statement(&keys.statement, "CH", 0, 48 * HOUR));
	tap_ok(until(({
		       status_of(NULL, "verdicts");
		       finding(&b) >= 0;
	       })),
	       "the_next_day_does");
	stop_by(SIGTERM);
	*ahead = 0;
	close(a.fd);
	close(b.fd);
}

static void test_deletion(void)
{
	struct file f = make_file(SCRIPT "deleted", 0);
	unsigned int before;

	fresh();
	store.pace.deletion_s = 1;
	start();
	ask(&f);
	until(finding(&f) >= 0 && files_in("spool") == 0);
	*ahead = -20 * HOUR;
	region.uploads[0].deleted = true;
	tap_ok(until(status_of(NULL, "lent") == 0), "clock_set_back_stalls_no_deletion");
	stop_by(SIGTERM);
	*ahead = 0;

	/* Ahead for one start, by so much that it was given up. */
	fresh();
	store.pace.deletion_s = 0;
	region.faults.status = NULL;
	start();
	ask(&f);
	until(finding(&f) >= 0 && files_in("spool") == 0);
	*ahead = 20 * 24 * HOUR;
	until(status_of(NULL, "deletions_overdue") == 1);
	set_statement(make_statement(&keys.statement, "CH", 0, 40 * 24 * HOUR));
	until(status_of(NULL, "lent") == 1 && region.orders[GTH_ORDER_STATEMENT] >= 2);
	before = region.orders[GTH_ORDER_WAIT];
	until(({
		status_of(NULL, "lent");
		region.orders[GTH_ORDER_WAIT] > before;
	}));
	status_of(NULL, "lent");
	stop_by(SIGTERM);
	*ahead = 0;
	region.uploads[0].deleted = true;
	start();
	tap_ok(until(broker.ready == 1) && until(status_of(NULL, "lent") == 0),
	       "deletion_that_was_given_up_is_asked_for_again");
	stop_by(SIGTERM);
	close(f.fd);
}

static void feed_of(const uint8_t digest[32], int64_t issued)
{
	char *note = make_verdict(digest, 3, issued);

	fresh();
	store.settings.config.poll = 1;
	json_array_append_new(region.verdicts, json_string(note));
	free(note);
}

static void test_feed(void)
{
	uint8_t evil[32] = { 1 };

	feed_of(evil, 0);
	start();
	until(broker.heard[hear(evil)].finding == GTH_FINDING_MALICIOUS &&
	      !strcmp(region.cursor, "c.1"));
	stop_by(SIGTERM);
	*ahead = 2 * HOUR;
	start();
	tap_ok(until(broker.ready == 1) && until(status_of(NULL, "verdicts") == 0),
	       "clock_ahead_lets_verdicts_expire");
	stop_by(SIGTERM);
	*ahead = 0;
	broker.heard_n = 0;
	start();
	tap_ok(until(broker.heard[hear(evil)].finding == GTH_FINDING_MALICIOUS) &&
		       status_of(NULL, "verdicts") == 1,
	       "right_again_it_has_them_again");
	tap_ok(until(!strcmp(region.cursor, "c.1")), "and_reads_the_feed_once");
	/* Without a restart */
	broker.heard_n = 0;
	*ahead = 2 * HOUR;
	set_statement(make_statement(&keys.statement, "CH", 1, 3 * HOUR));
	until(status_of(NULL, "verdicts") == 1 && region.orders[GTH_ORDER_STATEMENT] >= 4);
	stop_by(SIGTERM);

	/* The clock is days behind: what was issued "in the future" is not believed, yet. */
	feed_of(evil, 0);
	region.verdict_life = 100 * HOUR;
	*ahead = -30 * HOUR;
	set_statement(make_statement(&keys.statement, "CH", -30 * HOUR, 3 * HOUR));
	start();
	tap_ok(until(!strcmp(region.cursor, "c.1")) && broker.heard[hear(evil)].finding < 0,
	       "verdict_of_the_future_is_not_believed");
	*ahead = 0;
	tap_ok(until(({
		       status_of(NULL, "verdicts");
		       broker.heard[hear(evil)].finding == GTH_FINDING_MALICIOUS;
	       })),
	       "and_had_again_when_its_time_has_come");
	stop_by(SIGTERM);
}

int main(void)
{
	ahead = mmap(NULL, sizeof(*ahead), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		     0);
	must(ahead != MAP_FAILED);
	make_keys();
	test_waits();
	test_rate();
	test_quota();
	test_deletion();
	test_feed();
	store_end();
	return tap_done();
}
