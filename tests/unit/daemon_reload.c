// SPDX-License-Identifier: GPL-2.0-or-later
/* daemon_reload.c - what a reload of the broker changes, and what on the disk changes nothing
 * without one. */
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/unit/lib/bundle.h"
#include "tests/unit/lib/daemon_process.h"
#include "tests/unit/lib/files.h"
#include "tests/unit/lib/must.h"
#include "tests/unit/lib/role_program.h"
#include "tests/unit/tap.h"

/* Whether the answer to a command of gotthardctl has these words. */
static bool answers(const char *command, const char *words)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	struct timeval patience = { .tv_sec = PATIENCE_MS / 1000 };
	char text[4096] = "";
	ssize_t n = -1;

	memcpy(a.sun_path, daemon_control, strlen(daemon_control));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (!connect(fd, (struct sockaddr *)&a, sizeof(a)) &&
	    send(fd, command, strlen(command), 0) > 0)
		n = recv(fd, text, sizeof(text) - 1, 0);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	if (!strstr(text, words))
		tap_note("answered: %s", text);
	return strstr(text, words);
}

/* After a reload of a faulty configuration nothing is sent any more, and log and status say why. */
static void narrows(pid_t pid, const char *why, const char *name)
{
	kill(pid, SIGHUP);
	tap_ok(told("RELOADING=1") && told("READY=1") && told(why) && answers("status", why) &&
		       !child_of(pid, "gth-store") && !child_of(pid, "gth-courier") &&
		       !child_of(pid, "gth-dialer"),
	       name);
}

static void widens(pid_t pid, const char *name)
{
	configure("");
	kill(pid, SIGHUP);
	tap_ok(told("unknown files are looked up"), name);
}

static void test_narrowing(void)
{
	char path[300], other[310];
	pid_t pid;

	configure("");
	pid = start_daemon();
	tap_ok(told("unknown files are looked up"), "begins_with_all_that_is_allowed");
	configure("[send]\nlookup = perhaps\n");
	narrows(pid, "gotthardd.conf:8: 'lookup': expected on or off",
		"a_typing_error_sends_nothing");
	tap_ok(answers("drop x", "\"ok\":false") && answers("forget x", "\"store\":false"),
	       "other_commands_are_told_why_they_cannot_be");
	widens(pid, "the_error_mended_goes_on");
	configure("[exclude]\nowner = gth-no-such\n");
	narrows(pid, "no user 'gth-no-such'", "an_owner_who_is_unknown_sends_nothing");
	configure("[exclude]\nfilesystem = nfs44\n");
	narrows(pid, "no type 'nfs44'", "a_filesystem_that_is_unknown_sends_nothing");
	widens(pid, "exclusions_mended_go_on");
	snprintf(path, sizeof(path), "%s/gotthardd.conf", daemon_dir);
	unlink(path);
	narrows(pid, "there is no configuration", "a_configuration_that_vanished_sends_nothing");
	widens(pid, "a_configuration_that_came_back_goes_on");
	snprintf(path, sizeof(path), "%s/region", daemon_dir);
	snprintf(other, sizeof(other), "%s-away", path);
	must(!rename(path, other));
	narrows(pid, "region: No such file", "a_bundle_that_vanished_sends_nothing");
	must(!rename(other, path));
	widens(pid, "a_bundle_that_came_back_goes_on");
	snprintf(path, sizeof(path), "%s/region/client.key", daemon_dir);
	snprintf(other, sizeof(other), "%s-away", path);
	must(!rename(path, other));
	write_file(region_dir, "client.key", 0600, "nonsense\n");
	narrows(pid, "client.key is not a private key", "a_key_that_is_none_sends_nothing");
	must(!rename(other, path));
	widens(pid, "and_its_own_goes_on");
	tap_is(end_daemon(pid), 0, "ends_orderly_after_all_of_this");
}

/* A region as far as the network knows: where a caller is seen. It answers nothing. */
static int region_at(int *port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) || listen(fd, 16) ||
	    getsockname(fd, (struct sockaddr *)&a, &len))
		exit(1);
	*port = ntohs(a.sin_port);
	return fd;
}

/* Those who have called until now; they are hung up on. */
static unsigned int calls(int fd)
{
	unsigned int n = 0;
	int peer;

	while ((peer = accept(fd, NULL, NULL)) >= 0) {
		close(peer);
		n++;
	}
	return n;
}

static bool is_called(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, PATIENCE_MS) == 1 && calls(fd);
}

/*
 * The bundle of another region is copied over the installed one. A process that dies
 * and begins anew afterwards calls the region that was installed, until the reload.
 */
static void test_bundle_swapped(void)
{
	static const char *const victims[] = { "gth-courier", "gth-dialer", "gth-store" };
	int swiss_port, other_port, swiss = region_at(&swiss_port), other = region_at(&other_port);
	char name[64];
	pid_t pid;

	write_trust(region_dir, "ch-test", "CH", swiss_port);
	configure("");
	pid = start_daemon();
	tap_ok(is_called(swiss), "the_installed_region_is_called");
	write_trust(region_dir, "us-test", "US", other_port);
	tap_ok(is_called(swiss) && !calls(other), "another_bundle_on_the_disk_changes_nothing");
	for (size_t i = 0; i < sizeof(victims) / sizeof(*victims); i++) {
		pid_t victim = wait_child(pid, victims[i], 0);

		snprintf(name, sizeof(name), "nor_when_a_%s_begins_anew", victims[i] + 4);
		kill(victim, SIGKILL);
		tap_ok(wait_child(pid, victims[i], victim) && (calls(swiss), is_called(swiss)) &&
			       !calls(other),
		       name);
	}
	kill(pid, SIGHUP);
	tap_ok(told("region us-test") && is_called(other), "the_reload_takes_it_up");
	calls(swiss);
	kill(wait_child(pid, "gth-courier", 0), SIGKILL);
	calls(other);
	tap_ok(is_called(other) && !calls(swiss), "and_the_one_before_is_not_called_any_more");
	tap_is(end_daemon(pid), 0, "ends_orderly_with_the_other_one");
	close(swiss);
	close(other);
	write_trust(region_dir, "ch-test", "CH", 1);
}

int main(int argc, char **argv)
{
	run_as_role(argc, argv);
	prepare_daemon();
	test_narrowing();
	test_bundle_swapped();
	remove_daemon();
	return tap_done();
}
