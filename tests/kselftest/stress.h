/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stress.h - processes that work against each other until each has done its share.
 *
 * Each actor does rounds until all have done as many as they were to do: the
 * work is bounded, and its end does not depend on any actor's speed. Errors
 * that they find are kept in shared memory. Random numbers come from one seed,
 * which is printed; GTH_SEED repeats it.
 */
#ifndef GTH_TEST_STRESS_H
#define GTH_TEST_STRESS_H

#include "gth.h"

#define GTH_STRESS_MAX 96

typedef void (*gth_round)(void *arg);

struct gth_actor {
	const char *name;
	pid_t pid;
	unsigned int rounds, goal;
};

struct gth_stress {
	bool stop;
	unsigned int n, faults;
	char fault[256]; /* the first */
	struct gth_actor actor[GTH_STRESS_MAX];
};

void gth_random_start(void);
gth_u64 gth_random(gth_u64 below);
void gth_random_bytes(void *at, size_t len);

void *gth_shared(size_t size);
struct gth_stress *gth_stress(void);
int gth_stress_add(struct gth_stress *stress, const char *name, unsigned int goal, gth_round round,
		   void *arg);
void gth_stress_fault(struct gth_stress *stress, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void gth_stress_wait(struct gth_stress *stress);
int gth_stress_end(struct gth_stress *stress);

void gth_pause(unsigned int us);
int gth_become_user(void);

#endif /* GTH_TEST_STRESS_H */
