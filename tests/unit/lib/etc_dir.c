// SPDX-License-Identifier: GPL-2.0-or-later
/* etc_dir.c - a directory in the place of /etc/gotthard. */
#include "tests/unit/lib/etc_dir.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "tests/unit/lib/must.h"

char etc[] = "/tmp/gth-restore-XXXXXX";

void etc_begin(void)
{
	must(mkdtemp(etc));
}

void etc_write(const char *name, const char *text)
{
	char path[300];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", etc, name);
	f = fopen(path, "w");
	must(f && fputs(text, f) >= 0 && !fchmod(fileno(f), 0600) && !fclose(f));
}

const char *etc_content(const char *name)
{
	static char text[4096];
	char path[300];
	size_t n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", etc, name);
	f = fopen(path, "r");
	if (f) {
		n = fread(text, 1, sizeof(text) - 1, f);
		fclose(f);
	}
	text[n] = '\0';
	return text;
}

bool etc_has(const char *name)
{
	char path[300];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", etc, name);
	return !lstat(path, &st);
}

void etc_make_dir(const char *name)
{
	char path[300];

	snprintf(path, sizeof(path), "%s/%s", etc, name);
	must(!mkdir(path, 0755));
}

void etc_remove(const char *name)
{
	char command[400];

	snprintf(command, sizeof(command), "rm -rf %s/%s", etc, name);
	must(!system(command));
}
