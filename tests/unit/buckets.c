// SPDX-License-Identifier: GPL-2.0-or-later
/* buckets.c - how many buckets core/cuckoo.c asks for: enough, and not more than documented. */
#include "core/cuckoo.h"
#include "core/limits.h"
#include "tests/unit/tap.h"

static void test_buckets(void)
{
	unsigned int tight = 0, falls = 0;
	u32 last = 0;

	tap_ok(gth_cuckoo_buckets(0) >= 1, "an_empty_table_has_a_bucket");
	tap_ok(64.0 * gth_cuckoo_buckets(1000000) / 1000000 <= 8.6,
	       "a_million_entries_take_8.6_bytes_each_at_most");
	tap_ok(64.0 * gth_cuckoo_buckets(GTH_ENTRIES_MAX) / (double)GTH_ENTRIES_MAX <= 8.6,
	       "the_most_entries_take_8.6_bytes_each_at_most");
	for (u64 n = 0; n <= GTH_ENTRIES_MAX; n += 1 + n / 64) {
		u32 buckets = gth_cuckoo_buckets(n);

		tight += 8ULL * buckets * 961 < n * 1000 || 8ULL * buckets <= n;
		falls += buckets < last;
		last = buckets;
	}
	tap_is(tight, 0, "the_load_is_0.96_at_most_for_every_size");
	tap_is(falls, 0, "more_entries_never_get_fewer_buckets");
	tap_ok(gth_cuckoo_buckets(GTH_ENTRIES_MAX) * 8ULL > GTH_ENTRIES_MAX,
	       "the_most_entries_do_not_overflow_the_number_of_buckets");
}

int main(void)
{
	test_buckets();
	return tap_done();
}
