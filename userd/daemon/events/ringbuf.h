/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ringbuf.h - reads events from the ring buffer and writes them (output.h). */
#ifndef GTH_DAEMON_EVENTS_RINGBUF_H
#define GTH_DAEMON_EVENTS_RINGBUF_H

#include <stdbool.h>

int gth_ringbuf_open(void);
void gth_ringbuf_follow(int events);
int gth_ringbuf_rest(void);
int gth_ringbuf_run(const volatile bool *stop);
unsigned long gth_ringbuf_turns(void);
void gth_ringbuf_close(void);

#endif /* GTH_DAEMON_EVENTS_RINGBUF_H */
