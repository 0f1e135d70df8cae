// SPDX-License-Identifier: GPL-2.0-or-later
/* say.c - a daemon whose stderr is not read does not stand still, and a command loses no line. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/util/say.h"
#include "tests/unit/tap.h"

#define LINES 20000 /* more than any pipe or socket holds */

static int terminal; /* stderr as it was */

static void say_into(int fd)
{
	if (dup2(fd, STDERR_FILENO) < 0)
		exit(1);
}

static void say_lines(int n)
{
	for (int i = 0; i < n; i++)
		gth_say("line %d", i);
}

/* Reads until nothing is there, or the end. Return: what was read, to be freed. */
static char *drain(int fd)
{
	size_t room = 1 << 20, have = 0;
	char *text = malloc(room);
	ssize_t n = 1;

	while (text && n > 0) {
		struct pollfd p = { .fd = fd, .events = POLLIN };

		if (poll(&p, 1, 0) < 1)
			break;
		n = read(fd, text + have, room - have - 1);
		have += n > 0 ? (size_t)n : 0;
	}
	if (!text)
		exit(1);
	text[have] = '\0';
	return text;
}

/* How many lines are whole and say what say_lines() says, from the first on */
static int whole(const char *text)
{
	char line[64];
	int n = 0;

	for (;; n++) {
		int len = snprintf(line, sizeof(line), "%s: line %d\n",
				   program_invocation_short_name, n);

		if (strncmp(text, line, (size_t)len))
			return n;
		text += len;
	}
}

/* The number that the gap has; -1: nothing is said of one */
static int gap(const char *text)
{
	const char *at = strstr(text, program_invocation_short_name);
	int n = -1;

	return at && sscanf(at + strlen(program_invocation_short_name),
			    ": %d line%*[s wasere]not written: stderr was not read", &n) == 1
		       ? n
		       : -1;
}

static void test_unread(int from, int to, const char *name)
{
	char *before, *after;

	say_into(to);
	say_lines(LINES);
	before = drain(from);
	gth_say("read again");
	after = drain(from);
	say_into(terminal);
	if (!tap_ok(whole(before) > 100 && whole(before) + gap(after) == LINES &&
			    strstr(after, "read\n") && strstr(after, ": read again\n"),
		    name))
		tap_note("%d whole, then: %s", whole(before), after);
	free(before);
	free(after);
	close(from);
	close(to);
}

/* One line is longer than a pipe's page, so that half of it may be there. */
static void test_torn(void)
{
	char longer[6000], *before, *after;
	int ends[2], n = 0;

	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	if (pipe2(ends, O_CLOEXEC))
		exit(1);
	say_into(ends[1]);
	for (int i = 0; i < 100; i++)
		gth_say("%s", longer);
	before = drain(ends[0]);
	gth_say("read again");
	after = drain(ends[0]);
	say_into(terminal);
	for (const char *at = before; (at = strchr(at, '\n')); at++)
		n++;
	tap_is(n + gap(after), 100, "long_lines_are_counted_too");
	tap_is(*after == '\n', before[strlen(before) - 1] != '\n', "half_a_line_is_ended");
	free(before);
	free(after);
	close(ends[0]);
	close(ends[1]);
}

static void *read_late(void *arg)
{
	const struct timespec t = { .tv_nsec = 50000000 };

	nanosleep(&t, NULL);
	return drain(*(int *)arg);
}

static void test_busy_reader(void)
{
	char *early, *late, block[8192] = "";
	pthread_t thread;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) ||
	    fcntl(ends[1], F_SETPIPE_SZ, sizeof(block)) != sizeof(block) ||
	    write(ends[1], block, sizeof(block)) != sizeof(block))
		exit(1);
	say_into(ends[1]);
	if (pthread_create(&thread, NULL, read_late, &ends[0]))
		exit(1);
	gth_say("line 0");
	if (pthread_join(thread, (void **)&early))
		exit(1);
	gth_say("line 1");
	late = drain(ends[0]);
	say_into(terminal);
	/* The reader may have found the first line, or left it. */
	tap_ok(gap(late) < 0 && strstr(late, ": line 1\n"), "busy_reader_misses_nothing");
	free(early);
	free(late);
	close(ends[0]);
	close(ends[1]);
}

static void test_file(void)
{
	int fd = memfd_create("log", MFD_CLOEXEC);
	char text[64] = "";

	say_into(fd);
	say_lines(2);
	say_into(terminal);
	if (pread(fd, text, sizeof(text) - 1, 0) < 0)
		exit(1);
	tap_is(whole(text), 2, "file_gets_each_line");
	close(fd);
}

/* Before a process has said that it never waits. */
static void test_command(void)
{
	int ends[2], status = -1, n = 0;
	char byte[4096];
	ssize_t got;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC))
		exit(1);
	pid = fork();
	if (!pid) {
		say_into(ends[1]);
		say_lines(LINES);
		_exit(0);
	}
	close(ends[1]);
	while ((got = read(ends[0], byte, sizeof(byte))) > 0)
		for (ssize_t i = 0; i < got; i++)
			n += byte[i] == '\n';
	waitpid(pid, &status, 0);
	tap_ok(n == LINES && !status, "command_waits_and_misses_nothing");
	close(ends[0]);
}

int main(void)
{
	int ends[2];

	signal(SIGPIPE, SIG_IGN);
	terminal = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 10);
	test_command();
	gth_say_never_wait();
	/* One that stands still ends here. */
	alarm(60);
	if (pipe2(ends, O_CLOEXEC))
		return 1;
	test_unread(ends[0], ends[1], "pipe_that_nobody_reads_stops_nobody");
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		return 1;
	test_unread(ends[0], ends[1], "socket_that_nobody_reads_stops_nobody");
	test_torn();
	test_busy_reader();
	test_file();
	return tap_done();
}
