/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sleeper.h - a task that may wait in a hook, outside of the BPF program's
 * sections.
 *
 * A sleepable program runs migrate-disabled and in an RCU section (tasks trace).
 * Either one holds up others as long as the task is in it: changes of cpusets,
 * new cgroups and processors that go offline wait for the first, all users of
 * BPF for the second. So a task leaves both before any wait, and comes back before
 * it returns to the program.
 *
 * Nor does that section keep the other programs of the hook, which are called when
 * the task returns: a task that sleeps without references on them may return into
 * memory that was freed. So a task that can have none does not sleep at all: its
 * system call is restarted, or the operation is ruled as one without a verdict.
 */
#ifndef GTH_SLEEPER_H
#define GTH_SLEEPER_H

#include <linux/types.h>

struct gth_programs;

/* On the stack of the task, for one call by a program. */
struct gth_sleeper {
	unsigned long caller;		/* an address in the program */
	bool in_exec;			/* the new program is being mapped: no restart */
	bool left;
	struct gth_programs *programs;	/* NULL: the RCU section was not left */
};

bool gth_sleeper_is_outside(const struct gth_sleeper *s);
int gth_sleeper_leave(struct gth_sleeper *s);
void gth_sleeper_return(struct gth_sleeper *s);

#endif /* GTH_SLEEPER_H */
