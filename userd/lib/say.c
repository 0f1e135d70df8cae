// SPDX-License-Identifier: GPL-2.0-or-later
/* say.c - one line to stderr (see say.h). */
#include "lib/say.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#define LINE 8192

/*
 * Names come from the command line and from files: what could steer a terminal
 * is shown as '?'. The line is written at once, so that programs which share
 * stderr do not mix theirs.
 */
void gth_say(const char *format, ...)
{
	char line[LINE];
	va_list args;
	int n;

	n = snprintf(line, sizeof(line) - 1, "%s: ", program_invocation_short_name);
	if (n < 0 || n >= LINE - 1)
		return;
	va_start(args, format);
	/* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): va_start() is above */
	vsnprintf(line + n, sizeof(line) - 1 - (size_t)n, format, args);
	va_end(args);
	for (n = 0; line[n]; n++)
		if ((unsigned char)line[n] < ' ' || line[n] == 0x7f)
			line[n] = '?';
	line[n] = '\n';
	fwrite(line, 1, (size_t)n + 1, stderr);
}
