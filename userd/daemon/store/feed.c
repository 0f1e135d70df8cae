// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * feed.c - the region's verdicts that changed, page by page behind a cursor (GET
 * /v1/verdicts). A region that has no end of them gets so many questions and no more.
 */
#include "daemon/store/store_state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util/say.h"
#include "daemon/store/reply.h"

#define CURSOR "cursor" /* its name in the book */
#define PAGES_MAX 64	/* each time that it is due */

bool gth_feed_order(struct gth_store *s)
{
	struct gth_order o = { .kind = GTH_ORDER_VERDICTS };
	uint64_t now = gth_store_clock();
	char *cursor = NULL;

	if (!s->config->poll || !gth_orders_may(s, GTH_ORDER_VERDICTS))
		return false;
	if (s->verdicts_due > now) {
		gth_store_wake(s, s->verdicts_due - now);
		return false;
	}
	if (gth_book_get(&s->book, "cursor", &cursor) == 1)
		snprintf(o.cursor, sizeof(o.cursor), "%s", cursor);
	free(cursor);
	return gth_orders_sent(s, gth_send_order(s, &o, NULL, NULL, 0, -1));
}

/* What the cursor covered may have been dropped by a wrong clock: then from the beginning. */
void gth_feed_check(struct gth_store *s)
{
	int gap = gth_book_feed_gap(&s->book, gth_store_now());

	if (gth_store_check(s, gap < 0 ? gap : 0, CURSOR) || !gap)
		return;
	gth_say("verdicts were dropped, or not taken, while the clock was wrong: they are asked for "
		"again");
	s->verdicts_due = 0;
}

/* Return: 0; an errno of the book: the page is to be had again. */
static int take_page(struct gth_store *s, const struct gth_reply_verdicts *reply, bool *good)
{
	for (size_t i = 0; i < json_array_size(reply->notes); i++) {
		int err = gth_region_take_verdict(
			s, json_string_value(json_array_get(reply->notes, i)), NULL, true);

		*good |= !err;
		/* One that has expired meanwhile is ignored, as one that does not hold. */
		if (err == -EKEYREJECTED || err == -ENOKEY)
			gth_say("a verdict that the region sends is not signed by it");
		else if (err && err != -EBADMSG && gth_store_check(s, err, "verdict"))
			return err;
	}
	/* Behind the verdicts: after a crash some come twice. */
	return gth_store_check(s, gth_book_set(&s->book, CURSOR, reply->cursor), CURSOR);
}

/**
 * gth_feed_take() - the answer to GET /v1/verdicts
 *
 * The next page is asked for at once if this one had a verdict that holds and there
 * may be more, up to PAGES_MAX; else when the feed is due again.
 *
 * Return: 0; -EBADMSG: it makes no sense, or an errno of the book: it is to be asked
 * for again, later.
 */
int gth_feed_take(struct gth_store *s, const char *body, size_t len)
{
	struct gth_reply_verdicts reply;
	bool good = false, more;
	char *before = NULL;
	int err = gth_reply_verdicts(&reply, body, len, sizeof(((struct gth_order *)0)->cursor));

	if (err)
		return err;
	gth_book_get(&s->book, CURSOR, &before);
	err = take_page(s, &reply, &good);
	more = good && (!before || strcmp(before, reply.cursor) != 0) && ++s->pages < PAGES_MAX;
	free(before);
	gth_reply_free(reply.json);
	if (err)
		return err;
	if (!more)
		s->pages = 0;
	s->verdicts_due = gth_store_clock() + (more ? 0 : s->config->poll * 1000);
	return 0;
}
