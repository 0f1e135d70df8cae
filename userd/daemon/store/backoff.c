// SPDX-License-Identifier: GPL-2.0-or-later
/* backoff.c - how long to wait after an error: each time twice as long, with jitter. */
#include "daemon/store/backoff.h"

#include <sys/random.h>

#include "lib/util/clock.h"

#define STEPS_AT_ONCE 6 /* a submission without errors takes two */

/* Between half of the wait and all of it, so that many endpoints do not come back at once. */
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
 * gth_backoff_step() - the time of a submission's next step: at once; with growing delays if the
 * region makes the store repeat steps
 */
uint64_t gth_backoff_step(struct gth_db *db, const struct gth_store_pace *pace,
			  const struct gth_row *r)
{
	struct gth_offered offered = { 0 };

	if (r->state < GTH_SPOOLED_SEALED || r->state > GTH_SPOOLED_UPLOADING ||
	    gth_db_offered(db, r->digest, &offered) || offered.times <= STEPS_AT_ONCE)
		return 0;
	return gth_boot_ms() + gth_backoff_ms(pace, (unsigned int)(offered.times - STEPS_AT_ONCE));
}

/* Makes the orders of a kind wait; @retry_after: seconds that the region asked for, or 0. */
void gth_backoff_failed(struct gth_backoff *b, const struct gth_store_pace *pace,
			uint32_t retry_after)
{
	uint64_t ms = gth_backoff_ms(pace, ++b->failures);

	if (ms < retry_after * 1000ULL)
		ms = retry_after * 1000ULL;
	b->until = gth_boot_ms() + ms;
}
