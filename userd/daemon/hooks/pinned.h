/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pinned.h - the hooks' pins in the BPF filesystem: a second hold on them besides the module's, and
 * the names that administrators see.
 */
#ifndef GTH_DAEMON_HOOKS_PINNED_H
#define GTH_DAEMON_HOOKS_PINNED_H

#include <stdbool.h>

#include <linux/types.h>

#include "lib/host/pins.h"

/* A set of hooks, by the order of gth_hook_programs. */
struct gth_hook_set {
	__u32 link[GTH_HOOKS], program[GTH_HOOKS]; /* ids; 0: none */
	__u32 events;				   /* id of the ring buffer */
};

enum gth_pinned {
	GTH_PINNED_NOT,	  /* nothing is there */
	GTH_PINNED_SET,	  /* this very set, whole */
	GTH_PINNED_OTHER, /* another, or not all of this one */
};

int gth_pinned_lock(bool wait);
enum gth_pinned gth_pinned_state(const struct gth_hook_set *set);
int gth_pinned_write(const struct gth_hook_set *set);
int gth_pinned_remove(void);
int gth_pinned_remove_covered(void);

#endif /* GTH_DAEMON_HOOKS_PINNED_H */
