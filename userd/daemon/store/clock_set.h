/* SPDX-License-Identifier: GPL-2.0-or-later */
/* clock_set.h - the clock was set, by a user or a time daemon. */
#ifndef GTH_DAEMON_STORE_CLOCK_SET_H
#define GTH_DAEMON_STORE_CLOCK_SET_H

#include <stdint.h>

struct gth_clock_set {
	int64_t ahead; /* ms, of the settable clock before CLOCK_BOOTTIME */
};

struct gth_store;

void gth_clock_set_begin(struct gth_store *s);
void gth_clock_set_watch(struct gth_store *s);

#endif /* GTH_DAEMON_STORE_CLOCK_SET_H */
