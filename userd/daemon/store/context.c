// SPDX-License-Identifier: GPL-2.0-or-later
/* context.c - functions of the loop that every part of the store may call (see context.h). */
#include "daemon/store/context.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/util/clock.h"
#include "lib/util/say.h"

/* Makes the loop wake by itself after at most so many ms. */
void gth_store_wake(struct gth_store *s, uint64_t in_ms)
{
	uint64_t at = gth_boot_ms() + in_ms;

	if (at < s->wake)
		s->wake = at;
}

/*
 * Logs an error once; the failed work is tried again when it is due again. A
 * damaged database ends the process: the next one sets it aside.
 * Return: @err
 */
int gth_store_check(struct gth_store *s, int err, const char *what)
{
	char text[sizeof(s->said)];

	if (!err)
		return 0;
	snprintf(text, sizeof(text), "%s: %s", what, strerror(-err));
	if (strcmp(text, s->said) != 0)
		gth_say("%s", text);
	memcpy(s->said, text, sizeof(text));
	if (err == -EUCLEAN)
		s->fatal = err;
	gth_store_wake(s, s->pace->backoff_ms);
	return err;
}

/*
 * The changes of a group reach the disk by one sync, which saves syncs for files of which no copy
 * is kept. No file may be removed, and nothing sent, before the end of the group.
 */
void gth_group_begin(struct gth_store *s)
{
	if (!s->grouped && !gth_store_check(s, gth_db_begin(&s->db), "submission"))
		s->grouped = true;
}

void gth_group_end(struct gth_store *s)
{
	if (s->grouped)
		gth_store_check(s, gth_db_commit(&s->db), "submission");
	s->grouped = false;
}
