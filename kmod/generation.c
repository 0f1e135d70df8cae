// SPDX-License-Identifier: GPL-2.0-only
/* generation.c - the number of the state that decisions are made under (see generation.h). */
#include <linux/atomic.h>

#include "generation.h"

/* Starts at 1: 0 in an inode's tag means that nothing is known. */
atomic_t gth_generation_counter = ATOMIC_INIT(1);

/*
 * gth_generation_bump() - make every kept decision stale.
 *
 * The full barrier of atomic_inc_return() orders the change published before.
 * An entry that was kept for exactly 2^32 bumps would be taken as fresh.
 */
void gth_generation_bump(void)
{
	while (!atomic_inc_return(&gth_generation_counter))
		;
}
