// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * guarded.c - keeps database and guard equal: at the start the database takes over the guard's
 * newer facts, and each change is written to the guard.
 */
#include "daemon/store/guarded.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/store/context.h"
#include "daemon/store/db.h"
#include "daemon/store/guard.h"
#include "daemon/store/reserve.h"
#include "lib/util/atomic.h"
#include "lib/util/clock.h"
#include "lib/util/say.h"

#define ALL_SPENT (UINT64_MAX / 4) /* bytes: more than any quota */

/* The time of a statement's issue; 0: none that can be read. The signature is not checked here. */
static uint64_t issued(const char *note)
{
	static struct gth_statement s;
	const char *end = note ? strstr(note, "\n\n") : NULL;

	return end && !gth_statement_parse(&s, note, (size_t)(end - note) + 1) ? s.issued : 0;
}

static int take_statement(struct gth_store *s, const char *guarded)
{
	char *kept = NULL;
	int err = gth_db_get(&s->db, GTH_DB_STATEMENT, &kept);

	if (err >= 0)
		err = issued(guarded) > issued(kept) ? gth_db_set(&s->db, GTH_DB_STATEMENT, guarded)
						     : 0;
	free(kept);
	return err;
}

static int take_spent(struct gth_store *s, const struct gth_spent *guarded)
{
	struct gth_spent kept;
	int err = gth_db_spent(&s->db, gth_now(), &kept);

	/* A guard of an earlier day says nothing about today. */
	if (err || guarded->day < kept.day || guarded->bytes <= kept.bytes)
		return err;
	return gth_db_spend(&s->db, gth_now(),
			    guarded->files > kept.files ? guarded->files - kept.files : 0,
			    guarded->bytes - kept.bytes);
}

/**
 * gth_guarded_begin() - after the database was opened
 *
 * If the database was begun anew and the guard cannot be read, today's quota counts as spent,
 * because the bytes that were sent are not known.
 *
 * Return: 0, or a negative errno of the database.
 */
int gth_guarded_begin(struct gth_store *s)
{
	struct gth_guard guard;
	int err;

	gth_atomic_sweep(s->setup->state_dir, GTH_GUARD_FILE);
	err = gth_guard_read(s->setup->state_dir, &guard);
	if (!err) {
		err = take_spent(s, &guard.spent);
		if (!err && guard.statement)
			err = take_statement(s, guard.statement);
	} else {
		if (err != -ENOENT)
			gth_say(GTH_GUARD_FILE ": %s; it is written again",
				err == -EUCLEAN ? "is damaged" : strerror(-err));
		err = 0;
		if (s->db.damaged[0] || s->db.unkept) {
			gth_say("the bytes sent today are not known: the daily quota counts as "
				"spent");
			err = gth_db_spend(&s->db, gth_now(), 1, ALL_SPENT);
		}
	}
	free(guard.statement);
	return err ? err : gth_guarded_keep(s);
}

/* Writes the guard after a change. Return: 0, or a negative errno: nothing may leave. */
int gth_guarded_keep(struct gth_store *s)
{
	struct gth_guard guard = { 0 };
	int err = gth_db_spent(&s->db, gth_now(), &guard.spent);

	if (!err)
		err = gth_db_get(&s->db, GTH_DB_STATEMENT, &guard.statement);
	if (err < 0)
		return gth_store_check(s, err, GTH_GUARD_FILE);
	do {
		err = gth_guard_write(s->setup->state_dir, &guard);
	} while ((err == -ENOSPC || err == -EDQUOT) && gth_reserve_give(&s->reserve));
	free(guard.statement);
	return gth_store_check(s, err, GTH_GUARD_FILE);
}
