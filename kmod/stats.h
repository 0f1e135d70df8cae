/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stats.h - per-CPU counters, summed when they are read.
 *
 * Each is a file in /sys/kernel/gotthard/stats/; the list below, that of errors in
 * error.h and that of operations in core/operations.h are the only places that name
 * them.
 */
#ifndef GTH_STATS_H
#define GTH_STATS_H

#include <linux/percpu.h>
#include <linux/types.h>

#include "core/operations.h"
#include "error.h"

#define GTH_STATS(X)		\
	X(slow)			\
	X(rechecks)		\
	X(by_root)		\
	X(by_table)		\
	X(by_region)		\
	X(uncached)		\
	X(forgotten)		\
	X(hashes)		\
	X(hash_bytes)		\
	X(hash_ns)		\
	X(hash_errors)		\
	X(hash_waits)		\
	X(denied)		\
	X(would_deny)		\
	X(killed)		\
	X(deferred)		\
	X(skipped_scope)	\
	X(skipped_oversize)	\
	X(skipped_unversioned)	\
	X(skipped_hot)		\
	X(skipped_memory)	\
	X(held)			\
	X(hold_expired)		\
	X(no_daemon)		\
	X(waits_inside)		\
	X(hooks_changing)	\
	X(requests)		\
	X(queue_full)		\
	X(exempted)		\
	X(floor)		\
	X(verdicts_expired)	\
	X(events)		\
	X(events_lost)		\
	X(events_suppressed)

/* First the checks of each operation, in the order of enum gth_op. */
enum gth_stat {
#define X(id, name, ...) GTH_STAT_checks_##name,
	GTH_OPERATIONS(X)
#undef X
#define X(name) GTH_STAT_##name,
	GTH_STATS(X)
#undef X
#define X(name, errno_, kind) GTH_STAT_error_##name,
	GTH_ERRORS(X)
#undef X
	GTH_STAT_error_other,
	GTH_STAT_MAX
};

struct gth_stats {
	u64 value[GTH_STAT_MAX];
};

DECLARE_PER_CPU(struct gth_stats, gth_stats);
extern const char *const gth_stat_names[GTH_STAT_MAX];

#define gth_stat_add(stat, n) this_cpu_add(gth_stats.value[stat], n)
#define gth_stat_inc(stat) this_cpu_inc(gth_stats.value[stat])

u64 gth_stat_sum(enum gth_stat stat);

#endif /* GTH_STATS_H */
