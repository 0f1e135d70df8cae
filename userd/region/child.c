// SPDX-License-Identifier: GPL-2.0-or-later
/* child.c - starts a process in a role, and waits for its end (see child.h). */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/util/clock.h"

#include "region/patience.h"
#include "region/state.h"

#define PATIENCE_MS 600000

/* In the child of a process with threads, so it uses system calls only. */
static void become(const struct region_child *c, char *const argv[])
{
	static char *const environment[] = { NULL };
	unsigned int extra = c->extra >= 0;
	sigset_t none;
	/*
	 * Duplicates them to high numbers first, so that dup2() overwrites none before it is used.
	 */
	int in = fcntl(c->in, F_DUPFD, 10), out = fcntl(c->out, F_DUPFD, 10);
	int more = extra ? fcntl(c->extra, F_DUPFD, 10) : 0;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (in < 0 || out < 0 || more < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 ||
	    (extra && dup2(more, REGION_CHILD_EXTRA_FD) < 0))
		_exit(REGION_CHILD_BROKEN);
	close_range(REGION_CHILD_EXTRA_FD + extra, ~0U, 0);
	execve("/proc/self/exe", argv, environment);
	_exit(REGION_CHILD_BROKEN);
}

/**
 * region_child_run() - runs a role to its end
 * @status: of waitpid(2), if it ended by itself
 *
 * Return: 0; -ETIMEDOUT, after ten minutes; -ECANCELED: @stop was set; or an errno.
 * In all of these cases the process has ended.
 */
int region_child_run(const struct region_child *c, const atomic_bool *stop, int *status)
{
	char limit[24], role[64];
	char *argv[] = { role, limit, NULL };
	pid_t child;
	int fd, err;

	snprintf(role, sizeof(role), "%s", c->role);
	snprintf(limit, sizeof(limit), "%llu", (unsigned long long)c->limit);
	child = fork();
	if (child < 0)
		return -errno;
	if (!child)
		become(c, argv);
	fd = (int)syscall(SYS_pidfd_open, child, 0);
	err = fd < 0 ? -errno : region_patience(fd, POLLIN, gth_monotonic_ms() + PATIENCE_MS, stop);
	if (fd >= 0)
		close(fd);
	if (err)
		kill(child, SIGKILL);
	while (waitpid(child, status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return err;
}
