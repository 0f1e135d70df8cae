// SPDX-License-Identifier: GPL-2.0-or-later
/* rehash_limit.c - the bound that core/rehash_limit.h puts on hashing a file that never rests. */
#include <string.h>

#include "core/rehash_limit.h"
#include "tests/unit/random.h"
#include "tests/unit/tap.h"

#define MS 1000000ULL
#define HOUR (3600 * 1000ULL)
#define WRAP (1ULL << 32)

/* The hashing of a file in a time, and for how long it went unhashed. */
struct run {
	u32 heat;
	unsigned int hashes;
	u64 hashed_ns, longest_ms;
};

/* Rewritten and reopened every period ms; a hash takes cost ns. */
static struct run rewrite(u64 start, u64 length, u64 period, u64 cost)
{
	struct run r = { 0 };
	u64 last = start;

	for (u64 now = start; now < start + length; now += period) {
		if (gth_rehash_is_hot(r.heat, now)) {
			if (now - last > r.longest_ms)
				r.longest_ms = now - last;
			continue;
		}
		last = now;
		r.heat = gth_rehash_next(r.heat, now, cost);
		r.hashes++;
		r.hashed_ns += cost;
	}
	return r;
}

/* The most that hashing may take of length ms: its share, the credit, and the hash that uses it up.
 */
static u64 bound_ns(u64 length, u64 cost)
{
	return (length + GTH_REHASH_CREDIT_MS) * MS / GTH_REHASH_SHARE + cost;
}

static void test_share(void)
{
	static const u64 costs[] = { 1, 1000, MS / 10, MS, 20 * MS, 140 * MS, 900 * MS };
	unsigned int over = 0, idle = 0;

	for (size_t i = 0; i < sizeof(costs) / sizeof(*costs); i++) {
		for (u64 period = 1; period < 100000; period = period * 3 + 1) {
			struct run r = rewrite(1000, HOUR, period, costs[i]);

			over += r.hashed_ns > bound_ns(HOUR, costs[i]);
			/* Not less than the share either, where there is as much to hash. */
			idle += costs[i] >= MS && r.hashes < HOUR / period &&
				r.hashed_ns < HOUR * MS / GTH_REHASH_SHARE * 8 / 10;
		}
	}
	tap_is(over, 0, "hashing_takes_a_64th_of_the_time_at_most");
	tap_is(idle, 0, "hashing_takes_its_share_where_it_is_wanted");
}

/* Opens at random moments, hashes that take a random time. */
static void test_any_pattern(void)
{
	unsigned int over = 0, long_gaps = 0;

	for (unsigned int life = 0; life < 2000; life++) {
		u64 start = random_u64() >> random_below(40), now = start, last = start;
		u64 hashed = 0, worst = 0;
		u32 heat = 0;

		for (unsigned int i = 0; i < 400; i++) {
			u64 cost = random_below(1ULL << (1 + random_below(31)));

			now += random_below(1ULL << (1 + random_below(16)));
			if (gth_rehash_is_hot(heat, now)) {
				long_gaps += now - last > GTH_REHASH_HOT_MS;
				continue;
			}
			last = now;
			heat = gth_rehash_next(heat, now, cost);
			hashed += cost;
			/* A hash of over a second owes more than the longest time. */
			if (cost > worst)
				worst = cost;
			if (worst <= GTH_REHASH_HOT_MS * MS / GTH_REHASH_SHARE)
				over += hashed > bound_ns(now - start, worst);
		}
	}
	tap_is(over, 0, "no_pattern_of_opens_gets_more");
	tap_is(long_gaps, 0, "content_goes_unhashed_for_64_seconds_at_most");
}

static void test_credit(void)
{
	u64 now = 5000;
	u32 heat = 0;

	tap_ok(!gth_rehash_is_hot(0, 0) && !gth_rehash_is_hot(0, ~0ULL),
	       "never_hashed_is_never_hot");
	heat = gth_rehash_next(heat, now, 249 * MS);
	tap_ok(!gth_rehash_is_hot(heat, now), "is_not_hot_within_the_credit");
	heat = gth_rehash_next(heat, now, MS);
	tap_ok(gth_rehash_is_hot(heat, now), "is_hot_past_the_credit");
	tap_ok(!gth_rehash_is_hot(heat, now + GTH_REHASH_SHARE + 2), "time_pays_the_debt");
	tap_is(gth_rehash_debt(heat, now + 250 * GTH_REHASH_SHARE + 2), 0,
	       "and_in_the_end_all_of_it");
	tap_is(rewrite(1000, HOUR, 1, 1).longest_ms, 0, "cheap_file_is_never_hot");
}

static void test_limits(void)
{
	u32 heat = gth_rehash_next(0, 5000, ~0ULL);

	tap_is(gth_rehash_debt(heat, 5000), GTH_REHASH_DEBT_MAX, "debt_has_a_limit");
	tap_is(gth_rehash_debt(gth_rehash_next(heat, 5000, ~0ULL), 5000), GTH_REHASH_DEBT_MAX,
	       "and_is_never_past_it");
	tap_ok(gth_rehash_is_hot(heat, 5000 + GTH_REHASH_HOT_MS - 1), "is_hot_until_the_limit");
	tap_ok(!gth_rehash_is_hot(heat, 5000 + GTH_REHASH_HOT_MS), "is_not_hot_at_the_limit");
	tap_is(gth_rehash_debt(gth_rehash_next(0, 5000, 0), 5000), 1, "no_hash_is_free");
}

/* The same life at another time must be the same life. */
static void test_wrap(void)
{
	static const u64 starts[] = { WRAP - 90000, WRAP - 17000, WRAP - 1, WRAP,
				      5 * WRAP - 40000 };
	unsigned int differs = 0, hot = 0;

	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++) {
		for (u64 period = 1; period < 70000; period = period * 2 + 1) {
			struct run here = rewrite(1000, HOUR / 10, period, 30 * MS);
			struct run there = rewrite(starts[i], HOUR / 10, period, 30 * MS);

			differs +=
				here.hashes != there.hashes || here.longest_ms != there.longest_ms;
		}
		/* A time that wraps to 0 must not become "never hashed". */
		hot += gth_rehash_is_hot(gth_rehash_next(0, WRAP - GTH_REHASH_DEBT_MAX, ~0ULL),
					 WRAP - GTH_REHASH_DEBT_MAX);
	}
	tap_is(differs, 0, "does_the_same_across_the_wrap");
	tap_is(hot, sizeof(starts) / sizeof(*starts), "is_hot_where_the_end_wraps_to_nothing");
	tap_ok(!gth_rehash_is_hot(gth_rehash_next(0, 5000, ~0ULL), 5000 + WRAP / 2),
	       "is_cold_after_a_long_time");
}

int main(void)
{
	random_start();
	test_share();
	test_any_pattern();
	test_credit();
	test_limits();
	test_wrap();
	return tap_done();
}
