/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * crew.h - the broker's children, kept running.
 *
 * Courier and dialer live and die together, and a store takes both along: who
 * loses the peer it serves ends by itself. What ended is started again, later
 * each time.
 */
#ifndef GTH_DAEMON_CREW_H
#define GTH_DAEMON_CREW_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "daemon/role.h"

struct gth_crew_turn {
	uint64_t started, next; /* CLOCK_MONOTONIC in ms */
	unsigned int delay;	/* ms, before the next start; 0: none has failed */
};

struct gth_crew {
	struct gth_role_options options;
	int control;		 /* listening, borrowed; -1: none */
	int settings[GTH_ROLES]; /* sealed memory, borrowed: what each process begins with */
	bool wanted;
	bool ending_network;  /* nobody wonders that its processes end */
	pid_t pid[GTH_ROLES]; /* 0: does not run */
	struct gth_crew_turn store_turn, network_turn;
	int store;   /* the broker's end; -1: none */
	int courier; /* the store's end of a new courier, to be passed on; -1: none */
};

enum gth_crew_change {
	GTH_CREW_STORE = 1 << 0,  /* there is another store, or none: crew->store */
	GTH_CREW_COURIER = 1 << 1 /* a store that goes on gets another courier: crew->courier */
};

void gth_crew_init(struct gth_crew *c, const struct gth_role_options *o, int control);
unsigned int gth_crew_keep(struct gth_crew *c, uint64_t now);
unsigned int gth_crew_reap(struct gth_crew *c, uint64_t now);
void gth_crew_end_store(struct gth_crew *c);
void gth_crew_end_network(struct gth_crew *c);
void gth_crew_stop(struct gth_crew *c);

#endif /* GTH_DAEMON_CREW_H */
