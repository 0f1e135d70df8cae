/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * wait.h - how tasks wait in a hook: killable, with an end, and out of the way of
 * a machine that is being suspended.
 */
#ifndef GTH_WAIT_H
#define GTH_WAIT_H

#include <linux/sched.h>
#include <linux/wait.h>

/*
 * The freezer may take a task that holds locks here (exec holds one of its own,
 * and some filesystems open files under their directory's): another task that
 * wants those would have stopped the suspend without this one as well.
 */
#define GTH_WAIT_STATE (TASK_KILLABLE | TASK_FREEZABLE_UNSAFE)

/*
 * gth_wait_killable() - as wait_event_killable_timeout()
 *
 * Return: jiffies left, at least 1; 0: the time is over; -ERESTARTSYS: the task is
 * being killed.
 */
#define gth_wait_killable(wq, condition, timeout)					\
({											\
	long __ret = timeout;								\
											\
	might_sleep();									\
	if (!___wait_cond_timeout(condition))						\
		__ret = ___wait_event(wq, ___wait_cond_timeout(condition), GTH_WAIT_STATE, 0, \
				      timeout, __ret = schedule_timeout(__ret));	\
	__ret;										\
})

#endif /* GTH_WAIT_H */
