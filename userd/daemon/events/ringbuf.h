/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ringbuf.h - from the ring buffer to where events are written. */
#ifndef GTH_DAEMON_DRAIN_H
#define GTH_DAEMON_DRAIN_H

#include <stdbool.h>

int gth_drain_open(void);
void gth_drain_follow(int events);
int gth_drain_rest(void);
int gth_drain_run(const volatile bool *stop);
unsigned long gth_drain_turns(void);
void gth_drain_close(void);

#endif /* GTH_DAEMON_DRAIN_H */
