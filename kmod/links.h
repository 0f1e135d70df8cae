/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * links.h - the BPF links that the module keeps.
 *
 * A link keeps its program attached, so the hooks stay whatever becomes of their
 * pins and of the daemon, until GTH_IOC_HOOKS names others or none. And the
 * module can tell which programs a waiting task will return to (sleeper.h).
 */
#ifndef GTH_LINKS_H
#define GTH_LINKS_H

#include <linux/gotthard.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct bpf_prog;

/* Programs that are referenced while a task waits outside of their sections. */
struct gth_programs {
	struct rcu_head rcu;
	struct work_struct work;
	unsigned int n;
	struct bpf_prog *prog[];
};

int gth_links_keep(const s32 *fd, unsigned int n);
unsigned int gth_links_count(void);
struct gth_programs *gth_links_hold(unsigned long ip);
void gth_links_unhold(struct gth_programs *programs);

int gth_links_init(void);
void gth_links_exit(void);

#endif /* GTH_LINKS_H */
