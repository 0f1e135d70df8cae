/* SPDX-License-Identifier: GPL-2.0-or-later */
/* child.h - runs this program again in a role: a process of its own for foreign bytes. */
#ifndef REGION_CHILD_H
#define REGION_CHILD_H

#include <stdatomic.h>
#include <stdint.h>

#define REGION_CHILD_BROKEN 127 /* exit status: it could not begin */
#define REGION_CHILD_EXTRA_FD 3

struct region_child {
	const char *role; /* argv[0] */
	uint64_t limit;	  /* bytes, its argument */
	int in, out;	  /* its stdin and stdout */
	int extra;	  /* its third descriptor; -1: none */
};

int region_child_run(const struct region_child *c, const atomic_bool *stop, int *status);

#endif /* REGION_CHILD_H */
