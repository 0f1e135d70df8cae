/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * children.h - the broker's children, kept running.
 *
 * Courier and dialer live and die together, and a store takes both along: who
 * loses the peer it serves ends by itself. What ended is started again, later
 * each time; what does not go on (liveness.h) is ended.
 */
#ifndef GTH_DAEMON_CREW_H
#define GTH_DAEMON_CREW_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "daemon/broker/liveness.h"
#include "daemon/role.h"

/* ms */
struct gth_crew_pace {
	uint64_t silence[GTH_ROLES]; /* a process may not be heard for so long; then it is ended */
	uint64_t longer;	     /* instead, where it has said so (GTH_PULSE_LONG) */
	uint64_t dying;		     /* in which a killed process has to be gone */
	uint64_t delay_min, delay_max; /* before the next start */
	uint64_t proven;	       /* a start counts as a success after so long */
};

extern const struct gth_crew_pace gth_crew_usual_pace;

struct gth_crew_turn {
	uint64_t started, next; /* CLOCK_MONOTONIC in ms */
	uint64_t delay;		/* ms, before the next start; 0: none has failed */
};

enum gth_crew_failure {
	GTH_CREW_ENDED,	   /* status is of waitpid(2) */
	GTH_CREW_SILENT,   /* it was killed because it did not go on; status is how many ms it was
			      silent */
	GTH_CREW_UNSTARTED /* status is an errno */
};

struct gth_crew_member {
	pid_t pid; /* 0: does not run */
	struct gth_liveness live;
	bool killed;	     /* and not gone yet */
	bool hung;	     /* that is why */
	uint64_t dying;	     /* ms since it was killed */
	unsigned int failed; /* how often, since it has last proven itself */
	enum gth_crew_failure last;
	int status; /* see above */
};

struct gth_crew {
	struct gth_role_options options;
	const struct gth_crew_pace *pace; /* borrowed */
	int control;			  /* listening, borrowed; -1: none */
	int settings[GTH_ROLES]; /* sealed memory, borrowed: what each process begins with */
	bool wanted;
	bool ending_network; /* nobody wonders that its processes end */
	struct gth_crew_member member[GTH_ROLES];
	struct gth_crew_turn store_turn, network_turn;
	struct gth_attention attention;
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
void gth_crew_kill(struct gth_crew *c, enum gth_role role);
void gth_crew_end_store(struct gth_crew *c);
void gth_crew_end_network(struct gth_crew *c);
void gth_crew_stop(struct gth_crew *c);

/* crew_watch.c */
void gth_crew_watch(struct gth_crew *c, uint64_t now);
uint64_t gth_crew_bound(const struct gth_crew *c, enum gth_role role);
bool gth_crew_well(const struct gth_crew *c);

/* crew_report.c: how a process is, for people and programs */
enum gth_crew_state {
	GTH_CREW_RUNS,
	GTH_CREW_LATE,	/* half of the time is over in which it has to be heard */
	GTH_CREW_DYING, /* it was killed and is not gone */
	GTH_CREW_WAITS, /* for its next start */
	GTH_CREW_STATES
};

#define GTH_CREW_LAST 128 /* bytes, NUL included */
#define GTH_CREW_TEXT 256

struct gth_crew_report {
	const char *name, *state;
	pid_t pid;		     /* 0: does not run */
	uint64_t silent;	     /* s */
	uint64_t next;		     /* s until its next start, where it waits for one */
	unsigned int failed;	     /* how often, since it has last proven itself */
	char last[GTH_CREW_LAST];    /* how it failed the last time; "": it has not */
	char problem[GTH_CREW_TEXT]; /* "": it is as it should be */
};

void gth_crew_report(const struct gth_crew *c, enum gth_role role, uint64_t now,
		     struct gth_crew_report *r);

#endif /* GTH_DAEMON_CREW_H */
