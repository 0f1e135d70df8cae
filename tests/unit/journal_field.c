// SPDX-License-Identifier: GPL-2.0-or-later
/* journal_field.c - userd/lib/text/journal_field.c: one text for one set of values, and no other.
 */
#include "lib/text/journal_field.h"

#include <errno.h>
#include <string.h>

#include "tests/unit/tap.h"

#define ROOT "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAI="
#define MOST "999999999999999"

static const struct {
	const char *text, *name;
} odd[] = {
	{ "", "nothing" },
	{ "size=7, root=:" ROOT ":", "no_time" },
	{ "root=:" ROOT ":, time=9", "no_size" },
	{ "size=7, time=9", "no_root" },
	{ "time=9, size=7, root=:" ROOT ":", "another_order" },
	{ "size=7,root=:" ROOT ":,time=9", "no_spaces" },
	{ "size=7, root=:" ROOT ":, time=9 ", "a_space_at_the_end" },
	{ "size=7, root=:" ROOT ":, time=9, x=1", "a_member_more" },
	{ "size=7, size=7, root=:" ROOT ":, time=9", "a_member_twice" },
	{ "size=07, root=:" ROOT ":, time=9", "a_leading_zero" },
	{ "size=-7, root=:" ROOT ":, time=9", "a_sign" },
	{ "size=7.0, root=:" ROOT ":, time=9", "a_decimal" },
	{ "size=, root=:" ROOT ":, time=9", "no_digits" },
	{ "size=1000000000000000, root=:" ROOT ":, time=9", "a_size_of_16_digits" },
	{ "size=7, root=:" ROOT ":, time=1000000000000000", "a_time_of_16_digits" },
	{ "size=7, root=" ROOT ", time=9", "a_root_that_is_not_bytes" },
	{ "size=7, root=:AQAA:, time=9", "a_short_root" },
	{ "size=7, root=:AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAJ=:, time=9",
	  "a_root_with_bits_that_say_nothing" },
};

int main(void)
{
	struct gth_journal_field j = { .size = 7, .root = { 1, [31] = 2 }, .time = 9 }, again;
	char text[GTH_JOURNAL_FIELD_SIZE];

	tap_ok(!gth_journal_field_format(&j, text) &&
		       !strcmp(text, "size=7, root=:" ROOT ":, time=9"),
	       "its_text");
	tap_ok(!gth_journal_field_parse(&again, text) && !memcmp(&j, &again, sizeof(j)),
	       "is_read_again");
	j.size = j.time = GTH_JOURNAL_FIELD_MAX;
	tap_ok(!gth_journal_field_format(&j, text) &&
		       !strcmp(text, "size=" MOST ", root=:" ROOT ":, time=" MOST),
	       "the_largest_numbers_fit");
	tap_ok(!gth_journal_field_parse(&again, text) && !memcmp(&j, &again, sizeof(j)),
	       "and_are_read_again");
	j.time++;
	tap_is(gth_journal_field_format(&j, text), -EINVAL, "a_later_time_is_not_written");
	j.time--;
	j.size++;
	tap_is(gth_journal_field_format(&j, text), -EINVAL, "nor_a_larger_size");
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
		tap_is(gth_journal_field_parse(&again, odd[i].text), -EINVAL, odd[i].name);
	return tap_done();
}
