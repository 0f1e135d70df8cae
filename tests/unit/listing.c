// SPDX-License-Identifier: GPL-2.0-or-later
/* listing.c - tests for userd/lib/util/listing.c, prefix.c and the times of utc.c: what lists show,
 * and what is taken. */
#include "lib/util/listing.h"

#include <stdlib.h>
#include <string.h>

#include "lib/util/prefix.h"
#include "lib/util/utc.h"
#include "tests/unit/tap.h"

static void units(unsigned long long bytes, const char *wanted, const char *name)
{
	char text[GTH_UNITS_SIZE];

	gth_listing_units(text, bytes);
	if (!tap_ok(!strcmp(text, wanted), name))
		tap_note("got %s, wanted %s", text, wanted);
}

/* Return: the output of a function, to be freed. */
static char *printed(void (*print)(const struct gth_column *, const char *const *),
		     const struct gth_column *columns, const char *const *cells)
{
	FILE *real = stdout;
	char *text = NULL;
	size_t size;

	stdout = open_memstream(&text, &size);
	print(columns, cells);
	fclose(stdout);
	stdout = real;
	return text;
}

static void row(const struct gth_column *columns, const char *const *cells, const char *wanted,
		const char *name)
{
	char *text = printed(gth_listing_row, columns, cells);

	if (!tap_ok(!strcmp(text, wanted), name))
		tap_note("got '%s'", text);
	free(text);
}

static void head(const struct gth_column *columns, const char *const *cells)
{
	(void)cells;
	gth_listing_head(columns);
}

static void test_rows(void)
{
	static const struct gth_column columns[] = {
		{ "A", 4 }, { "NUMBER", -8 }, { "B", 3 }, { "C", 0 }, { 0 }
	};
	char *text = printed(head, columns, NULL);

	tap_ok(!strcmp(text, "A       NUMBER  B    C\n"), "titles_stand_over_their_columns");
	free(text);
	row(columns, (const char *const[]) { "a", "12", "b", "c d" }, "a           12  b    c d\n",
	    "cells_stand_below_them");
	row(columns, (const char *const[]) { "a", "12", "b", "" }, "a           12  b\n",
	    "no_blanks_end_a_line");
	row(columns, (const char *const[]) { "a", "", "", "" }, "a\n", "nor_do_empty_columns");
	row(columns, (const char *const[]) { "", "", "", "c" }, "                     c\n",
	    "what_is_empty_keeps_its_room");
	row(columns, (const char *const[]) { "abcdef", "1", "b", "c" },
	    "abcdef         1  b    c\n", "what_is_too_long_is_not_cut");
}

static void test_digests(void)
{
	uint8_t digest[32] = { 0xab, 0xcd, 0xef, 0x01, 0x23, 0x45, 0x67 };
	char text[GTH_DIGEST_TEXT], longer[GTH_DIGEST_TEXT + 1], prefix[65];

	gth_listing_digest(text, digest);
	tap_ok(!strcmp(text, "abcdef012345"), "a_digest_has_twelve_digits");
	gth_listing.whole = true;
	gth_listing_digest(text, digest);
	tap_ok(strlen(text) == 64 && !strncmp(text, "abcdef01234567", 14), "or_all");
	tap_ok(!gth_prefix_parse(prefix, "abcdef0"), "seven_digits_are_too_few");
	tap_ok(gth_prefix_parse(prefix, "sha256:ABCDEF01") && !strcmp(prefix, "abcdef01"),
	       "eight_are_enough_in_either_case");
	tap_ok(gth_prefix_of(prefix, digest) && !gth_prefix_of("abcdef02", digest),
	       "a_digest_begins_with_its_own_digits_alone");
	tap_ok(!gth_prefix_parse(prefix, "abcdef01g"), "what_is_no_digit_is_refused");
	tap_ok(gth_prefix_parse(prefix, text), "a_whole_digest_is_taken");
	snprintf(longer, sizeof(longer), "%s0", text);
	tap_ok(!gth_prefix_parse(prefix, longer), "and_nothing_longer");
}

static void test_times(void)
{
	static const struct {
		const char *text;
		unsigned long long seconds;
	} good[] = { { "0", 0 },
		     { "1700000000", 1700000000 },
		     { "2023-11-14T22:13:20Z", 1700000000 },
		     { "2024-02-29", 1709164800 },
		     { "1970-01-01T00:00:00Z", 0 } };
	static const char *const bad[] = { "",
					   "-1",
					   "2023-02-29",
					   "2023-11-14T22:13:20",
					   "2023-11-14T22:13:20+01:00",
					   "2023-11-14 22:13:20",
					   "2023-11-14T24:00:00Z",
					   "2023-11-14T22:13:60Z",
					   "2023-1-1",
					   "1969-12-31",
					   "2023-11-14Z",
					   "2023-11-14T22:13:20Z ",
					   " 2023-11-14" };
	unsigned long long t;
	char name[80];

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		snprintf(name, sizeof(name), "'%s'_is_a_time", good[i].text);
		tap_ok(!gth_utc_parse(good[i].text, &t) && t == good[i].seconds, name);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(name, sizeof(name), "'%s'_is_none", bad[i]);
		tap_ok(gth_utc_parse(bad[i], &t), name);
	}
}

int main(void)
{
	char text[GTH_UNITS_SIZE];

	units(0, "0", "nothing_has_no_unit");
	units(1023, "1023", "nor_has_what_is_less_than_a_kibibyte");
	units(1024, "1.0 KiB", "from_there_on_it_has");
	units(1536, "1.5 KiB", "with_a_decimal");
	units(1048575, "1.0 MiB", "what_rounds_up_to_the_next_unit_has_that");
	units(~0ULL, "16.0 EiB", "the_largest_number_has_a_unit");
	gth_listing_size(text, 7);
	tap_ok(!strcmp(text, "7 bytes"), "a_sentence_has_bytes");
	gth_listing.bytes = true;
	units(1536, "1536", "bytes_are_exact_when_asked_for");
	test_rows();
	test_digests();
	test_times();
	return tap_done();
}
