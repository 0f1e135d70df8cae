// SPDX-License-Identifier: GPL-2.0-or-later
/* utf8.c - what is UTF-8 in userd/lib/util/utf8.c stays in JSON, and nothing else. */
#include <stdlib.h>
#include <string.h>

#include "lib/util/json.h"
#include "lib/util/utf8.h"
#include "tests/unit/tap.h"

#define FFFD "\xef\xbf\xbd"
#define FFFD3 FFFD FFFD FFFD
#define BYTES(text) text, sizeof(text) - 1

static const struct {
	const char *bytes;
	size_t len;
	const char *clean;
	size_t clean_len;
	const char *name;
} cases[] = {
	{ BYTES(""), BYTES(""), "empty_text_stays_empty" },
	{ BYTES("/tmp/a b"), BYTES("/tmp/a b"), "ascii_stays" },
	{ BYTES("/tmp/\xc3\xa4\xe2\x82\xac"), BYTES("/tmp/\xc3\xa4\xe2\x82\xac"), "letters_stay" },
	{ BYTES("\xf0\x9f\x98\x80!"), BYTES("\xf0\x9f\x98\x80!"), "letter_of_4_bytes_stays" },
	{ BYTES("\x7f\x01\xc2\x85"), BYTES("\x7f\x01\xc2\x85"), "control_characters_stay" },
	{ BYTES("a\0b"), BYTES("a\0b"), "nul_stays" },
	{ BYTES("\x82\xac/\xc3\xa4"), BYTES(FFFD FFFD "/\xc3\xa4"),
	  "of_a_letter_cut_at_the_start_only_the_rest_is_replaced" },
	{ BYTES("\xa4/\xc3\xa4"), BYTES(FFFD "/\xc3\xa4"),
	  "half_a_letter_at_the_start_is_replaced" },
	{ BYTES("\xc3\xa4/\xe2\x82"), BYTES("\xc3\xa4/" FFFD FFFD),
	  "of_a_letter_cut_at_the_end_only_the_rest_is_replaced" },
	{ BYTES("x\xf0\x9f\x98"), BYTES("x" FFFD3), "three_of_four_bytes_are_replaced" },
	{ BYTES("x\xc3"), BYTES("x" FFFD), "start_of_a_letter_at_the_end_is_replaced" },
	{ BYTES("\xe2\x82/\xc3\xa4"), BYTES(FFFD FFFD "/\xc3\xa4"),
	  "letter_cut_in_the_middle_does_not_swallow_what_follows" },
	{ BYTES("\xe2\xc3\xa4"), BYTES(FFFD "\xc3\xa4"), "start_before_a_letter_is_replaced" },
	{ BYTES("gr\xfc\xdf"
		"e \xc3\xbc"),
	  BYTES("gr" FFFD FFFD "e \xc3\xbc"), "latin_1_is_replaced_beside_utf8" },
	{ BYTES("a\x80z"), BYTES("a" FFFD "z"), "lone_continuation_is_replaced" },
	{ BYTES("\xc0\xaf"), BYTES(FFFD FFFD), "overlong_slash_is_replaced" },
	{ BYTES("\xc1\xbf"), BYTES(FFFD FFFD), "overlong_of_2_bytes_is_replaced" },
	{ BYTES("\xe0\x80\xaf"), BYTES(FFFD3), "overlong_of_3_bytes_is_replaced" },
	{ BYTES("\xe0\x9f\xbf"), BYTES(FFFD3), "highest_overlong_of_3_bytes_is_replaced" },
	{ BYTES("\xf0\x8f\xbf\xbf"), BYTES(FFFD3 FFFD), "overlong_of_4_bytes_is_replaced" },
	{ BYTES("\xc0\x80"), BYTES(FFFD FFFD), "overlong_nul_is_replaced" },
	{ BYTES("\xed\xa0\x80"), BYTES(FFFD3), "lowest_surrogate_is_replaced" },
	{ BYTES("\xed\xbf\xbf"), BYTES(FFFD3), "highest_surrogate_is_replaced" },
	{ BYTES("\xed\x9f\xbf\xee\x80\x80"), BYTES("\xed\x9f\xbf\xee\x80\x80"),
	  "letters_beside_surrogates_stay" },
	{ BYTES("\xf4\x8f\xbf\xbf"), BYTES("\xf4\x8f\xbf\xbf"), "u_10ffff_stays" },
	{ BYTES("\xf4\x90\x80\x80"), BYTES(FFFD3 FFFD), "beyond_u_10ffff_is_replaced" },
	{ BYTES("\xf8\x88\x80\x80\x80"), BYTES(FFFD3 FFFD FFFD), "five_bytes_are_replaced" },
	{ BYTES("\xff\xfe"), BYTES(FFFD FFFD), "bytes_of_no_letter_are_replaced" },
};

static bool same(const char *got, size_t got_len, size_t i)
{
	if (got && got_len == cases[i].clean_len && !memcmp(got, cases[i].clean, got_len))
		return true;
	tap_note("got %zu bytes, wanted %zu", got_len, cases[i].clean_len);
	return false;
}

/* In memory of exactly its size, so that a byte beyond it is noticed. */
static bool cleans(size_t i)
{
	size_t len = cases[i].len;
	char *bytes = malloc(len ? len : 1), *out = malloc(GTH_UTF8_REPLACEMENT_SIZE * len + !len);
	bool ok;

	memcpy(bytes, cases[i].bytes, len);
	ok = same(out, gth_utf8_clean(out, bytes, len), i);
	free(bytes);
	free(out);
	return ok;
}

static bool is_json(size_t i)
{
	json_t *value = gth_json_bytes(cases[i].bytes, cases[i].len);
	bool ok = same(json_string_value(value), json_string_length(value), i);

	json_decref(value);
	return ok;
}

int main(void)
{
	json_t *nothing = gth_json_text(NULL);
	char name[128];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		tap_ok(cleans(i), cases[i].name);
		snprintf(name, sizeof(name), "%s_in_json", cases[i].name);
		tap_ok(is_json(i), name);
	}
	tap_ok(json_string_length(nothing) == 0, "no_text_is_an_empty_one");
	json_decref(nothing);
	return tap_done();
}
