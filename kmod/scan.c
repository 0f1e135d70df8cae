// SPDX-License-Identifier: GPL-2.0-only
/* scan.c - which tasks read which files right now (see scan.h). */
#include <linux/hash.h>
#include <linux/jiffies.h>
#include <linux/sched/signal.h>
#include <linux/spinlock.h>
#include <linux/wait_bit.h>

#include "core/limits.h"
#include "scan.h"
#include "stats.h"
#include "wait.h"

#define SCAN_BITS 6

/*
 * One lock for both tables: taken on misses only, held for a few list steps.
 * Leaf lock.
 */
static DEFINE_SPINLOCK(scan_lock);
static struct hlist_head by_task[1 << SCAN_BITS];
static struct hlist_head by_inode[1 << SCAN_BITS];

/* gth_scan_current() - is the current task inside the module's own reading? */
bool gth_scan_current(void)
{
	struct gth_scan *s;
	bool found = false;

	spin_lock(&scan_lock);
	hlist_for_each_entry(s, &by_task[hash_ptr(current, SCAN_BITS)], by_task) {
		if (s->task == current) {
			found = true;
			break;
		}
	}
	spin_unlock(&scan_lock);
	return found;
}

static bool inode_busy(const struct inode *inode)
{
	struct gth_scan *s;

	lockdep_assert_held(&scan_lock);
	hlist_for_each_entry(s, &by_inode[hash_ptr(inode, SCAN_BITS)], by_inode)
		if (s->inode == inode)
			return true;
	return false;
}

static bool inode_idle(const struct inode *inode)
{
	bool idle;

	spin_lock(&scan_lock);
	idle = !inode_busy(inode);
	spin_unlock(&scan_lock);
	return idle;
}

/*
 * Killable, and bounded: the other task may be starved of its processor (cpu.max,
 * SCHED_IDLE), and no task may depend on its share.
 */
static int wait_idle(const struct inode *inode)
{
	long left = ___wait_var_event((void *)inode, ___wait_cond_timeout(inode_idle(inode)),
				      GTH_WAIT_STATE, 0, msecs_to_jiffies(GTH_SCAN_WAIT_MS),
				      __ret = schedule_timeout(__ret));

	return left < 0 ? -EINTR : 1;
}

/**
 * gth_scan_begin() - start reading a file
 * @scan: to be given to gth_scan_end() by the same task
 * @inode: the file
 * @alone: wait while another task reads it, because its result may serve
 *
 * Return: 0: go on; 1: waited for another task, look for its result and call
 * again, without @alone; -EINTR: the task is being killed. Only after 0 gth_scan_end().
 */
int gth_scan_begin(struct gth_scan *scan, struct inode *inode, bool alone)
{
	spin_lock(&scan_lock);
	if (alone && inode_busy(inode)) {
		spin_unlock(&scan_lock);
		gth_stat_inc(GTH_STAT_hash_waits);
		return wait_idle(inode);
	}
	scan->task = current;
	scan->inode = alone ? inode : NULL;
	hlist_add_head(&scan->by_task, &by_task[hash_ptr(current, SCAN_BITS)]);
	INIT_HLIST_NODE(&scan->by_inode);
	if (alone)
		hlist_add_head(&scan->by_inode, &by_inode[hash_ptr(inode, SCAN_BITS)]);
	spin_unlock(&scan_lock);
	return 0;
}

void gth_scan_end(struct gth_scan *scan)
{
	struct inode *inode = scan->inode;

	WARN_ON_ONCE(scan->task != current);
	spin_lock(&scan_lock);
	hlist_del(&scan->by_task);
	hlist_del_init(&scan->by_inode);
	spin_unlock(&scan_lock);
	if (inode) {
		/*
		 * wake_up_var() looks for waiters without a lock; pairs with the
		 * barrier in prepare_to_wait_event(), after which they look at
		 * the list.
		 */
		smp_mb();
		wake_up_var(inode);
	}
}
