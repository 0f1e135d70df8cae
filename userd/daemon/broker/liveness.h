/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * liveness.h - does a process of the daemon make progress? It writes to a pipe (pulse.h), which is
 * read here.
 *
 * Silence is counted only while this process itself runs: a suspended machine, a stopped group or a
 * shortage of CPU time does not count against a process.
 */
#ifndef GTH_DAEMON_BROKER_LIVENESS_H
#define GTH_DAEMON_BROKER_LIVENESS_H

#include <stdbool.h>
#include <stdint.h>

struct gth_liveness {
	int fd;		 /* the reading end, O_NONBLOCK; -1: there is nothing to be heard */
	uint64_t silent; /* ms since it was heard */
	bool longer;	 /* the process has announced a longer silence */
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

#endif /* GTH_DAEMON_BROKER_LIVENESS_H */
