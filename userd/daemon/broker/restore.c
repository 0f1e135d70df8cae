// SPDX-License-Identifier: GPL-2.0-or-later
/* restore.c - what was kept comes into force again (see restore.h). */
#include "daemon/broker/restore.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/host/device.h"
#include "lib/host/policy_file.h"
#include "lib/util/say.h"
#include "lib/host/table_dir.h"

struct restoring {
	struct gth_restore *result;
	const struct gth_restore_device *device;
	const char *etc;
};

/* gth_restore_problem() - said, and kept for status; of more than there is room for, that there are
 * more */
void gth_restore_problem(struct gth_restore *r, const char *format, ...)
{
	char text[GTH_RESTORE_TEXT];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	gth_say("%s", text);
	if (r->n < GTH_RESTORE_PROBLEMS)
		snprintf(r->problem[r->n++], GTH_RESTORE_TEXT, "%s", text);
	else
		snprintf(r->problem[GTH_RESTORE_PROBLEMS - 1], GTH_RESTORE_TEXT,
			 "more is wrong: see gotthardd's log");
}

/* Somebody has loaded a newer release and not kept it: that one stays. */
static bool is_newer_in_force(const struct restoring *r, const char *name)
{
	struct gth_info i;

	return !r->device->info(r->device->arg, &i) && i.table_version && !strcmp(i.name, name);
}

static void load(const struct restoring *r, const struct gth_table_dir *d)
{
	struct gth_table_files files;
	struct gth_info i;
	int err = gth_table_files_open(d, d->name, &files);

	if (err) {
		gth_restore_problem(r->result, "%s/" GTH_TABLE_DIR "/%s is not loaded: %s", r->etc,
				    d->name, strerror(-err));
		return;
	}
	err = r->device->load(r->device->arg, &files);
	gth_table_files_close(&files);
	if (err == -ESTALE && is_newer_in_force(r, d->name))
		gth_say("%s/" GTH_TABLE_DIR "/%s is older than the table in force, which stays",
			r->etc, d->name);
	else if (err)
		gth_restore_problem(r->result, "%s/" GTH_TABLE_DIR "/%s is not loaded: %s", r->etc,
				    d->name, gth_device_load_hint(err));
	else if (!r->device->info(r->device->arg, &i))
		gth_say("table %s version %llu is in force", i.name,
			(unsigned long long)i.table_version);
}

static void restore_table(const struct restoring *r)
{
	struct gth_table_dir d;
	int err = gth_table_dir_open(&d, r->etc, false);

	if (err == -ENOENT)
		return;
	if (err)
		gth_restore_problem(r->result, "%s/" GTH_TABLE_DIR ": %s", r->etc, strerror(-err));
	else if (d.tables > 1)
		gth_restore_problem(r->result,
				    "%s/" GTH_TABLE_DIR
				    " holds %u tables, and one can be in force: none is "
				    "loaded; remove all but one",
				    r->etc, d.tables);
	else if (d.tables)
		load(r, &d);
	gth_table_dir_close(&d);
}

static void say_wrong_line(void *ctx, unsigned int line, const char *text)
{
	const struct restoring *r = ctx;

	if (line)
		gth_restore_problem(r->result, "%s/" GTH_POLICY_FILE ":%u: %s", r->etc, line, text);
	else
		gth_restore_problem(r->result, "%s/" GTH_POLICY_FILE ": %s", r->etc, text);
}

static void set(struct restoring *r, const struct gth_policy_line *l)
{
	char text[128];
	int err = r->device->set(r->device->arg, l->knob, l->value);

	if (!err)
		return;
	if (err == -ENOENT || err == -EISDIR)
		snprintf(text, sizeof(text), "there is no knob '%s'", l->knob);
	else if (err == -EINVAL)
		snprintf(text, sizeof(text), "'%s' is not a value of %s", l->value, l->knob);
	else
		snprintf(text, sizeof(text), "%s: %s", l->knob, strerror(-err));
	say_wrong_line(r, l->line, text);
}

/* A wrong line takes nothing from the right ones: without them, less would be denied. */
static void restore_policy(struct restoring *r)
{
	struct gth_policy_file p;
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/" GTH_POLICY_FILE, r->etc);
	gth_policy_file_load(&p, path, say_wrong_line, r);
	for (size_t i = 0; i < p.n; i++)
		if (strcmp(p.at[i].knob, "mode") != 0)
			set(r, &p.at[i]);
	for (size_t i = 0; i < p.n; i++)
		if (!strcmp(p.at[i].knob, "mode"))
			set(r, &p.at[i]);
}

/**
 * gth_restore() - table, verdicts and policy, as they were kept
 * @r: set: what did not come into force, which was said too
 * @device: the module
 * @etc: the directory of what is kept, such as GTH_ETC
 *
 * Policy is set although the table may be missing: what it denies stays denied.
 */
void gth_restore(struct gth_restore *r, const struct gth_restore_device *device, const char *etc)
{
	struct restoring restoring = { r, device, etc };

	r->n = 0;
	restore_table(&restoring);
	gth_restore_verdicts(r, device, etc, (uint64_t)time(NULL));
	restore_policy(&restoring);
}
