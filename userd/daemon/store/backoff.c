// SPDX-License-Identifier: GPL-2.0-or-later
/* backoff.c - how long to wait after an error: each time twice as long, with jitter. */
#include "daemon/store/store_state.h"

#include <sys/random.h>

#define STEPS_AT_ONCE 6 /* a way without trouble takes two */

/* Between half of the wait and the whole: many endpoints must not come back at once. */
static uint64_t jitter(uint64_t ms)
{
	uint32_t random = 0;

	if (getrandom(&random, sizeof(random), 0) != sizeof(random))
		return ms;
	return ms / 2 + (ms - ms / 2) * random / UINT32_MAX;
}

/* @failures: in a row, from 1. Return: ms */
uint64_t gth_backoff_ms(const struct gth_store_pace *pace, unsigned int failures)
{
	uint64_t ms = pace->backoff_ms;

	for (unsigned int i = 1; i < failures && ms < pace->backoff_max_ms; i++)
		ms *= 2;
	return jitter(ms < pace->backoff_max_ms ? ms : pace->backoff_max_ms);
}

/*
 * gth_backoff_step() - the next step of a submission: at once, but a region that has
 * the same ones taken again and again gets them later and later
 */
void gth_backoff_step(struct gth_store *s, struct gth_row *r)
{
	struct gth_offered offered = { 0 };

	r->due = 0;
	if (r->state < GTH_SPOOLED_SEALED || r->state > GTH_SPOOLED_UPLOADING ||
	    gth_book_offered(&s->book, r->digest, &offered) || offered.times <= STEPS_AT_ONCE)
		return;
	r->due = gth_store_clock() +
		 gth_backoff_ms(s->pace, (unsigned int)(offered.times - STEPS_AT_ONCE));
}

/* Orders of this kind wait; @retry_after: seconds that the region asked for, or 0. */
void gth_backoff_failed(struct gth_store *s, enum gth_order_kind kind, uint32_t retry_after)
{
	struct gth_backoff *b = &s->backoff[kind];
	uint64_t ms = gth_backoff_ms(s->pace, ++b->failures);

	if (ms < retry_after * 1000ULL)
		ms = retry_after * 1000ULL;
	b->until = gth_store_clock() + ms;
}
