// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * clock_set.c - the clock was set: what is due by it is due as much earlier or later, and
 * what was given up by a wrong one is taken up again.
 */
#include "daemon/store/store_state.h"

#include <stdlib.h>
#include <string.h>

#include "lib/util/say.h"

#define SLEWED_MS 2000 /* less is what a time daemon does all day */

static int64_t ahead(void)
{
	return (int64_t)(gth_store_now() * 1000) - (int64_t)gth_store_clock();
}

/* How far it was off before this start, nobody knows. */
void gth_clock_begin(struct gth_store *s)
{
	s->clock_ahead = ahead();
	gth_store_check(s, gth_book_lent_clock(&s->book, 0, gth_store_now()), "deletions");
	gth_feed_check(s);
}

/* Called each time that the loop turns: before anything is due. */
void gth_clock_watch(struct gth_store *s)
{
	int64_t now = ahead(), set_by = now - s->clock_ahead;

	if (llabs(set_by) < SLEWED_MS)
		return;
	gth_say("the clock was set by %lld s", (long long)(set_by / 1000));
	s->clock_ahead = now;
	s->reloads += (uint64_t)(set_by / 1000);
	/* The statement may hold again, and a day may have begun, or not. */
	if (!s->fresh) {
		s->statement_due = 0;
		memset(&s->backoff[GTH_ORDER_STATEMENT], 0,
		       sizeof(s->backoff[GTH_ORDER_STATEMENT]));
	}
	gth_store_check(
		s, gth_book_run(&s->book, "UPDATE submission SET due = 0 WHERE waits != 0", ""),
		"submissions");
	gth_store_check(s, gth_book_lent_clock(&s->book, set_by / 1000, gth_store_now()),
			"deletions");
	gth_feed_check(s);
}
