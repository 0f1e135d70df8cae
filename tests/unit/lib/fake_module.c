// SPDX-License-Identifier: GPL-2.0-or-later
/* fake_module.c - the module as the daemon sees it at its start: it notes what it is told. */
#include "tests/unit/lib/fake_module.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/lib/etc_dir.h"

struct fake_module module;
struct gth_restore result;

static void note(const char *what, const char *more)
{
	size_t len = strlen(module.journal);

	snprintf(module.journal + len, sizeof(module.journal) - len, "%s %s;", what, more);
}

static int load_table(void *arg, const struct gth_table_files *files)
{
	ssize_t n = read(files->manifest, module.loaded, sizeof(module.loaded) - 1);

	(void)arg;
	module.loaded[n < 0 ? 0 : n] = '\0';
	note(files->signature >= 0 ? "load signed" : "load", module.loaded);
	return module.load_error;
}

static int table_info(void *arg, struct gth_info *i)
{
	(void)arg;
	*i = (struct gth_info) { .table_version = 0 };
	if (!module.before && !*module.loaded)
		return 0;
	i->table_version = module.version;
	strcpy(i->name, module.name);
	return 0;
}

static int set_knob(void *arg, const char *knob, const char *value)
{
	char both[80];

	(void)arg;
	snprintf(both, sizeof(both), "%s=%s", knob, value);
	note("set", both);
	if (!strcmp(knob, "bogus"))
		return -ENOENT;
	return !strcmp(value, "wrong") ? -EINVAL : 0;
}

/* All or none, as the module does. */
static int write_verdicts(void *arg, const struct gth_verdict *records, unsigned int n)
{
	(void)arg;
	if (n > module.room)
		return -ENOSPC;
	module.room -= n;
	for (unsigned int i = 0; i < n; i++) {
		char text[80];

		snprintf(text, sizeof(text), "%u:%02x%02x=%u until %llu", records[i].domain,
			 records[i].digest[0], records[i].digest[31], records[i].class,
			 (unsigned long long)records[i].expires);
		note("verdict", text);
		module.foreign += records[i].source != GTH_SOURCE_ROOT;
	}
	return 0;
}

static int held_verdicts(void *arg, struct gth_verdict **records, size_t *n)
{
	(void)arg;
	*n = module.n_held;
	*records = malloc(sizeof(module.held));
	if (!*records)
		return -ENOMEM;
	memcpy(*records, module.held, sizeof(module.held));
	return 0;
}

static int floors(void *arg, struct gth_floors *list)
{
	(void)arg;
	*list = (struct gth_floors) { .n = !!module.in_force.version, .floor[0] = module.in_force };
	return 0;
}

static int raise_floor(void *arg, const struct gth_floor *f)
{
	char text[80];

	(void)arg;
	snprintf(text, sizeof(text), "%s to %llu", f->name, (unsigned long long)f->version);
	note("raise", text);
	return strcmp(f->name, "WRONG") ? 0 : -EINVAL;
}

const struct gth_restore_device device = { load_table,	  table_info, set_knob,	   write_verdicts,
					   held_verdicts, floors,     raise_floor, NULL };

void restore(int load_error)
{
	memset(&module, 0, sizeof(module));
	module.load_error = load_error;
	module.room = 100;
	gth_restore(&result, &device, etc, etc);
}

void restore_verdicts(uint64_t now)
{
	memset(module.journal, 0, sizeof(module.journal));
	module.foreign = 0;
	result.n = 0;
	gth_restore_verdicts(&result, &device, etc, now);
}

void forget_module(size_t room)
{
	memset(&module, 0, sizeof(module));
	module.room = room;
}
