/* SPDX-License-Identifier: GPL-2.0-or-later */
/* feed.h - the region's verdicts that changed. */
#ifndef GTH_DAEMON_STORE_FEED_H
#define GTH_DAEMON_STORE_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gth_feed {
	uint64_t due;	    /* ms, of gth_boot_ms() */
	unsigned int pages; /* since it was due */
};

struct gth_store;

void gth_feed_check(struct gth_store *s);
bool gth_feed_order(struct gth_store *s);
int gth_feed_take(struct gth_store *s, const char *body, size_t len);

#endif /* GTH_DAEMON_STORE_FEED_H */
