/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * scan.h - which tasks read which files right now.
 *
 * Two uses: an open made by the module on behalf of a task is not judged again
 * (no recursion, also through overlayfs, which opens with other credentials),
 * and tasks that want the same file judged wait for the first instead of
 * hashing it once more.
 */
#ifndef GTH_SCAN_H
#define GTH_SCAN_H

#include <linux/fs.h>
#include <linux/list.h>
#include <linux/sched.h>

/* On the stack of the task that scans. */
struct gth_scan {
	struct hlist_node by_task, by_inode;
	struct task_struct *task;
	struct inode *inode;		/* NULL: others do not wait for this one */
};

bool gth_scan_current(void);
int gth_scan_begin(struct gth_scan *scan, struct inode *inode, bool alone);
void gth_scan_end(struct gth_scan *scan);

#endif /* GTH_SCAN_H */
