// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * heat.c - the bound that kmod/heat.h puts on hashing a file that never rests.
 *
 * A hash raises the level by one at most, so levels up to GTH_HEAT_FREE, which
 * have no interval, last for 1 + GTH_HEAT_FREE + 1 hashes (the first, those that
 * climb to GTH_HEAT_FREE, and the one that leaves it); each of the levels above
 * lasts for one; at the top 2^GTH_HEAT_LEVELS seconds pass between two. A file
 * reopened every second never waits so long that it cools, so in T seconds it is
 * hashed at most GTH_HEAT_FREE + 2 + GTH_HEAT_LEVELS + T / 2^GTH_HEAT_LEVELS
 * times: 1362 times a day, not 86400.
 */
#include <string.h>

#include "kmod/heat.h"
#include "tests/unit/random.h"
#include "tests/unit/tap.h"

#define DAY 86400
#define TOP_INTERVAL (1U << GTH_HEAT_LEVELS)
#define BOUND(seconds) (GTH_HEAT_FREE + 2 + GTH_HEAT_LEVELS + (seconds) / TOP_INTERVAL)
#define WRAP (1ULL << (32 - GTH_HEAT_LEVEL_BITS))

struct run {
	u32 heat;
	unsigned int hashes;
	unsigned int worst_level;
	u64 longest; /* seconds for which changed content went unhashed */
};

/* Rewritten and reopened every @period seconds from @start on, for @seconds. */
static struct run rewrite(u64 start, u64 seconds, u64 period)
{
	struct run r = { 0 };
	u64 last = start;

	for (u64 now = start; now < start + seconds; now += period) {
		if (gth_heat_is_hot(r.heat, now))
			continue;
		if (now - last > r.longest)
			r.longest = now - last;
		last = now;
		r.heat = gth_heat_next(r.heat, now);
		r.hashes++;
		if (gth_heat_level(r.heat) > r.worst_level)
			r.worst_level = gth_heat_level(r.heat);
	}
	return r;
}

static void test_bound(void)
{
	struct run r = rewrite(1000, DAY, 1);
	unsigned int over = 0;

	if (!tap_ok(r.hashes <= BOUND(DAY), "bounds_hashing_of_a_file_rewritten_every_second"))
		tap_note("%u hashes a day, bound %u", r.hashes, BOUND(DAY));
	tap_ok(r.hashes >= DAY / TOP_INTERVAL, "still_hashes_it_at_the_longest_interval");
	tap_is(r.worst_level, GTH_HEAT_TOP, "climbs_to_the_top_level");
	tap_is(r.longest, TOP_INTERVAL, "leaves_content_unhashed_for_64_seconds_at_most");
	for (u64 seconds = 1; seconds < 2000; seconds++)
		over += rewrite(5, seconds, 1).hashes > BOUND(seconds);
	tap_is(over, 0, "bound_holds_at_every_moment");
}

/*
 * The worst that a pattern of opens can do, by trying every one that matters:
 * best[t][level] is the most hashes with the last of them at t, leaving level.
 */
static void test_worst_pattern(void)
{
	enum { SECONDS = 900, LEVELS = GTH_HEAT_TOP + 1, GAPS = 17 * TOP_INTERVAL };
	static int best[SECONDS][LEVELS];
	int most = 0;

	memset(best, -1, sizeof(best));
	best[0][0] = 1;
	for (u64 t = 0; t < SECONDS; t++) {
		/* Upwards: without a gap only a higher level can follow. */
		for (u32 level = 0; level < LEVELS; level++) {
			u32 heat = (u32)(t + 1) << GTH_HEAT_LEVEL_BITS | level;
			int n = best[t][level];

			if (n > most)
				most = n;
			for (u64 gap = 0; n > 0 && gap < GAPS && t + gap < SECONDS; gap++) {
				u32 next;

				if (gth_heat_is_hot(heat, t + gap))
					continue;
				next = gth_heat_level(gth_heat_next(heat, t + gap));
				if (best[t + gap][next] < n + 1)
					best[t + gap][next] = n + 1;
			}
		}
	}
	if (!tap_ok(most <= 2 * SECONDS / 5 + GTH_HEAT_FREE + 2,
		    "no_pattern_of_opens_costs_more_than_two_hashes_in_5_seconds"))
		tap_note("%d hashes in %d seconds", most, SECONDS);
}

static void test_free(void)
{
	unsigned int hot = 0;

	for (unsigned int i = 0; i < 20000; i++) {
		u64 now = random_below(1 << 20);
		u32 heat = 0;

		hot += gth_heat_is_hot(heat, now);
		heat = gth_heat_next(heat, now);
		for (unsigned int change = 1; change <= GTH_HEAT_FREE; change++) {
			now += random_below(4) ? random_below(3) : random_below(200);
			hot += gth_heat_is_hot(heat, now);
			heat = gth_heat_next(heat, now);
		}
	}
	tap_is(hot, 0, "never_hot_within_the_free_changes");
	tap_ok(!gth_heat_is_hot(0, 0) && !gth_heat_is_hot(0, ~0ULL), "never_hashed_is_never_hot");
}

static void test_interval(void)
{
	unsigned int early = 0, late = 0;

	for (u32 level = 0; level <= GTH_HEAT_TOP; level++) {
		u32 interval = level > GTH_HEAT_FREE ? 1U << (level - GTH_HEAT_FREE) : 0;
		u32 heat = (1000 + 1) << GTH_HEAT_LEVEL_BITS | level;

		for (u32 age = 0; age <= 2 * TOP_INTERVAL; age++) {
			early += age < interval && !gth_heat_is_hot(heat, 1000 + age);
			late += age >= interval && gth_heat_is_hot(heat, 1000 + age);
		}
	}
	tap_is(early, 0, "is_hot_until_the_interval_is_over");
	tap_is(late, 0, "is_not_hot_when_the_interval_is_over");
}

static void test_cooling(void)
{
	struct run r = rewrite(1000, DAY, 1);
	u64 last = (r.heat >> GTH_HEAT_LEVEL_BITS) - 1;
	u32 heat = r.heat;
	unsigned int steps = 0;
	u64 now = last;

	tap_is(gth_heat_level(gth_heat_next(heat, last + 2 * TOP_INTERVAL)), GTH_HEAT_TOP,
	       "stays_hot_at_twice_the_interval");
	tap_is(gth_heat_level(gth_heat_next(heat, last + 2 * TOP_INTERVAL + 1)), GTH_HEAT_TOP - 1,
	       "cools_by_a_level_past_twice_the_interval");
	tap_is(gth_heat_level(gth_heat_next(heat, last + 16 * TOP_INTERVAL + 16)), GTH_HEAT_TOP - 1,
	       "cools_by_one_level_only_at_sixteen_times_the_interval");
	tap_is(gth_heat_level(gth_heat_next(heat, last + 16 * TOP_INTERVAL + 17)), 0,
	       "is_cold_when_left_alone");
	while (gth_heat_level(heat) && steps < 100) {
		now += 2 * TOP_INTERVAL + 1;
		heat = gth_heat_next(heat, now);
		steps++;
	}
	if (!tap_ok(steps <= GTH_HEAT_TOP, "cools_down_when_touched_now_and_then"))
		tap_note("%u steps", steps);
	tap_is(rewrite(1000, DAY, 3600).worst_level, 0, "never_warms_by_hourly_changes");
}

static void test_field(void)
{
	unsigned int over = 0, jumps = 0;
	u64 now = 0;
	u32 heat = 0;

	_Static_assert(GTH_HEAT_TOP < 1U << GTH_HEAT_LEVEL_BITS, "levels fit their field");
	for (unsigned int i = 0; i < 1000000; i++) {
		u32 before = heat ? gth_heat_level(heat) : 0;

		now += random_below(1ULL << random_below(12));
		heat = gth_heat_next(heat, now);
		over += gth_heat_level(heat) > GTH_HEAT_TOP;
		jumps += gth_heat_level(heat) > before + 1;
		over += heat >> GTH_HEAT_LEVEL_BITS != (u32)((now + 1) % WRAP);
	}
	tap_is(over, 0, "level_and_seconds_stay_in_their_fields");
	tap_is(jumps, 0, "level_rises_by_one_at_a_time");
}

/* The same life at another time must be the same life. */
static void test_wrap(void)
{
	static const u64 starts[] = {
		WRAP - 300, WRAP - 70, WRAP - 7, WRAP, WRAP + 1, (1ULL << 32) - 100, 5 * WRAP - 64,
	};
	unsigned int differs = 0;

	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		for (u64 period = 1; period < 70; period++) {
			struct run here = rewrite(1000, 1000, period);
			struct run there = rewrite(starts[i], 1000, period);

			/* A level 0 at the very second that is stored as 0 is "never": harmless. */
			if (here.hashes != there.hashes || here.longest != there.longest)
				differs++;
		}
	}
	tap_is(differs, 0, "does_the_same_across_the_wrap_of_the_seconds");
	tap_is(gth_heat_age((u32)(WRAP - 10 + 1) << GTH_HEAT_LEVEL_BITS, WRAP + 10), 20,
	       "age_is_right_across_the_wrap");
	tap_ok(!gth_heat_is_hot((u32)(WRAP - 10 + 1) << GTH_HEAT_LEVEL_BITS | GTH_HEAT_TOP,
				WRAP - 10 + TOP_INTERVAL),
	       "cools_across_the_wrap");
}

int main(void)
{
	random_start();
	test_bound();
	test_worst_pattern();
	test_free();
	test_interval();
	test_cooling();
	test_field();
	test_wrap();
	return tap_done();
}
