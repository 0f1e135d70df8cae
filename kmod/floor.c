// SPDX-License-Identifier: GPL-2.0-only
/* floor.c - the highest release of each database name (see floor.h). */
#include <linux/limits.h>
#include <linux/mutex.h>
#include <linux/string.h>

#include "core/cursor.h"
#include "floor.h"
#include "printk.h"

/* Guards the floors; within the table's lock, or alone. */
static DEFINE_MUTEX(floor_lock);
static struct gth_floor floors[GTH_FLOORS_MAX];

/* The place of a name; an unused one if it is new; NULL: all are in use. */
static struct gth_floor *find(const char *name)
{
	unsigned int i;

	lockdep_assert_held(&floor_lock);
	for (i = 0; i < GTH_FLOORS_MAX; i++)
		if (!floors[i].version || !strncmp(floors[i].name, name, GTH_NAME_SIZE))
			return &floors[i];
	return NULL;
}

/**
 * gth_floor_check() - may this release be loaded?
 * @m: its manifest
 * @rollback: also if it is older
 *
 * The release that set the floor may come back after it was dropped: nothing in it is
 * older.
 *
 * Return: 0; -ESTALE: it is older, or another release of the same version; -ENOSPC:
 * its name is new, and there is no place for one more.
 */
int gth_floor_check(const struct gth_manifest *m, bool rollback)
{
	const struct gth_floor *f;
	int ret = 0;

	mutex_lock(&floor_lock);
	f = find(m->name);
	if (!f)
		ret = -ENOSPC;
	else if (!rollback && m->version <= f->version &&
		 (m->version < f->version ||
		  memcmp(m->body_digest, f->body_digest, sizeof(f->body_digest))))
		ret = -ESTALE;
	mutex_unlock(&floor_lock);
	return ret;
}

static void set(struct gth_floor *f, const char *name, u64 version, const u8 *body_digest)
{
	memcpy(f->name, name, sizeof(f->name));
	memcpy(f->body_digest, body_digest, sizeof(f->body_digest));
	f->version = version;
}

/**
 * gth_floor_note() - a release is in force
 * @m: its manifest, for which gth_floor_check() gave 0
 * @rollback: the floor goes down to it
 */
void gth_floor_note(const struct gth_manifest *m, bool rollback)
{
	struct gth_floor *f;

	mutex_lock(&floor_lock);
	f = find(m->name);
	/* Both may have changed since the check: gth_floor_raise() */
	if (f && (rollback || m->version >= f->version)) {
		if (m->version < f->version)
			pr_notice("table %s goes back from version %llu to %llu\n", m->name,
				  f->version, m->version);
		set(f, m->name, m->version, m->body_digest);
	}
	mutex_unlock(&floor_lock);
}

/**
 * gth_floor_raise() - nothing older than this is loaded from now on
 * @f: from user space; a floor that is as high already stays
 *
 * Return: 0; -EINVAL: this is not a release; -ENOSPC: no place for one more name.
 */
int gth_floor_raise(const struct gth_floor *f)
{
	struct gth_floor *old;
	int ret = 0;

	if (!gth_is_name(f->name) || !f->version || f->version > S64_MAX)
		return -EINVAL;
	mutex_lock(&floor_lock);
	old = find(f->name);
	if (!old)
		ret = -ENOSPC;
	else if (f->version > old->version)
		set(old, f->name, f->version, f->body_digest);
	mutex_unlock(&floor_lock);
	return ret;
}

/* gth_floor_list() - all of them; sets n and floor */
void gth_floor_list(struct gth_floors *list)
{
	mutex_lock(&floor_lock);
	memcpy(list->floor, floors, sizeof(floors));
	for (list->n = 0; list->n < GTH_FLOORS_MAX && floors[list->n].version;)
		list->n++;
	mutex_unlock(&floor_lock);
}
