// SPDX-License-Identifier: GPL-2.0-or-later
/* visible.c - what steers a terminal is shown, and nothing else is changed. */
#include <stdlib.h>
#include <string.h>

#include "lib/util/visible.h"
#include "tests/unit/tap.h"

#define BYTES(text) text, sizeof(text) - 1

static const struct {
	const char *bytes;
	size_t len;
	enum gth_visible_keep keep;
	const char *shown, *name;
} cases[] = {
	{ BYTES(""), GTH_VISIBLE_ALL, "", "empty_name_stays" },
	{ BYTES("/tmp/a b~"), GTH_VISIBLE_ALL, "/tmp/a b~", "ascii_stays" },
	{ BYTES("\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"), GTH_VISIBLE_ALL,
	  "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "letters_stay" },
	{ BYTES("\x1b[2J"), GTH_VISIBLE_ALL, "\\x1b[2J", "escape_is_shown" },
	{ BYTES("a\nb\tc\rd"), GTH_VISIBLE_ALL, "a\\nb\\tc\\rd",
	  "line_feed_tab_and_return_are_shown" },
	{ BYTES("\0\x01\x1f\x7f"), GTH_VISIBLE_ALL, "\\x00\\x01\\x1f\\x7f",
	  "c0_and_del_are_shown" },
	{ BYTES("\xc2\x80\xc2\x9b\xc2\x9f"), GTH_VISIBLE_ALL, "\\xc2\\x80\\xc2\\x9b\\xc2\\x9f",
	  "c1_in_utf8_is_shown" },
	{ BYTES("\xc2\xa0"), GTH_VISIBLE_ALL, "\xc2\xa0", "what_follows_c1_stays" },
	{ BYTES("\x9b"
		"31m"),
	  GTH_VISIBLE_ALL, "\\x9b31m", "c1_as_a_byte_is_shown" },
	{ BYTES("gr\xfc\xdf"), GTH_VISIBLE_ALL, "gr\\xfc\\xdf", "latin_1_is_shown" },
	{ BYTES("\xe2\x82"), GTH_VISIBLE_ALL, "\\xe2\\x82", "cut_letter_is_shown" },
	{ BYTES("\xc0\x9b\xe0\x82\x9b"), GTH_VISIBLE_ALL, "\\xc0\\x9b\\xe0\\x82\\x9b",
	  "overlong_control_is_shown" },
	{ BYTES("a\\n"), GTH_VISIBLE_ALL, "a\\\\n", "backslash_is_doubled" },
	{ BYTES("a\\n\x1b\n"), GTH_VISIBLE_PROSE, "a\\n\\x1b\\n", "backslash_in_prose_stays" },
	{ BYTES("a\\\n\x1b\r\n"), GTH_VISIBLE_LINES, "a\\\n\\x1b\\r\n", "lines_stay" },
};

static bool shows(size_t i, size_t size, const char *wanted)
{
	char *bytes = malloc(cases[i].len + 1), *out = malloc(size);
	size_t n;
	bool ok;

	memcpy(bytes, cases[i].bytes, cases[i].len);
	n = gth_visible(out, size, bytes, cases[i].len, cases[i].keep);
	ok = n == strlen(out) && !strcmp(out, wanted);
	if (!ok)
		tap_note("got %zu bytes: %s", n, out);
	free(bytes);
	free(out);
	return ok;
}

/* In any room there are whole letters and whole escapes only. */
static bool cuts(void)
{
	static const char *const wanted[] = { "",      "",	 "",	    "",	       "",
					      "\\x1b", "\\x1b[", "\\x1b[2", "\\x1b[2J" };
	const size_t escape = 3;

	for (size_t size = 1; size < sizeof(wanted) / sizeof(wanted[0]); size++)
		if (!shows(escape, size, wanted[size]))
			return false;
	return true;
}

static bool keeps_several(void)
{
	const char *a = gth_shown("a\n"), *b = gth_shown("b\n"), *c = gth_shown("c");

	return !strcmp(a, "a\\n") && !strcmp(b, "b\\n") && !strcmp(c, "c");
}

int main(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		tap_ok(shows(i, GTH_VISIBLE_SIZE(cases[i].len), cases[i].shown), cases[i].name);
	tap_ok(cuts(), "cuts_between_letters_and_escapes");
	tap_ok(keeps_several(), "several_names_fit_into_one_line");
	return tap_done();
}
