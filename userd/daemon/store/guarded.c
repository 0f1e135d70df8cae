// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * guarded.c - database and guard say the same: what is newer in one is taken over by
 * the other, at the start and whenever it changes.
 */
#include "daemon/store/store_state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/store/guard.h"
#include "lib/util/atomic.h"
#include "lib/util/say.h"

#define ALL_SPENT (UINT64_MAX / 4) /* bytes: more than any quota */

/* The time of a statement's issue; 0: none that can be read. Its signature is not looked at here.
 */
static uint64_t issued(const char *note)
{
	static struct gth_statement s;
	const char *end = note ? strstr(note, "\n\n") : NULL;

	return end && !gth_statement_parse(&s, note, (size_t)(end - note) + 1) ? s.issued : 0;
}

static int take_statement(struct gth_store *s, const char *guarded)
{
	char *kept = NULL;
	int err = gth_book_get(&s->book, GTH_BOOK_STATEMENT, &kept);

	if (err >= 0)
		err = issued(guarded) > issued(kept)
			      ? gth_book_set(&s->book, GTH_BOOK_STATEMENT, guarded)
			      : 0;
	free(kept);
	return err;
}

static int take_spent(struct gth_store *s, const struct gth_spent *guarded)
{
	struct gth_spent kept;
	int err = gth_book_spent(&s->book, gth_store_now(), &kept);

	/* Of an earlier day: nothing of today is spent. */
	if (err || guarded->day < kept.day || guarded->bytes <= kept.bytes)
		return err;
	return gth_book_spend(&s->book, gth_store_now(),
			      guarded->files > kept.files ? guarded->files - kept.files : 0,
			      guarded->bytes - kept.bytes);
}

/**
 * gth_guarded_begin() - after the database was opened
 *
 * If the database was begun anew and the guard cannot tell, today's quota is spent:
 * nobody knows what was sent.
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
			gth_say(GTH_GUARD_FILE ": %s; it is written anew",
				err == -EUCLEAN ? "is damaged" : strerror(-err));
		err = 0;
		if (s->book.damaged[0] || s->book.unkept) {
			gth_say("nobody knows what was sent today: the daily quota counts as spent");
			err = gth_book_spend(&s->book, gth_store_now(), 1, ALL_SPENT);
		}
	}
	free(guard.statement);
	return err ? err : gth_guarded_keep(s);
}

/* Statement or quota have changed. Return: 0, or a negative errno: nothing may leave on it. */
int gth_guarded_keep(struct gth_store *s)
{
	struct gth_guard guard = { 0 };
	int err = gth_book_spent(&s->book, gth_store_now(), &guard.spent);

	if (!err)
		err = gth_book_get(&s->book, GTH_BOOK_STATEMENT, &guard.statement);
	if (err < 0)
		return gth_store_check(s, err, GTH_GUARD_FILE);
	do {
		err = gth_guard_write(s->setup->state_dir, &guard);
	} while ((err == -ENOSPC || err == -EDQUOT) && gth_reserve_give(&s->reserve));
	free(guard.statement);
	return gth_store_check(s, err, GTH_GUARD_FILE);
}
