// SPDX-License-Identifier: GPL-2.0-only
/* stats.c - per-CPU counters (see stats.h). */
#include <linux/build_bug.h>
#include <linux/cpumask.h>
#include <linux/gotthard.h>

#include "stats.h"

#define X(id, name, ...) static_assert(GTH_STAT_checks_##name == (int)GTH_OP_##id);
GTH_OPERATIONS(X)
#undef X

DEFINE_PER_CPU(struct gth_stats, gth_stats);

const char *const gth_stat_names[GTH_STAT_MAX] = {
#define X(id, name, ...) [GTH_STAT_checks_##name] = "checks_" #name,
	GTH_OPERATIONS(X)
#undef X
#define X(name) [GTH_STAT_##name] = #name,
	GTH_STATS(X)
#undef X
#define X(name, errno_, kind) [GTH_STAT_error_##name] = "error_" #name,
	GTH_ERRORS(X)
#undef X
	[GTH_STAT_error_other] = "error_other",
};

/* gth_stat_sum() - over all CPUs that ever were; never goes back. */
u64 gth_stat_sum(enum gth_stat stat)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu(gth_stats, cpu).value[stat]);
	return sum;
}
