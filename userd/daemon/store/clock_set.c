// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * clock_set.c - after the clock was set, the times that are due by it are moved by as much, and
 * work that was given up under a wrong clock is taken up again.
 */
#include "daemon/store/clock_set.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/store/context.h"
#include "daemon/store/db.h"
#include "daemon/store/feed.h"
#include "lib/util/clock.h"
#include "lib/util/say.h"

#define SLEWED_MS 2000 /* a time daemon changes the clock by less all the time */

static int64_t ahead(void)
{
	return (int64_t)(gth_now() * 1000) - (int64_t)gth_boot_ms();
}

/* By how much the clock was set while the store did not run is not known: 0. */
void gth_clock_set_begin(struct gth_store *s)
{
	s->clock_set.ahead = ahead();
	gth_store_check(s, gth_db_lent_clock(&s->db, 0, gth_now()), "deletions");
	gth_feed_check(s);
}

/* Called in each turn of the loop, before the work that is due. */
void gth_clock_set_watch(struct gth_store *s)
{
	int64_t now = ahead(), set_by = now - s->clock_set.ahead;

	if (llabs(set_by) < SLEWED_MS)
		return;
	gth_say("the clock was set by %lld s", (long long)(set_by / 1000));
	s->clock_set.ahead = now;
	s->reloads += (uint64_t)(set_by / 1000);
	/* The statement may hold again, and the day of the quota may be another. */
	if (!s->region.fresh) {
		s->region.due = 0;
		memset(&s->backoff[GTH_ORDER_STATEMENT], 0,
		       sizeof(s->backoff[GTH_ORDER_STATEMENT]));
	}
	gth_store_check(s, gth_db_run(&s->db, "UPDATE submission SET due = 0 WHERE waits != 0", ""),
			"submissions");
	gth_store_check(s, gth_db_lent_clock(&s->db, set_by / 1000, gth_now()), "deletions");
	gth_feed_check(s);
}
