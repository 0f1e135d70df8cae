// SPDX-License-Identifier: GPL-2.0-only
/*
 * sleeper.c - a task that may wait in a hook (see sleeper.h).
 *
 * The objects that the program's sections protected, and their protection outside:
 *
 * the program, its maps, other programs of the hook	references (links.c)
 * the trampoline's image				its own reference
 * the entry of inode storage				the inode, kept by the hook's file;
 *							only root can delete it (bpf(2))
 * per-CPU data						not used by the programs
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/preempt.h>
#include <linux/rcupdate_trace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task_stack.h>

#include <asm/syscall.h>

#include "links.h"
#include "sleeper.h"
#include "stats.h"

/*
 * Will the kernel restart this task's system call if the hook asks for it?
 * io_uring would pass the error on to user space.
 */
static bool is_restartable(void)
{
	if (!current->mm || current->flags & (PF_KTHREAD | PF_IO_WORKER | PF_EXITING | PF_DUMPCORE))
		return false;
	return syscall_get_nr(current, task_pt_regs(current)) != __NR_io_uring_enter;
}

/*
 * gth_sleeper_is_outside() - may the task sleep as it is, for memory for instance?
 *
 * @s: NULL: no program has called
 */
bool gth_sleeper_is_outside(const struct gth_sleeper *s)
{
	return !s || s->programs;
}

/**
 * gth_sleeper_leave() - leave the program's sections, at the first call
 * @s: NULL: the task is in none
 *
 * A program that is not kept runs for a moment after it was attached only. There
 * the task waits inside, counted in stats/waits_inside, which is as safe as
 * sleeping in any BPF program is.
 *
 * Return: 0; -ERESTARTNOINTR: the task must not sleep, and its call will be
 * restarted if it returns this; -EAGAIN: it must not sleep.
 */
int gth_sleeper_leave(struct gth_sleeper *s)
{
	struct gth_programs *p;

	if (!s || s->left)
		return 0;
	RCU_LOCKDEP_WARN(!rcu_read_lock_trace_held(), "a hook's program is not in its section");
	p = gth_links_hold(s->caller);
	/* Beyond its point of no return an exec ends in a signal, so it waits inside. */
	if (p == ERR_PTR(-EAGAIN) && !s->in_exec) {
		gth_stat_inc(GTH_STAT_hooks_changing);
		if (!is_restartable())
			return -EAGAIN;
		/* Makes the return to user space check for a restart. */
		set_thread_flag(TIF_SIGPENDING);
		return -ERESTARTNOINTR;
	}
	s->left = true;
	migrate_enable();
	s->programs = IS_ERR(p) ? NULL : p;
	if (s->programs)
		rcu_read_unlock_trace();
	else
		gth_stat_inc(GTH_STAT_waits_inside);
	return 0;
}

/* gth_sleeper_return() - back into the sections, if they were left */
void gth_sleeper_return(struct gth_sleeper *s)
{
	if (!s->left)
		return;
	if (s->programs) {
		rcu_read_lock_trace();
		gth_links_unhold(s->programs);
	}
	migrate_disable();
}
