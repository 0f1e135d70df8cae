// SPDX-License-Identifier: GPL-2.0-or-later
/* tidy.c - when the database is tidied (see tidy.h). */
#include "daemon/store/tidy.h"

#include "lib/util/clock.h"

#define TIDY_MS 3600000
#define TIDY_EVERY 1000 /* questions */

void gth_tidy_asked(struct gth_tidy *t)
{
	if (++t->asks % TIDY_EVERY == 0)
		t->due = 0;
}

/* Is it time? Then the next time is in an hour. */
bool gth_tidy_begin(struct gth_tidy *t)
{
	uint64_t now = gth_boot_ms();

	if (now < t->due)
		return false;
	t->due = now + TIDY_MS;
	return true;
}
