// SPDX-License-Identifier: GPL-2.0-or-later
/* say.c - one line to stderr (see say.h). */
#include "lib/util/say.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/util/io.h"
#include "lib/util/visible.h"

#define LINE 8192
#define WAIT_MS 200 /* for a reader that is busy; once only, until it reads again */

static bool never_waits;
static atomic_uint lost; /* lines since the last one that was written */
static atomic_bool torn; /* the last one has no end */

/**
 * gth_say_never_wait() - a line that stderr has no room for is lost, and counted
 *
 * For a process on which others depend: it must not stand still because its messages are
 * not read. A command waits, as any program does, so that nothing is missing from a pager.
 */
void gth_say_never_wait(void)
{
	never_waits = true;
}

/* Was all of it written? Waits for room only; any other error ends it. */
static bool write_now(const char *text, size_t len)
{
	struct pollfd p = { .fd = STDERR_FILENO, .events = POLLOUT };
	size_t done = 0;

	while (done < len) {
		ssize_t n = gth_write_now(STDERR_FILENO, text + done, len - done);

		if (n == -EAGAIN && !lost && poll(&p, 1, WAIT_MS) == 1)
			n = gth_write_now(STDERR_FILENO, text + done, len - done);
		if (n <= 0)
			break;
		done += (size_t)n;
		torn = text[done - 1] != '\n';
	}
	return done == len;
}

/* The number first, so that a gap is seen where it is. */
static bool write_lost(void)
{
	unsigned int n = lost;
	char line[128];

	if (!n)
		return true;
	snprintf(line, sizeof(line), "%s%s: %u %s not written: stderr was not read\n",
		 torn ? "\n" : "", program_invocation_short_name, n,
		 n == 1 ? "line was" : "lines were");
	if (!write_now(line, strlen(line)))
		return false;
	lost -= n;
	return true;
}

/*
 * Names come from the command line and from files: what could steer a terminal
 * is shown as \xNN. The line is written at once, so that programs which share
 * stderr do not mix theirs.
 */
void gth_say(const char *format, ...)
{
	char line[LINE], shown[GTH_VISIBLE_SIZE(LINE)];
	va_list args;
	size_t len;
	int n;

	n = snprintf(line, sizeof(line), "%s: ", program_invocation_short_name);
	if (n < 0 || n >= LINE)
		return;
	va_start(args, format);
	/* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): va_start() is above */
	vsnprintf(line + n, sizeof(line) - (size_t)n, format, args);
	va_end(args);
	len = gth_visible(shown, sizeof(shown), line, strlen(line), GTH_VISIBLE_PROSE);
	shown[len] = '\n'; /* in place of the NUL */
	if (!never_waits)
		fwrite(shown, 1, len + 1, stderr);
	else if (!write_lost() || !write_now(shown, len + 1))
		lost++;
}
