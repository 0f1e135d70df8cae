// SPDX-License-Identifier: GPL-2.0-or-later
/* query.c - another program, whose standard output is read (see query.h). */
#include "sigtool/import/query.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/util/io.h"

/* Only PATH is passed on: the answer must not depend on who asks. */
static int spawn(struct query *q, const char *const *argv, posix_spawn_file_actions_t *actions)
{
	char path[4096], locale[] = "LC_ALL=C";
	char *environment[] = { locale, path, NULL };
	const char *value = getenv("PATH");

	snprintf(path, sizeof(path), "PATH=%s", value ? value : "/usr/bin:/bin");
	return -posix_spawnp(&q->pid, argv[0], actions, NULL, (char *const *)argv, environment);
}

/**
 * query_start() - starts a program that is searched for in PATH
 * @q: to be ended by query_end() after success
 * @argv: its arguments, the first one its name
 * @inherited: a descriptor that it gets under the same number, beside the three standard ones
 *
 * Its standard input is empty, its standard error that of this process.
 *
 * Return: 0; -ENOENT: there is no such program; or another negative errno.
 */
int query_start(struct query *q, const char *const *argv, int inherited)
{
	posix_spawn_file_actions_t actions;
	int fds[2], err;

	if (pipe2(fds, O_CLOEXEC))
		return -errno;
	err = -posix_spawn_file_actions_init(&actions);
	if (!err) {
		err = -posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null",
							O_RDONLY, 0);
		if (!err)
			err = -posix_spawn_file_actions_adddup2(&actions, fds[1], STDOUT_FILENO);
		if (!err)
			err = -posix_spawn_file_actions_adddup2(&actions, inherited, inherited);
		if (!err)
			err = spawn(q, argv, &actions);
		posix_spawn_file_actions_destroy(&actions);
	}
	close(fds[1]);
	q->fd = fds[0];
	if (err)
		close(fds[0]);
	return err;
}

/* A gth_read_fn. */
ssize_t query_read(void *query, void *data, size_t size)
{
	const struct query *q = query;

	return gth_read_full(q->fd, data, size);
}

/*
 * Waits for its end, to which SIGPIPE brings it if its output was not read whole. Return: 0; or
 * -EIO: it did not end with exit status 0.
 */
int query_end(struct query *q)
{
	int status = -1;
	pid_t pid;

	close(q->fd);
	do {
		pid = waitpid(q->pid, &status, 0);
	} while (pid < 0 && errno == EINTR);
	return pid == q->pid && WIFEXITED(status) && !WEXITSTATUS(status) ? 0 : -EIO;
}
