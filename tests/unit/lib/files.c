// SPDX-License-Identifier: GPL-2.0-or-later
/* files.c - files and commands that a test cannot go on without. */
#include "tests/unit/lib/files.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "tests/unit/lib/must.h"

void run(const char *format, ...)
{
	char command[1024];
	va_list args;

	va_start(args, format);
	must(vsnprintf(command, sizeof(command), format, args) < (int)sizeof(command));
	va_end(args);
	if (system(command))
		die(command);
}

void write_file(const char *dir, const char *name, mode_t mode, const char *format, ...)
{
	char path[300];
	va_list args;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "we");
	must(f);
	va_start(args, format);
	vfprintf(f, format, args);
	va_end(args);
	must(!fclose(f) && !chmod(path, mode));
}
