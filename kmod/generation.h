/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * generation.h - the number of one state of {policy, table, verdicts, daemon}.
 *
 * A decision notes the generation before it reads any of them. A writer that
 * changes one of them publishes the change before it bumps the generation. So a
 * decision that is kept with an inode under the current generation saw the
 * current state.
 */
#ifndef GTH_GENERATION_H
#define GTH_GENERATION_H

#include <linux/atomic.h>
#include <linux/types.h>

extern atomic_t gth_generation_counter;

/* Never 0. Pairs with gth_generation_bump(): what is read after it is as new. */
static inline u32 gth_generation(void)
{
	return (u32)atomic_read_acquire(&gth_generation_counter);
}

void gth_generation_bump(void);

#endif /* GTH_GENERATION_H */
