// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * daemon.c - the broker with its real children: what it tells the service manager, and
 * what the death of each child does.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/lib/daemon_process.h"
#include "tests/unit/lib/files.h"
#include "tests/unit/lib/role_program.h"
#include "tests/unit/tap.h"

/*
 * For processes that are stopped: longer than any of them waits for something to do, and shorter
 * than this test.
 */
static const struct gth_children_pace quick = {
	.silence = { [GTH_ROLE_STORE] = 24000,
		     [GTH_ROLE_COURIER] = 24000,
		     [GTH_ROLE_DIALER] = 24000 },
	.longer = 24000,
	.dying = 60000,
	.delay_min = 1000,
	.delay_max = 2000,
	.proven = 10000,
};

static void test_without_configuration(void)
{
	pid_t pid = start_daemon();

	tap_ok(told("nothing is forwarded: there is no configuration"), "no_configuration_is_told");
	tap_ok(told("WATCHDOG=1"), "watchdog_is_pinged");
	tap_is(child_of(pid, "gth-store"), 0, "no_child_is_started");
	tap_is(serves(), 0, "nobody_serves_the_module");
	write_file(daemon_dir, "gotthardd.conf", 0644, "[endpoint]\n");
	kill(pid, SIGHUP);
	tap_ok(told("RELOADING=1") && told("READY=1"), "reloading_is_told");
	tap_ok(told("country of this machine's user is not set"), "missing_country_is_told");
	write_file(daemon_dir, "gotthardd.conf", 0644, "[nonsense]\n");
	kill(pid, SIGHUP);
	tap_ok(told("RELOADING=1") && told("READY=1"), "wrong_configuration_ends_nothing");
	tap_ok(told("gotthardd.conf:1: there is no section 'nonsense'"), "and_says_why");
	tap_is(end_daemon(pid), 0, "ends_orderly_without_children");
}

static void test_children(void)
{
	pid_t pid, store, courier, dialer, other;
	unsigned int before;
	struct stat st;

	configure("");
	pid = start_daemon();
	tap_ok(told("the module is not answered yet"), "begins_without_answers");
	tap_ok(told("unknown files are looked up, region ch-test"), "ready_store_makes_it_serve");
	tap_ok(!stat(daemon_control, &st) && S_ISSOCK(st.st_mode) && (st.st_mode & 0777) == 0600,
	       "control_socket_is_its_owner's");
	store = wait_child(pid, "gth-store", 0);
	courier = wait_child(pid, "gth-courier", 0);
	dialer = wait_child(pid, "gth-dialer", 0);
	tap_ok(store && courier && dialer, "three_children_run");

	kill(courier, SIGKILL);
	courier = wait_child(pid, "gth-courier", courier);
	other = wait_child(pid, "gth-dialer", dialer);
	tap_ok(courier && other, "dead_courier_is_replaced_with_its_dialer");
	tap_is(child_of(pid, "gth-store"), store, "the_store_goes_on_meanwhile");
	dialer = other;
	kill(dialer, SIGKILL);
	other = wait_child(pid, "gth-courier", courier);
	tap_ok(other && wait_child(pid, "gth-dialer", dialer), "dead_dialer_is_replaced");

	before = serves();
	kill(store, SIGKILL);
	tap_ok(told("the module is not answered yet"), "dead_store_ends_serving");
	tap_ok(told("unknown files are looked up"), "another_store_serves_again");
	tap_is(serves(), before + 1, "by_a_new_descriptor");
	store = wait_child(pid, "gth-store", store);

	courier = wait_child(pid, "gth-courier", 0);
	configure("[send]\nlookup = off\n");
	kill(pid, SIGHUP);
	tap_ok(told("READY=1") && wait_child(pid, "gth-courier", courier),
	       "changed_configuration_starts_the_courier_anew");
	tap_is(child_of(pid, "gth-store"), store, "and_keeps_the_store");

	tap_is(end_daemon(pid), 0, "ends_orderly");
	tap_ok(kill(store, 0) && errno == ESRCH, "and_leaves_no_store_behind");
	tap_ok(stat(daemon_control, &st) && errno == ENOENT, "nor_a_socket");
}

static void test_killed(void)
{
	pid_t pid = start_daemon(), store, courier;
	int gone = 0, status;

	tap_ok(told("unknown files are looked up"), "begins_again_after_an_end");
	store = wait_child(pid, "gth-store", 0);
	courier = wait_child(pid, "gth-courier", 0);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	/* They are the test's now; one that hangs makes it time out. */
	gone += waitpid(store, &status, 0) == store;
	gone += waitpid(courier, &status, 0) == courier;
	tap_is(gone, 2, "children_do_not_outlive_a_killed_broker");
	pid = start_daemon();
	tap_ok(told("unknown files are looked up"), "a_socket_left_behind_is_replaced");
	tap_is(end_daemon(pid), 0, "and_ends_orderly");
}

/*
 * A manager that reads nothing, and whose queue is full: the daemon goes on, and what it
 * has to know it learns later, each once and in order.
 */
static void test_manager_stopped(void)
{
	char text[1024];
	unsigned int full = 0, reloads = 0;
	ssize_t n;
	pid_t pid = start_daemon();
	int flags = fcntl(notices, F_GETFL);
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int other = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	tap_ok(told("unknown files are looked up"), "begins_under_a_manager_that_reads");
	snprintf(a.sun_path, sizeof(a.sun_path), "%s/notify", daemon_dir);
	while (sendto(other, "full", 4, 0, (struct sockaddr *)&a, sizeof(a)) == 4)
		full++;
	close(other);
	tap_ok(full && errno == EAGAIN, "the_manager's_queue_is_full");
	kill(pid, SIGHUP);
	tap_ok(wait_child(pid, "gth-courier", wait_child(pid, "gth-courier", 0)),
	       "it_reloads_although_the_manager_does_not_read");
	tap_ok(told("RELOADING=1") && told("READY=1"), "and_the_manager_learns_of_it");
	tap_ok(told("WATCHDOG=1"), "and_that_it_lives");
	fcntl(notices, F_SETFL, flags | O_NONBLOCK);
	while ((n = recv(notices, text, sizeof(text) - 1, 0)) > 0) {
		text[n] = '\0';
		reloads += strstr(text, "RELOADING=1") != NULL;
	}
	fcntl(notices, F_SETFL, flags);
	tap_is(reloads, 0, "of_one_reload_once");
	tap_is(end_daemon(pid), 0, "and_ends_orderly_after_that");
}

/* Whether the broker's answer to `gotthardctl status` has these words. */
static bool health(const char *words)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	struct timeval patience = { .tv_sec = PATIENCE_MS / 1000 };
	static char text[16384];
	ssize_t n = -1;

	snprintf(a.sun_path, sizeof(a.sun_path), "%s/health", daemon_dir);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (!connect(fd, (struct sockaddr *)&a, sizeof(a)))
		n = recv(fd, text, sizeof(text) - 1, 0);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	return strstr(text, words);
}

static bool becomes(const char *words)
{
	for (int ms = 0; ms < PATIENCE_MS; ms += 100) {
		if (health(words))
			return true;
		usleep(100000);
	}
	tap_note("health does not say: %s", words);
	return false;
}

/* Stopped, each of the real processes is named, ended, and replaced; and then all is well. */
static void test_stopped(void)
{
	static const char *const roles[] = { "store", "courier" };
	char words[80], name[64];
	pid_t pid, victim, other;

	daemon_pace = &quick;
	configure("");
	pid = start_daemon();
	tap_ok(told("unknown files are looked up") && becomes("\"problems\":[]") &&
		       health("\"name\":\"store\",\"state\":\"runs\""),
	       "processes_that_go_on_are_no_problem");
	for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++) {
		snprintf(name, sizeof(name), "gth-%s", roles[i]);
		victim = wait_child(pid, name, 0);
		kill(victim, SIGSTOP);
		snprintf(words, sizeof(words), "the %s has made no progress for", roles[i]);
		snprintf(name, sizeof(name), "a_stopped_%s_is_named", roles[i]);
		tap_ok(becomes(words), name);
		snprintf(words, sizeof(words), "the %s failed: it had made no progress", roles[i]);
		snprintf(name, sizeof(name), "its_end_is_told_of_the_%s", roles[i]);
		tap_ok(becomes(words), name);
		snprintf(name, sizeof(name), "gth-%s", roles[i]);
		other = wait_child(pid, name, victim);
		snprintf(name, sizeof(name), "another_%s_takes_its_place", roles[i]);
		tap_ok(other && kill(victim, 0) && errno == ESRCH, name);
		snprintf(name, sizeof(name), "all_is_well_with_the_new_%s", roles[i]);
		tap_ok(becomes("\"problems\":[]"), name);
	}
	tap_ok(told("WATCHDOG=1"), "the_manager_is_told_that_the_daemon_lives");
	tap_is(end_daemon(pid), 0, "ends_orderly_after_processes_were_stopped");
	daemon_pace = NULL;
}

static void test_bad_user(void)
{
	pid_t pid;

	write_file(daemon_dir, "gotthardd.conf", 0644,
		   "[endpoint]\ncountry = CH\nregion = %s/region\nstate = %s/state\n"
		   "user = gth-no-such\nnetwork_user = %s\n",
		   daemon_dir, daemon_dir, daemon_user());
	pid = start_daemon();
	tap_ok(told("the module is not answered yet"), "missing_user_is_no_end_of_the_daemon");
	tap_ok(told("WATCHDOG=1"), "which_goes_on");
	tap_ok(becomes("the store failed: 2 times; the last time it ended with status 1; it is started "
		       "again in"),
	       "and_tells_of_a_store_that_ends_again_and_again");
	tap_is(end_daemon(pid), 0, "and_ends_orderly_without_a_store");
}

int main(int argc, char **argv)
{
	run_as_role(argc, argv);
	prepare_daemon();
	test_without_configuration();
	test_children();
	test_killed();
	test_manager_stopped();
	test_stopped();
	test_bad_user();
	remove_daemon();
	return tap_done();
}
