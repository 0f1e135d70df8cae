// SPDX-License-Identifier: GPL-2.0-or-later
/* store_restart.c - what waits is delivered after the region, the courier or the store was gone. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
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

static void test_down(void)
{
	struct file f = make_file(SCRIPT "down", 0);

	fresh();
	start();
	until(broker.statements == 1);
	region.faults.down = true;
	ask(&f);
	until(region.orders[GTH_ORDER_LOOKUP] >= 4);
	tap_ok(!unknown(&f), "region_down_is_waited_for");
	stop_by(SIGKILL);
	start();
	until(region.orders[GTH_ORDER_STATEMENT] >= 3);
	tap_is(stop_by(0), 0, "ends_when_the_broker_is_gone");
	region.faults.down = false;
	start();
	tap_ok(until(finding(&f) == GTH_FINDING_BENIGN), "what_waited_is_delivered_after_restarts");
	stop_by(SIGTERM);
	tap_ok(journal_covers(), "journal_of_it_is_whole");
	close(f.fd);
}

/* Killed while an order of a kind is under way, and started again. */
static void killed_in(enum gth_order_kind kind, const char *name)
{
	struct file f = make_file(SCRIPT "killed EVIL", 100000);
	unsigned int lookups;

	fresh();
	region.faults.mute[kind] = true;
	start();
	ask(&f);
	if (kind == GTH_ORDER_OFFSET)
		region.faults.cut = true;
	until(region.orders[kind] == 1);
	lookups = region.orders[GTH_ORDER_LOOKUP];
	stop_by(SIGKILL);
	region.faults.mute[kind] = false;
	start();
	tap_ok(until(finding(&f) == GTH_FINDING_MALICIOUS) && region.n == 1, name);
	tap_ok(region.orders[GTH_ORDER_LOOKUP] == (kind == GTH_ORDER_LOOKUP ? 2 : lookups) &&
		       (kind == GTH_ORDER_UPLOAD ||
			region.bytes == region.uploads[0].note.cipher_size),
	       "nothing_is_asked_or_sent_twice");
	until(files_in("spool") == 0);
	stop_by(SIGTERM);
	tap_ok(journal_covers() && files_in("spool") == 0 && files_in("lost") == 0,
	       "spool_and_journal_are_whole");
	close(f.fd);
}

static void test_kills(void)
{
	killed_in(GTH_ORDER_LOOKUP, "killed_while_asked_goes_on");
	killed_in(GTH_ORDER_CREATE, "killed_while_sealed_goes_on");
	killed_in(GTH_ORDER_UPLOAD, "killed_while_uploading_goes_on");
	killed_in(GTH_ORDER_OFFSET, "killed_while_created_goes_on");
	killed_in(GTH_ORDER_WAIT, "killed_while_waiting_goes_on");
}

/* At any moment: whatever it was doing, all arrive in the end. */
static void test_random_kills(void)
{
	struct file f[8];
	unsigned int done = 0;
	struct timespec pause;

	fresh();
	for (int i = 0; i < 8; i++) {
		char text[64];

		snprintf(text, sizeof(text), SCRIPT "%d", i);
		f[i] = make_file(text, 20000);
	}
	for (int round = 0; round < 12; round++) {
		start();
		for (int i = 0; i < 8; i++)
			ask(&f[i]);
		for (int i = 0; i < round * 3; i++)
			pump(2);
		pause = (struct timespec) { .tv_nsec = round * 1000000 };
		nanosleep(&pause, NULL);
		stop_by(SIGKILL);
	}
	start();
	for (int i = 0; i < 8; i++)
		ask(&f[i]);
	for (int i = 0; i < 8; i++)
		done += until(finding(&f[i]) == GTH_FINDING_BENIGN);
	tap_is(done, 8, "killed_at_any_moment_all_arrive");
	until(files_in("spool") == 0);
	tap_is(stop_by(SIGTERM), 0, "ends_orderly_after_that");
	tap_ok(region.n == 8 && files_in("spool") == 0, "each_was_submitted_once");
	tap_is(files_in(". | grep lost"), 0, "no_file_was_lost");
	tap_ok(journal_covers(), "journal_is_whole_after_that");
	for (int i = 0; i < 8; i++)
		close(f[i].fd);
}

static void test_courier(void)
{
	static struct gth_message m;
	struct file f = make_file(SCRIPT "courier", 0);
	int pair[2];

	fresh();
	region.faults.mute[GTH_ORDER_LOOKUP] = true;
	start();
	ask(&f);
	until(region.orders[GTH_ORDER_LOOKUP] == 1);
	close(store.courier);
	must(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair));
	store.courier = pair[0];
	m.type = GTH_MSG_COURIER;
	m.size = 0;
	region.faults.mute[GTH_ORDER_LOOKUP] = false;
	must(!gth_message_send(store.broker, &m, pair[1]));
	close(pair[1]);
	tap_ok(until(finding(&f) == GTH_FINDING_BENIGN), "goes_on_with_a_new_courier");
	m.type = GTH_MSG_RESULT;
	m.number = 4711;
	m.size = sizeof(struct gth_result);
	memset(m.body, 0xff, m.size);
	must(!gth_message_send(store.courier, &m, -1));
	tap_ok(status_of(NULL, "verdicts") == 1, "answer_nobody_waits_for_does_no_harm");
	stop_by(SIGTERM);
	close(f.fd);
}

int main(void)
{
	make_keys();
	test_down();
	test_kills();
	test_random_kills();
	test_courier();
	store_end();
	return tap_done();
}
