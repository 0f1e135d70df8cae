/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * waits.h - tasks that wait inside the module, and deeds of others beside them.
 *
 * The waiters are processes of GTH_USER, in one process group and one cgroup. A
 * deed gives the ms that it took, or -errno; -EOPNOTSUPP: the kernel lacks it.
 */
#ifndef GTH_TEST_WAITS_H
#define GTH_TEST_WAITS_H

#include "gth.h"

#define GTH_WAITERS_MAX 256
#define GTH_WAITERS_CPU 1 /* where tasks starve; the other one is free */

struct gth_waiters {
	pid_t group; /* 0: none */
	unsigned int n;
	unsigned int starving; /* the first so many are ready, on GTH_WAITERS_CPU, without time */
	pid_t *pid;	       /* shared; changes where a wait is begun anew */
	const char *inside;    /* a word of the stack of each that waits */
};

long gth_ms(void);
void gth_waiters_init(struct gth_waiters *w);
pid_t gth_waiter_fork(struct gth_waiters *w, bool waits);
void gth_waiter_opens(struct gth_waiters *w, const char *path);
void gth_waiter_opens_briefly(struct gth_waiters *w, const char *path);
void gth_waiter_starves(struct gth_waiters *w, const char *path);
void gth_waiters_hog(struct gth_waiters *w);
pid_t gth_limit_begin(const struct gth_waiters *w, unsigned int seconds);
bool gth_limit_end(pid_t limit);
bool gth_waits(pid_t pid, const char *word);
bool gth_waiters_wait(struct gth_waiters *w);
long gth_waiters_end(struct gth_waiters *w);

/* A lease for writing; its owner gives it up when told to. */
struct gth_lease {
	pid_t owner;
	int give_up;
};

int gth_lease_begin(struct gth_lease *l, const char *path);
int gth_lease_give_up(struct gth_lease *l);

/* Two cgroups: of the waiters, and of a bystander that sleeps. */
int gth_cgroups_make(void);
void gth_cgroups_remove(void);
void gth_cgroups_join(void);
pid_t gth_bystander(void);

typedef long (*gth_bystanding)(const struct gth_waiters *w);
long gth_deed_cgroup(const struct gth_waiters *w);
long gth_deed_cpuset(const struct gth_waiters *w);
long gth_deed_cgroup_beside_cpuset(const struct gth_waiters *w);
long gth_deed_move(const struct gth_waiters *w);
long gth_deed_cgroup_freeze(const struct gth_waiters *w);
long gth_deed_affinity(const struct gth_waiters *w);
long gth_deed_processor(const struct gth_waiters *w);
long gth_deed_tracer(const struct gth_waiters *w);
long gth_deed_tracer_of_instance(const struct gth_waiters *w);
long gth_deed_kprobe(const struct gth_waiters *w);
long gth_deed_freeze(const struct gth_waiters *w);

#endif /* GTH_TEST_WAITS_H */
