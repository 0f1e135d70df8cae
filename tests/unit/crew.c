// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * crew.c - the broker's children are kept going: one that stands still is ended, one that ends
 * is started again, later each time, and what is wrong with them can be told. The children
 * are played by this program; time is the test's, so nothing depends on how fast they are.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/broker/children.h"
#include "lib/util/pulse.h"
#include "tap.h"

#define PATIENCE_MS 60000

static struct gth_crew crew;
static uint64_t now;

/* What the child is to do comes in place of its settings. */
static int order(const char *text)
{
	int fd = memfd_create("order", MFD_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		exit(1);
	return fd;
}

/* As a child of the daemon: beats, until its peer is gone. */
static int play(void)
{
	struct pollfd peer = { .fd = GTH_FD_STORE, .events = POLLIN };
	char text[32] = "";

	if (pread(GTH_FD_SETTINGS, text, sizeof(text) - 1, 0) < 0)
		return 100;
	if (!strncmp(text, "exit ", 5))
		return atoi(text + 5);
	if (!strcmp(text, "kill"))
		raise(SIGKILL);
	if (!strcmp(text, "long")) {
		gth_pulse_open(GTH_FD_PULSE);
		gth_pulse_long();
		pause();
	}
	if (!strcmp(text, "mute"))
		pause();
	gth_pulse_open(GTH_FD_PULSE);
	while (!strcmp(text, "flood"))
		gth_pulse_long();
	/* faster than a real one, whose beats would make this test wait */
	do {
		const char beat = GTH_PULSE_BEAT;

		if (write(GTH_FD_PULSE, &beat, 1) < 0 && errno != EAGAIN)
			return 101;
	} while (!poll(&peer, 1, 1));
	return 0;
}

static void set(enum gth_role role, const char *text)
{
	if (crew.settings[role] >= 0)
		close(crew.settings[role]);
	crew.settings[role] = order(text);
}

static void begin(const char *store, const char *courier, const char *dialer)
{
	const struct gth_role_options o = { .device = NULL };

	gth_crew_init(&crew, &o, -1);
	set(GTH_ROLE_STORE, store);
	set(GTH_ROLE_COURIER, courier);
	set(GTH_ROLE_DIALER, dialer);
	crew.wanted = true;
	now = 1000000;
}

/* What the broker does with what it is told of. */
static void take(unsigned int changes)
{
	(void)changes;
	if (crew.courier >= 0)
		close(crew.courier);
	crew.courier = -1;
}

static void finish(void)
{
	take(0);
	gth_crew_kill(&crew, GTH_ROLE_STORE);
	gth_crew_stop(&crew);
	for (int i = 0; i < GTH_ROLES; i++)
		if (crew.settings[i] >= 0)
			close(crew.settings[i]);
}

static bool runs(enum gth_role role)
{
	return crew.member[role].pid > 0;
}

static bool all_run(void)
{
	return runs(GTH_ROLE_STORE) && runs(GTH_ROLE_COURIER) && runs(GTH_ROLE_DIALER);
}

/* It has really written something. */
static bool heard(enum gth_role role)
{
	struct pollfd p = { .fd = crew.member[role].live.fd, .events = POLLIN };

	return poll(&p, 1, PATIENCE_MS) == 1 && p.revents & POLLIN;
}

/* One turn of the broker's loop, a second after the last one. */
static void turn(void)
{
	now += 1000;
	take(gth_crew_keep(&crew, now));
	gth_crew_watch(&crew, now);
}

/* So many seconds; those who are not @silent are heard in each of them. */
static void pass(unsigned int seconds, enum gth_role silent)
{
	while (seconds--) {
		for (int i = GTH_ROLE_STORE; i < GTH_ROLES; i++)
			if (i != (int)silent && runs((enum gth_role)i) && !crew.member[i].killed)
				heard((enum gth_role)i);
		turn();
	}
}

/* Waits for children that end now. Return: do none of them run any more? */
static bool gone(bool store_too)
{
	for (int ms = 0; ms < PATIENCE_MS; ms += 5) {
		take(gth_crew_reap(&crew, now));
		if (!runs(GTH_ROLE_COURIER) && !runs(GTH_ROLE_DIALER) &&
		    (!store_too || !runs(GTH_ROLE_STORE)))
			return true;
		usleep(5000);
	}
	tap_note("children do not end");
	return false;
}

static const struct gth_crew_report *report(enum gth_role role)
{
	static struct gth_crew_report r;

	gth_crew_report(&crew, role, now, &r);
	return &r;
}

static bool says(enum gth_role role, const char *words)
{
	const struct gth_crew_report *r = report(role);
	bool there = *words ? strstr(r->problem, words) != NULL : !*r->problem;

	if (!there)
		tap_note("%s: state %s, problem: %s", r->name, r->state, r->problem);
	return there;
}

/* SIGSTOP has come about; what it had written before is looked at. */
static void stop(enum gth_role role)
{
	pid_t pid = crew.member[role].pid;
	int status;

	if (!heard(role) || kill(pid, SIGSTOP) || waitpid(pid, &status, WUNTRACED) != pid ||
	    !WIFSTOPPED(status)) {
		printf("Bail out! the child does not stop\n");
		exit(1);
	}
	gth_liveness_hear(&crew.member[role].live);
}

static void test_well(void)
{
	begin("live", "live", "live");
	turn();
	tap_ok(all_run(), "three_processes_are_started");
	pass(200, GTH_ROLES);
	tap_ok(all_run() && !crew.member[GTH_ROLE_STORE].killed, "who_is_heard_goes_on");
	tap_ok(says(GTH_ROLE_STORE, "") && says(GTH_ROLE_COURIER, "") && says(GTH_ROLE_DIALER, ""),
	       "and_nothing_is_wrong");
	tap_ok(!strcmp(report(GTH_ROLE_STORE)->state, "runs") &&
		       report(GTH_ROLE_STORE)->pid == crew.member[GTH_ROLE_STORE].pid,
	       "it_is_reported_with_its_pid");
	tap_ok(gth_crew_well(&crew), "the_manager_may_be_told_so");
	finish();
}

static void test_stopped_store(void)
{
	const unsigned int bound =
		(unsigned int)(gth_crew_usual_pace.silence[GTH_ROLE_STORE] / 1000);
	pid_t store;

	begin("live", "live", "live");
	turn();
	store = crew.member[GTH_ROLE_STORE].pid;
	stop(GTH_ROLE_STORE);
	pass(bound / 2 - 1, GTH_ROLE_STORE);
	tap_ok(says(GTH_ROLE_STORE, ""), "a_pause_is_no_fault");
	pass(1, GTH_ROLE_STORE);
	tap_ok(says(GTH_ROLE_STORE, "the store has not gone on for 60 s: it is ended after 120 s"),
	       "a_stopped_store_is_named_before_its_end");
	tap_ok(!strcmp(report(GTH_ROLE_STORE)->state, "late"), "it_is_late");
	pass(bound / 2 - 1, GTH_ROLE_STORE);
	tap_ok(!crew.member[GTH_ROLE_STORE].killed, "it_is_not_ended_before_its_time");
	pass(1, GTH_ROLE_STORE);
	tap_ok(crew.member[GTH_ROLE_STORE].killed, "then_it_is_ended");
	tap_ok(gth_crew_well(&crew), "the_manager_need_do_nothing");
	tap_ok(gone(true), "with_it_go_the_others");
	tap_ok(says(GTH_ROLE_STORE,
		    "the store failed: it had not gone on for 120 s and was killed; "
		    "it is started again in 1 s"),
	       "that_is_told");
	tap_ok(!strcmp(report(GTH_ROLE_STORE)->state, "waits") && report(GTH_ROLE_STORE)->next == 1,
	       "and_when_the_next_one_starts");
	turn();
	tap_ok(all_run() && crew.member[GTH_ROLE_STORE].pid != store, "another_one_is_started");
	tap_ok(says(GTH_ROLE_STORE, "it has run again for 0 s"), "the_failure_is_not_forgotten");
	pass(59, GTH_ROLES);
	tap_ok(says(GTH_ROLE_STORE, "it has run again for 59 s"), "while_it_is_not_proven");
	pass(1, GTH_ROLES);
	turn();
	tap_ok(says(GTH_ROLE_STORE, ""), "a_minute_later_all_is_well");
	finish();
}

static void test_stopped_network(enum gth_role role, enum gth_role other, const char *name)
{
	const unsigned int bound = (unsigned int)(gth_crew_usual_pace.silence[role] / 1000);
	pid_t store;

	begin("live", "live", "live");
	turn();
	store = crew.member[GTH_ROLE_STORE].pid;
	stop(role);
	pass(bound, role);
	tap_ok(gone(false) && says(role, "had not gone on for 60 s and was killed") &&
		       says(other, ""),
	       name);
	turn();
	tap_ok(all_run() && crew.member[GTH_ROLE_STORE].pid == store,
	       "the_store_goes_on_meanwhile");
	finish();
}

/* Both at the same moment: neither is taken for one that was ended with its peer. */
static void test_stopped_both(void)
{
	begin("live", "mute", "mute");
	turn();
	for (int i = 0; i < 60; i++) {
		heard(GTH_ROLE_STORE);
		turn();
	}
	tap_ok(gone(false) && says(GTH_ROLE_COURIER, "had not gone on for 60 s") &&
		       says(GTH_ROLE_DIALER, "had not gone on for 60 s"),
	       "two_that_are_stopped_are_both_told");
	finish();
}

static void test_crash_loop(void)
{
	static const unsigned int delays[] = { 1, 2, 4, 8 };

	begin("exit 7", "live", "live");
	for (size_t i = 0; i < sizeof(delays) / sizeof(*delays); i++) {
		turn();
		tap_ok(gone(true), "a_store_ends");
		tap_is(report(GTH_ROLE_STORE)->next, delays[i], "each_start_is_later");
		now += 1000ULL * (delays[i] - 1);
	}
	tap_ok(says(GTH_ROLE_STORE, "the store failed: 4 times; the last time it ended with status "
				    "7; it is started again in 1 s"),
	       "a_crash_loop_is_told");
	tap_is(report(GTH_ROLE_STORE)->failed, 4, "with_its_count");
	tap_ok(!strcmp(report(GTH_ROLE_STORE)->last, "it ended with status 7"), "and_its_last_end");
	tap_ok(gth_crew_well(&crew), "which_the_manager_need_not_mend");
	set(GTH_ROLE_STORE, "live");
	turn();
	tap_ok(all_run() && says(GTH_ROLE_STORE, "it has run again for 0 s"),
	       "the_cause_mended_it_runs");
	pass(61, GTH_ROLES);
	tap_ok(says(GTH_ROLE_STORE, ""), "and_proves_itself");
	finish();
}

static void test_killed(void)
{
	begin("live", "kill", "live");
	turn();
	tap_ok(gone(false) && says(GTH_ROLE_COURIER, "it was killed by signal 9 (Killed)"),
	       "a_signal_is_told_by_its_name");
	tap_ok(says(GTH_ROLE_DIALER, "") && !strcmp(report(GTH_ROLE_DIALER)->state, "waits"),
	       "its_peer_is_not_to_blame");
	finish();
}

/* A courier in foreign hands may end as if its store had gone. */
static void test_orderly_loop(void)
{
	begin("live", "exit 0", "live");
	turn();
	tap_ok(gone(false), "a_courier_ends_with_status_0");
	take(gth_crew_keep(&crew, now));
	tap_ok(!runs(GTH_ROLE_COURIER), "it_is_not_started_again_at_once");
	tap_is(report(GTH_ROLE_COURIER)->next, 1, "but_later");
	finish();
}

static void test_long_step(void)
{
	pid_t store;

	begin("long", "live", "live");
	turn();
	store = crew.member[GTH_ROLE_STORE].pid;
	tap_ok(heard(GTH_ROLE_STORE), "it_says_that_the_next_step_is_long");
	pass(299, GTH_ROLE_STORE);
	tap_ok(says(GTH_ROLE_STORE, "") && crew.member[GTH_ROLE_STORE].pid == store,
	       "it_is_waited_for_longer");
	pass(302, GTH_ROLE_STORE);
	tap_ok(gone(true) && says(GTH_ROLE_STORE, "had not gone on for 600 s"),
	       "and_not_without_end");
	finish();
}

static void test_mute(void)
{
	begin("mute", "live", "live");
	turn();
	pass(120, GTH_ROLE_STORE);
	tap_ok(crew.member[GTH_ROLE_STORE].killed, "who_is_never_heard_is_ended");
	finish();
}

/* Who writes without end has no other effect than to be heard. */
static void test_flood(void)
{
	begin("live", "flood", "live");
	turn();
	pass(120, GTH_ROLES);
	tap_ok(all_run() && says(GTH_ROLE_COURIER, ""), "a_flood_is_a_beat");
	finish();
}

/* The broker itself did not run: nobody can be blamed for that time. */
static void test_suspended(void)
{
	begin("mute", "live", "live");
	turn();
	now += 3600 * 1000;
	gth_crew_watch(&crew, now);
	tap_ok(all_run() && !crew.member[GTH_ROLE_STORE].killed && says(GTH_ROLE_STORE, ""),
	       "an_hour_in_which_nobody_listened_does_not_count");
	tap_ok(report(GTH_ROLE_STORE)->silent <= 3, "beyond_a_turn_of_the_loop");
	finish();
}

/* A process that SIGKILL does not end cannot be made here: its kill is left out. */
static void test_undying(void)
{
	begin("live", "live", "live");
	turn();
	crew.member[GTH_ROLE_STORE].killed = true;
	pass(59, GTH_ROLE_STORE);
	tap_ok(gth_crew_well(&crew) && says(GTH_ROLE_STORE, ""), "a_killed_process_has_time_to_go");
	pass(1, GTH_ROLE_STORE);
	tap_ok(says(GTH_ROLE_STORE, "the store was killed and has not ended for 60 s"),
	       "one_that_does_not_go_is_told");
	tap_ok(!gth_crew_well(&crew), "and_the_manager_is_left_without_a_sign_of_life");
	finish();
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
	tap_ok(n > 0 && n <= 65536 && errno == EAGAIN, "a_full_pipe_holds_up_nobody");
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
		_exit(play());
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
