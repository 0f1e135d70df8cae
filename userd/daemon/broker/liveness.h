/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * liveness.h - does a process of the daemon go on? It writes to a pipe as pulse.h has it, and here
 * is who reads it.
 *
 * Silence is counted only while this process itself runs: if the machine was suspended, the
 * whole group stopped, or everything starved, nobody is blamed for it afterwards.
 */
#ifndef GTH_DAEMON_LIVENESS_H
#define GTH_DAEMON_LIVENESS_H

#include <stdbool.h>
#include <stdint.h>

struct gth_liveness {
	int fd;		 /* the reading end, O_NONBLOCK; -1: there is nothing to be heard */
	uint64_t silent; /* ms since it was heard */
	bool longer;	 /* it has said that it may be silent for longer */
};

void gth_liveness_init(struct gth_liveness *l);
int gth_liveness_open(struct gth_liveness *l, int *end);
void gth_liveness_close(struct gth_liveness *l);
bool gth_liveness_hear(struct gth_liveness *l);

/* Time in which this process ran: gth_attention_pass() gives ms for gth_liveness.silent. */
struct gth_attention {
	uint64_t at; /* CLOCK_MONOTONIC in ms; 0: not begun */
};

uint64_t gth_attention_pass(struct gth_attention *a, uint64_t now);

#endif /* GTH_DAEMON_LIVENESS_H */
