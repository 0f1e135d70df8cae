// SPDX-License-Identifier: GPL-2.0-or-later
/* program.c - userd/lib/util/program.c: which word was meant. */
#include "lib/util/program.h"

#include <string.h>

#include "tests/unit/tap.h"

static const char *const words[] = { "status", "stats",	 "statistics", "set",
				     "get",    "export", "hooks/open" };

static void meant(const char *word, const char *wanted, const char *name)
{
	const char *near = gth_near(word, words, sizeof(words) / sizeof(words[0]));

	if (!tap_ok(wanted ? near && !strcmp(near, wanted) : !near, name))
		tap_note("got %s", near ? near : "nothing");
}

int main(void)
{
	char longest[100];

	meant("statsu", "status", "neighbours_that_are_swapped_count_as_one");
	meant("statu", "status", "a_letter_that_is_missing_is_near");
	meant("exxport", "export", "so_is_one_too_many");
	meant("exqort", "export", "and_one_that_is_another");
	meant("exq0rt", "export", "two_are_near_too");
	meant("exq0rd", NULL, "three_are_not");
	meant("hook/opn", "hooks/open", "a_path_is_a_word");
	meant("sett", "set", "a_short_word_may_have_one_fault");
	meant("sxyt", NULL, "and_not_two");
	meant("bet", "set", "of_two_that_are_as_near_it_is_the_first");
	meant("stats", "stats", "what_is_right_is_itself");
	meant("", NULL, "nothing_is_near_nothing");
	memset(longest, 's', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	meant(longest, NULL, "a_word_of_any_length_is_taken");
	return tap_done();
}
