// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * feed.c - the region's verdicts that changed, page by page behind a cursor (GET /v1/verdicts). A
 * bound on the pages protects from a region whose feed has no end.
 */
#include "daemon/store/feed.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/store/context.h"
#include "daemon/store/db.h"
#include "daemon/store/region.h"
#include "daemon/store/reply.h"
#include "daemon/store/send.h"
#include "lib/util/clock.h"
#include "lib/util/say.h"

#define CURSOR "cursor" /* its name in the database */
#define PAGES_MAX 64	/* each time that it is due */

bool gth_feed_order(struct gth_store *s)
{
	struct gth_order o = { .kind = GTH_ORDER_VERDICTS };
	uint64_t now = gth_boot_ms();
	char *cursor = NULL;

	if (!s->config->poll || !gth_send_may(s, GTH_ORDER_VERDICTS))
		return false;
	if (s->feed.due > now) {
		gth_store_wake(s, s->feed.due - now);
		return false;
	}
	/* An invalid cursor cannot be sent: the feed is read from the beginning. */
	if (gth_db_get(&s->db, CURSOR, &cursor) == 1 && gth_api_cursor_ok(cursor))
		snprintf(o.cursor, sizeof(o.cursor), "%s", cursor);
	free(cursor);
	return gth_send_order(s, &o, NULL, NULL, 0, -1);
}

/*
 * If a wrong clock made the store drop verdicts that the cursor covers, the feed is read from the
 * beginning.
 */
void gth_feed_check(struct gth_store *s)
{
	int gap = gth_db_feed_gap(&s->db, gth_now());

	if (gth_store_check(s, gap < 0 ? gap : 0, CURSOR) || !gap)
		return;
	gth_say("verdicts were dropped, or refused, while the clock was wrong: they are "
		"requested again");
	s->feed.due = 0;
}

/* Return: 0; an errno of the database: the page has to be requested again. */
static int take_page(struct gth_store *s, const struct gth_reply_verdicts *reply, bool *good)
{
	for (size_t i = 0; i < json_array_size(reply->notes); i++) {
		int err = gth_region_take_verdict(
			s, json_string_value(json_array_get(reply->notes, i)), NULL, true);

		*good |= !err;
		/* A verdict that has expired, or is malformed, is ignored. */
		if (err == -EKEYREJECTED || err == -ENOKEY)
			gth_say("the region sent a verdict without its own signature: ignored");
		else if (err && err != -EBADMSG && gth_store_check(s, err, "verdict"))
			return err;
	}
	/* After the verdicts, so that a crash in between repeats some and loses none. */
	return gth_store_check(s, gth_db_set(&s->db, CURSOR, reply->cursor), CURSOR);
}

/**
 * gth_feed_take() - the answer to GET /v1/verdicts
 *
 * The next page is asked for at once if this one had a verdict that holds and there
 * may be more, up to PAGES_MAX; else when the feed is due again.
 *
 * Return: 0; -EBADMSG: it is malformed; or an errno of the database. After an error the caller asks
 * again later.
 */
int gth_feed_take(struct gth_store *s, const char *body, size_t len)
{
	struct gth_reply_verdicts reply;
	bool good = false, more;
	char *before = NULL;
	int err = gth_reply_verdicts(&reply, body, len);

	if (err)
		return err;
	gth_db_get(&s->db, CURSOR, &before);
	err = take_page(s, &reply, &good);
	more = good && (!before || strcmp(before, reply.cursor) != 0) &&
	       ++s->feed.pages < PAGES_MAX;
	free(before);
	gth_reply_free(reply.json);
	if (err)
		return err;
	if (!more)
		s->feed.pages = 0;
	s->feed.due = gth_boot_ms() + (more ? 0 : s->config->poll * 1000);
	return 0;
}
