// SPDX-License-Identifier: GPL-2.0-or-later
/* unload.c - `gotthardd --unload` and the daemon speak, in a network namespace of their own. */
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/hooks/unload.h"
#include "tests/unit/tap.h"

/* The side that asks, in a process of its own; what it does between asking and being done */
static pid_t asker(unsigned int uid, void (*deed)(void))
{
	struct ucred daemon;
	pid_t pid, parent = getpid();
	int fd;

	fflush(stdout);
	pid = fork();
	if (pid)
		return pid;
	if (uid && setuid(uid))
		_exit(99);
	fd = gth_unload_ask(&daemon);
	if (fd < 0)
		_exit(-fd);
	if (daemon.pid != parent)
		_exit(98);
	if (deed)
		deed();
	gth_unload_done(fd);
	_exit(0);
}

static void die(void)
{
	_exit(97);
}

static int status_of(pid_t pid)
{
	int status = -1;

	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool readable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 60000) == 1;
}

static bool hung_up(int fd)
{
	char byte;

	return readable(fd) && !recv(fd, &byte, sizeof(byte), 0);
}

int main(void)
{
	struct ucred peer, nobody;
	int listener, other, fd;
	pid_t pid;

	if (unshare(CLONE_NEWNET) && unshare(CLONE_NEWNET | CLONE_NEWUSER)) {
		tap_skip("unload", "no network namespace here");
		return tap_done();
	}
	tap_is(gth_unload_ask(&peer), -ECONNREFUSED, "without_a_daemon_nobody_answers");
	listener = gth_unload_listen();
	tap_ok(listener >= 0, "daemon_listens");
	other = gth_unload_listen();
	tap_is(other, -EADDRINUSE, "only_one_does");
	tap_is(gth_unload_accept(listener, &peer), -EAGAIN, "without_an_asker_it_does_not_wait");

	pid = asker(0, NULL);
	fd = readable(listener) ? gth_unload_accept(listener, &peer) : -1;
	tap_ok(fd >= 0, "asker_is_let");
	tap_is(peer.pid, pid, "and_known_by_its_pid");
	tap_is(peer.uid, geteuid(), "and_uid");
	tap_ok(hung_up(fd), "what_is_done_hangs_up");
	tap_is(waitpid(pid, NULL, WNOHANG), 0, "the_asker_waits_for_the_end");
	close(fd);
	tap_is(status_of(pid), 0, "which_it_sees");

	pid = asker(0, die);
	fd = readable(listener) ? gth_unload_accept(listener, &peer) : -1;
	tap_ok(fd >= 0 && hung_up(fd), "asker_that_dies_hangs_up");
	close(fd);
	tap_is(status_of(pid), 97, "it_did");

	if (geteuid()) {
		tap_skip("others_are_refused", "not root");
	} else {
		pid = asker(65534, NULL);
		fd = readable(listener) ? gth_unload_accept(listener, &nobody) : -1;
		tap_is(fd, -EPERM, "others_are_refused");
		tap_is(nobody.uid, 65534, "and_known");
		tap_is(status_of(pid), EPROTO, "and_not_let");
	}
	close(listener);
	return tap_done();
}
