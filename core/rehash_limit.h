/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rehash_limit.h - the bound on hashing a file that is rewritten and reopened all day.
 *
 * Hashing for opens takes at most a GTH_REHASH_SHARE'th of a processor for any one
 * file. Each such hash is a debt of GTH_REHASH_SHARE times the processor's time that it
 * took, not of the time that passed: a task that is starved or stopped must not make
 * the file hot. Passing time pays; who owes more than GTH_REHASH_CREDIT_MS is hot, and changed
 * content may go unhashed. (Networks meter cells so: GCRA, ITU-T I.371.) So a
 * small file is as good as never hot, and no pattern of writes gets round it.
 *
 * A heat is the moment at which the debt is paid, in ms of boot time, wrapping
 * after 49 days; 0: never hashed. A file left alone for so long may find itself
 * hot for the rest of a debt. Pure. Exec, mapping as code and kernel reads never
 * ask.
 */
#ifndef GTH_REHASH_LIMIT_H
#define GTH_REHASH_LIMIT_H

#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/types.h>

#include "core/limits.h"

#define GTH_REHASH_DEBT_MAX	(GTH_REHASH_CREDIT_MS + GTH_REHASH_HOT_MS)
#define GTH_REHASH_NS_PER_MS	1000000U

/* In ms; a value that is not a possible debt was paid long ago. */
static inline u32 gth_rehash_debt(u32 heat, u64 now_ms)
{
	u32 debt = heat - (u32)now_ms;

	return heat && debt <= GTH_REHASH_DEBT_MAX ? debt : 0;
}

/* May changed content be left unhashed at an open at @now_ms? */
static inline bool gth_rehash_is_hot(u32 heat, u64 now_ms)
{
	return gth_rehash_debt(heat, now_ms) > GTH_REHASH_CREDIT_MS;
}

/* The heat after a hash for an open that took @cost_ns of a processor and ended at @now_ms. */
static inline u32 gth_rehash_next(u32 heat, u64 now_ms, u64 cost_ns)
{
	/* At least one: else the cheapest would be free. */
	u64 more = div_u64(min_t(u64, cost_ns, U32_MAX) * GTH_REHASH_SHARE,
			   GTH_REHASH_NS_PER_MS) + 1;
	u32 debt = (u32)min_t(u64, gth_rehash_debt(heat, now_ms) + more, GTH_REHASH_DEBT_MAX);
	u32 paid = (u32)now_ms + debt;

	return paid ? paid : U32_MAX;
}

#endif /* GTH_REHASH_LIMIT_H */
