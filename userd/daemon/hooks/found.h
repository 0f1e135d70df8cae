/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * found.h - the hooks that the kernel has: all links of programs with our names, pinned anywhere or
 * nowhere.
 */
#ifndef GTH_DAEMON_HOOKS_FOUND_H
#define GTH_DAEMON_HOOKS_FOUND_H

#include <linux/bpf.h>
#include <linux/types.h>

#include "lib/host/pins.h"

#define GTH_FOUND_MAX (8 * GTH_HOOKS) /* links that are examined; more are an error */

struct gth_found_link {
	int fd;		      /* of the link */
	int hook;	      /* index into gth_hook_programs */
	__u32 id, program;    /* of the link and its program */
	__u32 events, inodes; /* ids of the program's maps; 0: it has none */
	unsigned char tag[BPF_TAG_SIZE];
};

struct gth_found {
	struct gth_found_link link[GTH_FOUND_MAX]; /* oldest first */
	unsigned int n;
};

int gth_found_scan(struct gth_found *f);
void gth_found_close(struct gth_found *f);
unsigned int gth_found_count(void);

#endif /* GTH_DAEMON_HOOKS_FOUND_H */
