/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * heat.h - the bound on hashing a file that is rewritten and reopened all day.
 *
 * A heat is when the content was last hashed for an open (seconds of boot time,
 * plus one so that 0 means never) and a level that rises when it is hashed again
 * soon and falls when it is left alone. Pure. Exec, mapping as code and kernel
 * reads never ask.
 */
#ifndef GTH_HEAT_H
#define GTH_HEAT_H

#include <linux/types.h>

#include "limits.h"

#define GTH_HEAT_LEVEL_BITS	4
#define GTH_HEAT_TOP		(GTH_HEAT_FREE + GTH_HEAT_LEVELS)

static inline u32 gth_heat_level(u32 heat)
{
	return heat & ((1U << GTH_HEAT_LEVEL_BITS) - 1);
}

/* Seconds that must pass between two hashes at this level. */
static inline u32 gth_heat_interval(u32 level)
{
	return level > GTH_HEAT_FREE ? 1U << (level - GTH_HEAT_FREE) : 0;
}

static inline u32 gth_heat_age(u32 heat, u64 now)
{
	return ((u32)(now + 1) - (heat >> GTH_HEAT_LEVEL_BITS)) &
	       (~0U >> GTH_HEAT_LEVEL_BITS);
}

/* May changed content be left unhashed at an open at @now seconds? */
static inline bool gth_heat_is_hot(u32 heat, u64 now)
{
	return heat && gth_heat_age(heat, now) < gth_heat_interval(gth_heat_level(heat));
}

/* The heat after hashing for an open at @now seconds. */
static inline u32 gth_heat_next(u32 heat, u64 now)
{
	u32 level = 0;

	if (heat) {
		u32 age = gth_heat_age(heat, now);

		level = gth_heat_level(heat);
		/* Soon: within twice the interval in force, 4 seconds at least. */
		if (age <= 4 || age <= 2 * gth_heat_interval(level))
			level = level < GTH_HEAT_TOP ? level + 1 : level;
		else
			level = age > 16 * gth_heat_interval(level) + 16 ? 0 : level - !!level;
	}
	return (u32)(now + 1) << GTH_HEAT_LEVEL_BITS | level;
}

#endif /* GTH_HEAT_H */
