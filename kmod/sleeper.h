/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sleeper.h - a task that may wait in a hook, outside of the BPF program's
 * sections.
 *
 * A sleepable program runs migrate-disabled and in an RCU section (tasks trace).
 * Either one holds up others as long as the task is in it: changes of cpusets,
 * new cgroups and processors that go offline wait for the first, all users of
 * BPF for the second. So a task leaves both before it waits for whatever it may
 * be, and comes back before it returns to the program.
 */
#ifndef GTH_SLEEPER_H
#define GTH_SLEEPER_H

#include <linux/types.h>

struct gth_programs;

/* On the stack of the task, for one call by a program. */
struct gth_sleeper {
	unsigned long caller;		/* an address in the program */
	bool left;
	struct gth_programs *programs;	/* NULL: the RCU section was not left */
};

void gth_sleeper_leave(struct gth_sleeper *s);
void gth_sleeper_return(struct gth_sleeper *s);

#endif /* GTH_SLEEPER_H */
