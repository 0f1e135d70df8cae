// SPDX-License-Identifier: GPL-2.0-only
/*
 * sleeper.c - a task that may wait in a hook (see sleeper.h).
 *
 * What the program's sections protected, and what protects it outside of them:
 *
 * the program, its maps, other programs of the hook	references (links.c)
 * the trampoline's image				its own reference
 * the entry of inode storage				the inode, kept by the hook's file;
 *							only root can delete it (bpf(2))
 * per-CPU data						not used by the programs
 */
#include <linux/kernel.h>
#include <linux/preempt.h>
#include <linux/rcupdate_trace.h>

#include "links.h"
#include "sleeper.h"
#include "stats.h"

/**
 * gth_sleeper_leave() - leave the program's sections, at the first call
 * @s: NULL: the task is in none
 *
 * Where the RCU section cannot be left the task waits inside it, and is counted
 * in stats/waits_inside: others wait longer then, and nothing else is lost.
 */
void gth_sleeper_leave(struct gth_sleeper *s)
{
	might_sleep();
	if (!s || s->left)
		return;
	s->left = true;
	migrate_enable();
	s->programs = gth_links_hold(s->caller);
	if (s->programs)
		rcu_read_unlock_trace();
	else
		gth_stat_inc(GTH_STAT_waits_inside);
}

/* gth_sleeper_return() - back into the sections, if they were left */
void gth_sleeper_return(struct gth_sleeper *s)
{
	if (!s->left)
		return;
	if (s->programs) {
		rcu_read_lock_trace();
		/* A program that goes with this is freed after the section's end. */
		gth_links_unhold(s->programs);
	}
	migrate_disable();
}
