/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * children.h - the broker's children, kept running.
 *
 * Courier and dialer start and end together, and both end with the store: a
 * process that loses the peer it serves exits. A process that ended is started
 * again, after a longer delay each time. A process that makes no progress
 * (liveness.h) is killed.
 */
#ifndef GTH_DAEMON_BROKER_CHILDREN_H
#define GTH_DAEMON_BROKER_CHILDREN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "daemon/broker/liveness.h"
#include "daemon/role.h"

/* ms */
struct gth_children_pace {
	uint64_t silence[GTH_ROLES];   /* a process that was silent for so long is killed */
	uint64_t longer;	       /* instead, after the process has said GTH_PULSE_LONG */
	uint64_t dying;		       /* a killed process has to end within this */
	uint64_t delay_min, delay_max; /* before the next start */
	uint64_t proven;	       /* after so long a start counts as a success */
};

extern const struct gth_children_pace gth_children_usual_pace;

struct gth_children_turn {
	uint64_t started, next; /* CLOCK_MONOTONIC in ms */
	uint64_t delay;		/* ms, before the next start; 0: none has failed */
};

enum gth_children_failure {
	GTH_CHILD_ENDED,    /* status is of waitpid(2) */
	GTH_CHILD_SILENT,   /* it was killed for being silent; status: for how many ms */
	GTH_CHILD_UNSTARTED /* status is an errno */
};

struct gth_child {
	pid_t pid; /* 0: does not run */
	struct gth_liveness live;
	bool killed;	     /* and not gone yet */
	bool hung;	     /* it was killed because it was silent */
	uint64_t dying;	     /* ms since it was killed */
	unsigned int failed; /* how often, since it has last proven itself */
	enum gth_children_failure last;
	int status; /* see above */
};

struct gth_children {
	struct gth_role_options options;
	const struct gth_children_pace *pace; /* borrowed */
	int control;			      /* listening, borrowed; -1: none */
	int settings[GTH_ROLES];	      /* sealed memory, borrowed; one for each process */
	bool wanted;
	bool ending_network; /* the end of courier and dialer is expected and not reported */
	struct gth_child member[GTH_ROLES];
	struct gth_children_turn store_turn, network_turn;
	struct gth_attention attention;
	int store;   /* the broker's end; -1: none */
	int courier; /* the store's end of a new courier, to be passed on; -1: none */
};

enum gth_children_change {
	GTH_CHILD_STORE = 1 << 0, /* there is another store, or none: children->store */
	GTH_CHILD_COURIER =
		1 << 1 /* a store that goes on gets another courier: children->courier */
};

void gth_children_init(struct gth_children *c, const struct gth_role_options *o, int control);
unsigned int gth_children_keep(struct gth_children *c, uint64_t now);
unsigned int gth_children_reap(struct gth_children *c, uint64_t now);
void gth_children_kill(struct gth_children *c, enum gth_role role);
void gth_children_end_store(struct gth_children *c);
void gth_children_end_network(struct gth_children *c);
void gth_children_stop(struct gth_children *c);

/* children_watch.c */
void gth_children_watch(struct gth_children *c, uint64_t now);
uint64_t gth_children_bound(const struct gth_children *c, enum gth_role role);
bool gth_children_well(const struct gth_children *c);

/* children_report.c: the state of a process, for people and programs */
enum gth_children_state {
	GTH_CHILD_RUNS,
	GTH_CHILD_LATE,	 /* it has been silent for half of its limit */
	GTH_CHILD_DYING, /* it was killed and is not gone */
	GTH_CHILD_WAITS, /* for its next start */
	GTH_CHILD_STATES
};

#define GTH_CHILD_LAST 128 /* bytes, NUL included */
#define GTH_CHILD_TEXT 256

struct gth_children_report {
	const char *name, *state;
	pid_t pid;		      /* 0: does not run */
	uint64_t silent;	      /* s */
	uint64_t next;		      /* s until its next start, where it waits for one */
	unsigned int failed;	      /* how often, since it has last proven itself */
	char last[GTH_CHILD_LAST];    /* the last failure; "": none */
	char problem[GTH_CHILD_TEXT]; /* "": none */
};

void gth_children_report(const struct gth_children *c, enum gth_role role, uint64_t now,
			 struct gth_children_report *r);

#endif /* GTH_DAEMON_BROKER_CHILDREN_H */
