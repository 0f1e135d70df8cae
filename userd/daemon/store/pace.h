/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pace.h - the store's times, and the room on the disk that it leaves. */
#ifndef GTH_DAEMON_STORE_PACE_H
#define GTH_DAEMON_STORE_PACE_H

#include <stdint.h>

/* Tests use shorter times. */
struct gth_store_pace {
	uint64_t backoff_ms, backoff_max_ms; /* after an error: the first wait, the longest */
	uint64_t statement_s;		     /* between two GET /v1/region */
	uint64_t statistics_s;		     /* between two POST /v1/statistics */
	uint64_t ask_again_s; /* the region's answer "unknown, and not wanted" holds so long */
	uint64_t deletion_s;  /* to the first question whether a file was deleted */
	uint32_t wait_s;      /* for so long the region may keep a question for a verdict open */
	uint64_t withheld_ms; /* between two journal entries about withheld files, after a burst */
	uint64_t more_ms;     /* between two entries with the number of further ones */
	uint64_t keep_free;   /* bytes that the spool leaves free on the filesystem … */
	unsigned int keep_percent; /* … or this part of it, whichever is more */
};

extern const struct gth_store_pace gth_store_usual_pace;

#endif /* GTH_DAEMON_STORE_PACE_H */
