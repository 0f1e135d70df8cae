// SPDX-License-Identifier: GPL-2.0-or-later
/* store_clock.c - the store while somebody sets the clock; the region's own is right. */
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "tests/unit/fake_region.h"
#include "tests/unit/tap.h"

#define SCRIPT "#!/bin/sh\necho "
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
	until(w.ready == 1 && w.statements == 1);
	w.faults.busy = 1;
	w.faults.retry_after = 0;
	w.pace.backoff_ms = 2;
	w.faults.bad_verdict = true;
	memcpy(w.known[w.known_n++], f.digest, 32);
	ask(&f);
	until(w.orders[GTH_ORDER_LOOKUP] >= 2);
	*ahead = -20 * HOUR;
	w.faults.bad_verdict = false;
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
	w.settings.config.per_minute = 1;
	start();
	ask(&a);
	until(finding(&a) >= 0);
	ask(&b);
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
	w.settings.config.daily_quota = 80000;
	start();
	ask(&a);
	until(finding(&a) >= 0);
	ask(&b);
	until(status_of("waits", "quota") == 1);
	*ahead = -20 * HOUR;
	for (int i = 0; i < 20; i++)
		status_of(NULL, "verdicts");
	tap_ok(status_of("waits", "quota") == 1 && finding(&b) < 0,
	       "clock_set_back_does_not_renew_the_quota");
	*ahead = 24 * HOUR;
	w.verdict_life = 100 * HOUR;
	set_statement(make_statement(&w.statement_key, "CH", 0, 48 * HOUR));
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
	w.pace.deletion_s = 1;
	start();
	ask(&f);
	until(finding(&f) >= 0 && files_in("spool") == 0);
	*ahead = -20 * HOUR;
	w.uploads[0].deleted = true;
	tap_ok(until(status_of(NULL, "lent") == 0), "clock_set_back_stalls_no_deletion");
	stop_by(SIGTERM);
	*ahead = 0;

	/* Ahead for one start, by so much that it was given up. */
	fresh();
	w.pace.deletion_s = 0;
	w.faults.status = NULL;
	start();
	ask(&f);
	until(finding(&f) >= 0 && files_in("spool") == 0);
	*ahead = 20 * 24 * HOUR;
	until(status_of(NULL, "deletions_overdue") == 1);
	set_statement(make_statement(&w.statement_key, "CH", 0, 40 * 24 * HOUR));
	until(status_of(NULL, "lent") == 1 && w.orders[GTH_ORDER_STATEMENT] >= 2);
	before = w.orders[GTH_ORDER_WAIT];
	until(({
		status_of(NULL, "lent");
		w.orders[GTH_ORDER_WAIT] > before;
	}));
	status_of(NULL, "lent");
	stop_by(SIGTERM);
	*ahead = 0;
	w.uploads[0].deleted = true;
	start();
	tap_ok(until(w.ready == 1) && until(status_of(NULL, "lent") == 0),
	       "deletion_that_was_given_up_is_asked_for_again");
	stop_by(SIGTERM);
	close(f.fd);
}

static void feed_of(const uint8_t digest[32], int64_t issued)
{
	char *note = make_verdict(digest, 3, issued);

	fresh();
	w.settings.config.poll = 1;
	json_array_append_new(w.verdicts, json_string(note));
	free(note);
}

static void test_feed(void)
{
	uint8_t evil[32] = { 1 };

	feed_of(evil, 0);
	start();
	until(w.heard[hear(evil)].finding == GTH_FINDING_MALICIOUS && !strcmp(w.cursor, "c.1"));
	stop_by(SIGTERM);
	*ahead = 2 * HOUR;
	start();
	tap_ok(until(w.ready == 1) && until(status_of(NULL, "verdicts") == 0),
	       "clock_ahead_lets_verdicts_expire");
	stop_by(SIGTERM);
	*ahead = 0;
	w.heard_n = 0;
	start();
	tap_ok(until(w.heard[hear(evil)].finding == GTH_FINDING_MALICIOUS) &&
		       status_of(NULL, "verdicts") == 1,
	       "right_again_it_has_them_again");
	tap_ok(until(!strcmp(w.cursor, "c.1")), "and_reads_the_feed_once");
	/* Without a restart */
	w.heard_n = 0;
	*ahead = 2 * HOUR;
	set_statement(make_statement(&w.statement_key, "CH", 1, 3 * HOUR));
	until(status_of(NULL, "verdicts") == 1 && w.orders[GTH_ORDER_STATEMENT] >= 4);
	stop_by(SIGTERM);

	/* The clock is days behind: what was issued "in the future" is not believed, yet. */
	feed_of(evil, 0);
	w.verdict_life = 100 * HOUR;
	*ahead = -30 * HOUR;
	set_statement(make_statement(&w.statement_key, "CH", -30 * HOUR, 3 * HOUR));
	start();
	tap_ok(until(!strcmp(w.cursor, "c.1")) && w.heard[hear(evil)].finding < 0,
	       "verdict_of_the_future_is_not_believed");
	*ahead = 0;
	tap_ok(until(({
		       status_of(NULL, "verdicts");
		       w.heard[hear(evil)].finding == GTH_FINDING_MALICIOUS;
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
	fresh();
	return tap_done();
}
