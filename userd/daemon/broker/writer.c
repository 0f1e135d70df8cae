// SPDX-License-Identifier: GPL-2.0-or-later
/* writer.c - does the thread that writes events make progress? (see writer.h) */
#include "daemon/broker/writer.h"

#include "lib/util/say.h"

/* gth_writer_look() - @turns: its number of now; @now: CLOCK_MONOTONIC in ms. Logged once. */
void gth_writer_look(struct gth_writer *w, unsigned long turns, uint64_t now)
{
	uint64_t passed = gth_attention_pass(&w->attention, now), before = w->silent;

	if (!passed)
		return;
	w->silent = turns == w->turns ? w->silent + passed : 0;
	w->turns = turns;
	if (before < GTH_WRITER_MS && w->silent >= GTH_WRITER_MS)
		gth_say("no event can be written since %llu s",
			(unsigned long long)w->silent / 1000);
	else if (before >= GTH_WRITER_MS && !w->silent)
		gth_say("events are written again");
}
