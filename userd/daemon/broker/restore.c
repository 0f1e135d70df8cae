// SPDX-License-Identifier: GPL-2.0-or-later
/* restore.c - brings the kept state into force again (see restore.h). */
#include "daemon/broker/restore.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/host/device.h"
#include "lib/host/floors.h"
#include "lib/host/policy_file.h"
#include "lib/host/table_dir.h"
#include "lib/util/clock.h"
#include "lib/util/say.h"

struct restoring {
	struct gth_restore *result;
	const struct gth_restore_device *device;
	const char *etc, *state;
};

/* gth_restore_problem() - logs it and keeps it for status; if there are too many, the last one says
 * so */
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

static const char *reason(int err)
{
	return err == -EPERM ? "others than root can write there" : strerror(-err);
}

/* A newer release was loaded by hand and not kept: it stays in force. */
static bool is_newer_in_force(const struct restoring *r, const char *name)
{
	struct gth_info i;

	return !r->device->info(r->device->arg, &i) && i.table_version && !strcmp(i.name, name);
}

/* After a reboot, no release older than the kept one. */
static void note_floor(const struct restoring *r, const char *name)
{
	struct gth_floors list;
	int err = r->device->floors(r->device->arg, &list);
	const struct gth_floor *f = err ? NULL : gth_floors_find(&list, name);

	if (f)
		err = gth_floors_note(r->state, f, false);
	if (err)
		gth_restore_problem(
			r->result,
			"%s/" GTH_FLOORS_FILE
			" cannot be written: %s; after a reboot an older table may be loaded",
			r->state, reason(err));
}

/*
 * The release was in force before, so the module has not read the kept copy; the next boot will
 * need it.
 */
static void check_copy(const struct restoring *r, const struct gth_table_dir *d,
		       const struct gth_info *i, int body)
{
	struct gth_floors list;
	int err = r->device->floors(r->device->arg, &list);

	if (!err)
		err = gth_floors_body(&list, i, body);
	if (err)
		gth_restore_problem(
			r->result,
			"%s/" GTH_TABLE_DIR "/%s is in force, but the copy that is kept "
			"%s: load it again with gotthardctl table load --keep",
			r->etc, d->name, err == -EBADMSG ? "is damaged" : "cannot be checked");
}

static void load(const struct restoring *r, const struct gth_table_dir *d)
{
	struct gth_info before = { .table_version = 0 }, i;
	struct gth_table_files files;
	int err = gth_table_files_open(d, d->name, &files);

	if (err) {
		gth_restore_problem(r->result, "%s/" GTH_TABLE_DIR "/%s is not loaded: %s", r->etc,
				    d->name, strerror(-err));
		return;
	}
	err = r->device->info(r->device->arg, &before);
	if (!err)
		err = r->device->load(r->device->arg, &files);
	if (err == -ESTALE && is_newer_in_force(r, d->name))
		gth_say("%s/" GTH_TABLE_DIR "/%s is older than the table in force, which stays",
			r->etc, d->name);
	else if (err)
		gth_restore_problem(r->result, "%s/" GTH_TABLE_DIR "/%s is not loaded: %s", r->etc,
				    d->name, gth_device_load_hint(err));
	else if (!r->device->info(r->device->arg, &i)) {
		gth_say("table %s version %llu is in force", i.name,
			(unsigned long long)i.table_version);
		note_floor(r, i.name);
		if (gth_device_same_release(&before, &i))
			check_copy(r, d, &i, files.body);
	}
	gth_table_files_close(&files);
}

static void say_wrong_floor(void *ctx, unsigned int line, const char *text)
{
	const struct restoring *r = ctx;

	gth_restore_problem(r->result, "%s/" GTH_FLOORS_FILE ":%u: %s", r->state, line, text);
}

/*
 * A damaged line takes nothing from the others. The table is loaded all the same: without
 * it nothing would be denied.
 */
static void restore_floors(struct restoring *r)
{
	struct gth_floors list;
	int err = gth_floors_load(&list, r->state, say_wrong_floor, r);

	if (err && err != -ENOENT && err != -EBADMSG)
		gth_restore_problem(r->result,
				    "%s/" GTH_FLOORS_FILE
				    ": %s; a table may be older than one before",
				    r->state, reason(err));
	for (unsigned int i = 0; i < list.n; i++) {
		err = r->device->raise(r->device->arg, &list.floor[i]);
		if (err)
			gth_restore_problem(r->result,
					    "%s/" GTH_FLOORS_FILE
					    ": version %llu of %s is not taken: %s",
					    r->state, (unsigned long long)list.floor[i].version,
					    list.floor[i].name, strerror(-err));
	}
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

/* A wrong line does not keep the others from being set: without them, less would be denied. */
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
 * @r: set: the things that did not come into force; they are logged too
 * @device: the module
 * @etc: the directory of the state that an administrator keeps, such as GTH_ETC
 * @state: the directory of the state that this machine keeps, such as GTH_ROOT_STATE
 *
 * Policy is set even if the table is missing: it must go on to deny.
 */
void gth_restore(struct gth_restore *r, const struct gth_restore_device *device, const char *etc,
		 const char *state)
{
	struct restoring restoring = { r, device, etc, state };

	r->n = 0;
	restore_floors(&restoring);
	restore_table(&restoring);
	gth_restore_verdicts(r, device, etc, gth_now());
	restore_policy(&restoring);
}
