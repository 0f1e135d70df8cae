/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * live_policy.h - the policy in force, and the generation.
 *
 * The generation names one state of {policy, table, verdicts, daemon}. A
 * decision notes it before it reads any of them, and whoever changes one of
 * them publishes the change before it bumps the generation. So a decision that
 * is kept with an inode under the current generation saw the current state.
 */
#ifndef GTH_LIVE_POLICY_H
#define GTH_LIVE_POLICY_H

#include <linux/atomic.h>

#include "core/policy.h"

extern atomic_t gth_generation_counter;

/* Never 0. Pairs with gth_generation_bump(): what is read after it is as new. */
static inline u32 gth_generation(void)
{
	return (u32)atomic_read_acquire(&gth_generation_counter);
}

void gth_generation_bump(void);
int gth_live_policy_init(void);
void gth_live_policy_exit(void);
void gth_live_policy_read(struct gth_policy *copy);
int gth_live_policy_set(enum gth_knob_id id, const char *text);

#endif /* GTH_LIVE_POLICY_H */
