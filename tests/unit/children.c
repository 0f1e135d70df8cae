// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * children.c - the broker's children are kept going: one that stands still is ended, one
 * that ends is started again, later each time, and its fault is reported.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/util/pulse.h"
#include "tests/unit/lib/played_children.h"
#include "tests/unit/tap.h"

static void test_well(void)
{
	children_begin("live", "live", "live");
	children_turn();
	tap_ok(children_run(), "three_processes_are_started");
	children_pass(200, GTH_ROLES);
	tap_ok(children_run() && !children.member[GTH_ROLE_STORE].killed, "who_is_heard_goes_on");
	tap_ok(child_says(GTH_ROLE_STORE, "") && child_says(GTH_ROLE_COURIER, "") &&
		       child_says(GTH_ROLE_DIALER, ""),
	       "and_nothing_is_wrong");
	tap_ok(!strcmp(child_report(GTH_ROLE_STORE)->state, "runs") &&
		       child_report(GTH_ROLE_STORE)->pid == children.member[GTH_ROLE_STORE].pid,
	       "it_is_reported_with_its_pid");
	tap_ok(gth_children_well(&children), "the_manager_may_be_told_so");
	children_finish();
}

static void test_stopped_store(void)
{
	const unsigned int bound =
		(unsigned int)(gth_children_usual_pace.silence[GTH_ROLE_STORE] / 1000);
	pid_t store;

	children_begin("live", "live", "live");
	children_turn();
	store = children.member[GTH_ROLE_STORE].pid;
	child_stop(GTH_ROLE_STORE);
	children_pass(bound / 2 - 1, GTH_ROLE_STORE);
	tap_ok(child_says(GTH_ROLE_STORE, ""), "a_pause_is_no_fault");
	children_pass(1, GTH_ROLE_STORE);
	tap_ok(child_says(GTH_ROLE_STORE,
			  "the store has made no progress for 60 s: it is ended after "
			  "120 s"),
	       "a_stopped_store_is_named_before_its_end");
	tap_ok(!strcmp(child_report(GTH_ROLE_STORE)->state, "late"), "it_is_late");
	children_pass(bound / 2 - 1, GTH_ROLE_STORE);
	tap_ok(!children.member[GTH_ROLE_STORE].killed, "it_is_not_ended_before_its_time");
	children_pass(1, GTH_ROLE_STORE);
	tap_ok(children.member[GTH_ROLE_STORE].killed, "then_it_is_ended");
	tap_ok(gth_children_well(&children), "the_manager_need_do_nothing");
	tap_ok(children_gone(true), "with_it_go_the_others");
	tap_ok(child_says(
		       GTH_ROLE_STORE,
		       "the store failed: it had made no progress for 120 s and was killed; it is "
		       "started again in 1 s"),
	       "that_is_told");
	tap_ok(!strcmp(child_report(GTH_ROLE_STORE)->state, "waits") &&
		       child_report(GTH_ROLE_STORE)->next == 1,
	       "and_when_the_next_one_starts");
	children_turn();
	tap_ok(children_run() && children.member[GTH_ROLE_STORE].pid != store,
	       "another_one_is_started");
	tap_ok(child_says(GTH_ROLE_STORE, "it has run again for 0 s"),
	       "the_failure_is_not_forgotten");
	children_pass(59, GTH_ROLES);
	tap_ok(child_says(GTH_ROLE_STORE, "it has run again for 59 s"), "while_it_is_not_proven");
	children_pass(1, GTH_ROLES);
	children_turn();
	tap_ok(child_says(GTH_ROLE_STORE, ""), "a_minute_later_all_is_well");
	children_finish();
}

static void test_stopped_network(enum gth_role role, enum gth_role other, const char *name)
{
	const unsigned int bound = (unsigned int)(gth_children_usual_pace.silence[role] / 1000);
	pid_t store;

	children_begin("live", "live", "live");
	children_turn();
	store = children.member[GTH_ROLE_STORE].pid;
	child_stop(role);
	children_pass(bound, role);
	tap_ok(children_gone(false) &&
		       child_says(role, "had made no progress for 60 s and was killed") &&
		       child_says(other, ""),
	       name);
	children_turn();
	tap_ok(children_run() && children.member[GTH_ROLE_STORE].pid == store,
	       "the_store_goes_on_meanwhile");
	children_finish();
}

/* Both at the same moment: neither is taken for one that was ended with its peer. */
static void test_stopped_both(void)
{
	children_begin("live", "mute", "mute");
	children_turn();
	for (int i = 0; i < 60; i++) {
		child_heard(GTH_ROLE_STORE);
		children_turn();
	}
	tap_ok(children_gone(false) &&
		       child_says(GTH_ROLE_COURIER, "had made no progress for 60 s") &&
		       child_says(GTH_ROLE_DIALER, "had made no progress for 60 s"),
	       "two_that_are_stopped_are_both_told");
	children_finish();
}

static void test_crash_loop(void)
{
	static const unsigned int delays[] = { 1, 2, 4, 8 };

	children_begin("exit 7", "live", "live");
	for (size_t i = 0; i < sizeof(delays) / sizeof(*delays); i++) {
		children_turn();
		tap_ok(children_gone(true), "a_store_ends");
		tap_is(child_report(GTH_ROLE_STORE)->next, delays[i], "each_start_is_later");
		children_now += 1000ULL * (delays[i] - 1);
	}
	tap_ok(child_says(GTH_ROLE_STORE,
			  "the store failed: 4 times; the last time it ended with status "
			  "7; it is started again in 1 s"),
	       "a_crash_loop_is_told");
	tap_is(child_report(GTH_ROLE_STORE)->failed, 4, "with_its_count");
	tap_ok(!strcmp(child_report(GTH_ROLE_STORE)->last, "it ended with status 7"),
	       "and_its_last_end");
	tap_ok(gth_children_well(&children), "which_the_manager_need_not_mend");
	child_set(GTH_ROLE_STORE, "live");
	children_turn();
	tap_ok(children_run() && child_says(GTH_ROLE_STORE, "it has run again for 0 s"),
	       "the_cause_mended_it_runs");
	children_pass(61, GTH_ROLES);
	tap_ok(child_says(GTH_ROLE_STORE, ""), "and_proves_itself");
	children_finish();
}

static void test_killed(void)
{
	children_begin("live", "kill", "live");
	children_turn();
	tap_ok(children_gone(false) &&
		       child_says(GTH_ROLE_COURIER, "it was killed by signal 9 (Killed)"),
	       "a_signal_is_told_by_its_name");
	tap_ok(child_says(GTH_ROLE_DIALER, "") &&
		       !strcmp(child_report(GTH_ROLE_DIALER)->state, "waits"),
	       "its_peer_is_not_to_blame");
	children_finish();
}

/* A courier in foreign hands may end as if its store had gone. */
static void test_orderly_loop(void)
{
	children_begin("live", "exit 0", "live");
	children_turn();
	tap_ok(children_gone(false), "a_courier_ends_with_status_0");
	children_take(gth_children_keep(&children, children_now));
	tap_ok(!child_runs(GTH_ROLE_COURIER), "it_is_not_started_again_at_once");
	tap_is(child_report(GTH_ROLE_COURIER)->next, 1, "but_later");
	children_finish();
}

static void test_long_step(void)
{
	pid_t store;

	children_begin("long", "live", "live");
	children_turn();
	store = children.member[GTH_ROLE_STORE].pid;
	tap_ok(child_heard(GTH_ROLE_STORE), "it_says_that_the_next_step_is_long");
	children_pass(299, GTH_ROLE_STORE);
	tap_ok(child_says(GTH_ROLE_STORE, "") && children.member[GTH_ROLE_STORE].pid == store,
	       "it_is_waited_for_longer");
	children_pass(302, GTH_ROLE_STORE);
	tap_ok(children_gone(true) && child_says(GTH_ROLE_STORE, "had made no progress for 600 s"),
	       "and_not_without_end");
	children_finish();
}

static void test_mute(void)
{
	children_begin("mute", "live", "live");
	children_turn();
	children_pass(120, GTH_ROLE_STORE);
	tap_ok(children.member[GTH_ROLE_STORE].killed, "who_is_never_heard_is_ended");
	children_finish();
}

/* A child that writes without end is read, and has no other effect. */
static void test_flood(void)
{
	children_begin("live", "flood", "live");
	children_turn();
	children_pass(120, GTH_ROLES);
	tap_ok(children_run() && child_says(GTH_ROLE_COURIER, ""), "a_flood_is_a_beat");
	children_finish();
}

/* The broker itself did not run: that time counts against no child. */
static void test_suspended(void)
{
	children_begin("mute", "live", "live");
	children_turn();
	children_now += 3600 * 1000;
	gth_children_watch(&children, children_now);
	tap_ok(children_run() && !children.member[GTH_ROLE_STORE].killed &&
		       child_says(GTH_ROLE_STORE, ""),
	       "an_hour_in_which_nobody_listened_does_not_count");
	tap_ok(child_report(GTH_ROLE_STORE)->silent <= 3, "beyond_a_turn_of_the_loop");
	children_finish();
}

/* A process that SIGKILL does not end cannot be made here: its kill is left out. */
static void test_undying(void)
{
	children_begin("live", "live", "live");
	children_turn();
	children.member[GTH_ROLE_STORE].killed = true;
	children_pass(59, GTH_ROLE_STORE);
	tap_ok(gth_children_well(&children) && child_says(GTH_ROLE_STORE, ""),
	       "a_killed_process_has_time_to_go");
	children_pass(1, GTH_ROLE_STORE);
	tap_ok(child_says(GTH_ROLE_STORE, "the store was killed and has not ended for 60 s"),
	       "one_that_does_not_go_is_reported");
	tap_ok(!gth_children_well(&children), "and_the_manager_is_left_without_a_sign_of_life");
	children_finish();
}

static void test_pulse(void)
{
	struct gth_liveness l;
	int end = -1, n = 0;

	gth_liveness_init(&l);
	if (gth_liveness_open(&l, &end))
		exit(1);
	gth_pulse_open(end);
	tap_ok(!gth_liveness_hear(&l), "silence_is_not_heard");
	for (int i = 0; i < 1000; i++)
		gth_pulse();
	l.silent = 5000;
	tap_ok(gth_liveness_hear(&l) && !l.silent && !l.longer, "a_beat_ends_silence");
	gth_pulse_long();
	tap_ok(gth_liveness_hear(&l) && l.longer, "a_long_step_is_announced");
	gth_pulse();
	tap_ok(gth_liveness_hear(&l) && !l.longer, "and_ends_with_the_next_beat_however_soon");
	while (write(end, "x", 1) == 1)
		n++;
	tap_ok(n > 0 && n <= 65536 && errno == EAGAIN, "a_full_pipe_does_not_hold_up_the_writer");
	gth_pulse_long();
	tap_ok(gth_liveness_hear(&l), "it_is_read");
	gth_pulse_open(-1);
	close(end);
	while (gth_liveness_hear(&l))
		;
	l.silent = 7;
	tap_ok(!gth_liveness_hear(&l) && l.silent == 7, "an_end_is_silence");
	gth_liveness_close(&l);
}

int main(int argc, char **argv)
{
	if (argc >= 3 && !strcmp(argv[1], "--role"))
		_exit(child_play());
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	signal(SIGPIPE, SIG_IGN);
	test_well();
	test_stopped_store();
	test_stopped_network(GTH_ROLE_COURIER, GTH_ROLE_DIALER, "a_stopped_courier_is_replaced");
	test_stopped_network(GTH_ROLE_DIALER, GTH_ROLE_COURIER, "a_stopped_dialer_is_replaced");
	test_stopped_both();
	test_crash_loop();
	test_killed();
	test_orderly_loop();
	test_long_step();
	test_mute();
	test_flood();
	test_suspended();
	test_undying();
	test_pulse();
	return tap_done();
}
