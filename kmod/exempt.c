// SPDX-License-Identifier: GPL-2.0-only
/* exempt.c - processes that are neither held nor denied (see exempt.h). */
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/spinlock.h>

#include "core/limits.h"
#include "exempt.h"

/* Guards the list and its length; a leaf lock. */
static DEFINE_SPINLOCK(exempt_lock);
static LIST_HEAD(exempt_list);
static unsigned int exempt_count;

void gth_exempt_init(struct gth_exempt *x)
{
	INIT_LIST_HEAD(&x->node);
	x->process = NULL;
}

/* gth_exempt_add() - exempt the current process. 0, or -EUSERS: too many are. */
int gth_exempt_add(struct gth_exempt *x)
{
	struct pid *process = get_pid(task_tgid(current)), *old = NULL;
	int ret = 0;

	spin_lock(&exempt_lock);
	if (!x->process && exempt_count >= GTH_EXEMPT_MAX) {
		ret = -EUSERS;
		old = process;
	} else {
		old = x->process;
		if (!old) {
			list_add(&x->node, &exempt_list);
			exempt_count++;
		}
		x->process = process;
	}
	spin_unlock(&exempt_lock);
	put_pid(old);
	return ret;
}

/* gth_exempt_remove() - the descriptor is being closed */
void gth_exempt_remove(struct gth_exempt *x)
{
	spin_lock(&exempt_lock);
	if (x->process) {
		list_del_init(&x->node);
		exempt_count--;
	}
	spin_unlock(&exempt_lock);
	put_pid(x->process);
}

/* gth_exempt_current() - does the current task belong to an exempt process? */
bool gth_exempt_current(void)
{
	struct gth_exempt *x;
	bool found = false;

	if (!READ_ONCE(exempt_count))
		return false;
	spin_lock(&exempt_lock);
	list_for_each_entry(x, &exempt_list, node) {
		if (x->process == task_tgid(current)) {
			found = true;
			break;
		}
	}
	spin_unlock(&exempt_lock);
	return found;
}

bool gth_exempt_any(void)
{
	return READ_ONCE(exempt_count);
}
