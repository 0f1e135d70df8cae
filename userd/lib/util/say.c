// SPDX-License-Identifier: GPL-2.0-or-later
/* say.c - one line to stderr (see say.h). */
#include "lib/util/say.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/util/visible.h"

#define LINE 8192

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
	fwrite(shown, 1, len + 1, stderr);
}
