// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * schedule.c - the work that is due next: the statement first, and nothing else without it; then
 * each file's next step, and the periodic requests.
 */
#include "daemon/store/schedule.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/store/clock_set.h"
#include "daemon/store/context.h"
#include "daemon/store/db.h"
#include "daemon/store/feed.h"
#include "daemon/store/inflight.h"
#include "daemon/store/journal.h"
#include "daemon/store/region.h"
#include "daemon/store/reserve.h"
#include "daemon/store/send.h"
#include "daemon/store/statistics.h"
#include "daemon/store/steps.h"
#include "daemon/store/tidy.h"
#include "lib/util/clock.h"

#define DAY 86400

static bool statement_order(struct gth_store *s)
{
	struct gth_order o = { .kind = GTH_ORDER_STATEMENT };
	uint64_t now = gth_boot_ms();

	if (!s->region.trust || !gth_send_may(s, GTH_ORDER_STATEMENT))
		return false;
	if (s->region.due > now) {
		gth_store_wake(s, s->region.due - now);
		return false;
	}
	return gth_send_order(s, &o, NULL, NULL, 0, -1);
}

/* Asks whether the region has deleted a file. */
static bool deletion_order(struct gth_store *s)
{
	uint64_t now = gth_now();
	struct gth_lent lent;
	struct gth_order o = { .kind = GTH_ORDER_WAIT };

	if (!gth_send_may(s, GTH_ORDER_WAIT))
		return false;
	for (unsigned int skip = 0; skip <= GTH_INFLIGHT_MAX; skip++) {
		struct gth_row about = { .state = 0 };

		if (gth_db_lent_due(&s->db, s->region.trust->region, skip, &lent) != 1)
			return false;
		if (lent.due > now) {
			if (lent.due < now + DAY)
				gth_store_wake(s, (lent.due - now) * 1000);
			return false;
		}
		if (gth_inflight_has(&s->inflight, lent.id))
			continue;
		memcpy(o.id, lent.id, sizeof(lent.id));
		memcpy(about.digest, lent.digest, GTH_DIGEST_SIZE);
		memcpy(about.region, lent.region, sizeof(about.region));
		if (!gth_send_order(s, &o, &about, NULL, 0, -1))
			return false;
		gth_inflight_find(&s->inflight, s->inflight.number)->lent = true;
		return true;
	}
	return false;
}

static bool statistics_order(struct gth_store *s)
{
	struct gth_order o = { .kind = GTH_ORDER_STATISTICS };
	uint64_t now = gth_now(), last;
	char *text = NULL;
	bool ok;

	if (!s->config->statistics || !gth_send_may(s, GTH_ORDER_STATISTICS))
		return false;
	if (gth_store_check(s, gth_db_counted(&s->db, "statistics-sent", &last), "statistics"))
		return false;
	if (last <= now && now - last < s->pace->statistics_s) {
		gth_store_wake(s, (s->pace->statistics_s - (now - last)) * 1000);
		return false;
	}
	if (gth_store_check(s, gth_statistics_text(&s->db, &text), "statistics"))
		return false;
	ok = gth_send_order(s, &o, NULL, text, strlen(text), -1);
	free(text);
	return ok;
}

/* Sends as many orders as may leave now. */
void gth_schedule_run(struct gth_store *s)
{
	bool more = true;

	gth_clock_set_watch(s);
	if (gth_tidy_begin(&s->tidy)) {
		gth_store_check(s, gth_db_tidy(&s->db, gth_now()), "tidying");
		gth_feed_check(s);
	}
	gth_reserve_fill(&s->reserve);
	if (s->courier < 0 || gth_journal_open(&s->journal)) {
		gth_store_wake(s, 10 * s->pace->backoff_ms);
		return;
	}
	/* The statement is asked for only if the region serves the owner's country: else nothing
	 * may be sent, not even this. */
	if (s->region.trust && gth_countries_have(&s->region.trust->serves, s->config->country))
		statement_order(s);
	for (int n = 0; more && n < GTH_INFLIGHT_MAX && !s->fatal; n++) {
		if (!gth_region_usable(s))
			return;
		more = gth_steps_take(s);
		more |= gth_feed_order(s);
		more |= deletion_order(s);
		more |= statistics_order(s);
	}
	if (more)
		gth_store_wake(s, 0);
}
