/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * atomic.h - files that appear whole or not at all.
 *
 * A file is written under the temporary name .NAME.tmp-XXXXXX in its own
 * directory, synced, then renamed. Several are renamed together: neither a
 * signal nor the death of the process comes between them, only a power cut or
 * who kills every process of a cgroup.
 */
#ifndef GTH_LIB_UTIL_ATOMIC_H
#define GTH_LIB_UTIL_ATOMIC_H

#include <limits.h>
#include <stddef.h>

struct gth_atomic {
	int dirfd; /* borrowed; must stay open until commit or abort */
	int fd;	   /* write here; -1: nothing to abort */
	char name[NAME_MAX + 1];
	char temp[NAME_MAX + 1];
};

int gth_atomic_create(struct gth_atomic *a, int dirfd, const char *name, unsigned int mode);
int gth_atomic_commit(struct gth_atomic *const files[], size_t n);
void gth_atomic_abort(struct gth_atomic *a);
int gth_atomic_sweep(int dirfd, const char *name);
int gth_atomic_guard(void);

#endif /* GTH_LIB_UTIL_ATOMIC_H */
