// SPDX-License-Identifier: GPL-2.0-or-later
/* manifest.c - which manifests core/manifest.c takes, and where it says one is wrong. */
#include <errno.h>
#include <string.h>

#include "core/limits.h"
#include "core/manifest.h"
#include "tests/unit/tap.h"

#define HEX_A "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define HEX_B "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100"
#define LINES 11

static const char *const good[LINES] = {
	"gotthard-signatures 1\n",
	"name: main\n",
	"version: 7\n",
	"created: 1700000000\n",
	"expires: 1702592000\n",
	"prev: " HEX_A "\n",
	"body-size: 204\n",
	"body-sha256: " HEX_B "\n",
	"malicious: 1\n",
	"suspicious: 2\n",
	"trusted: 3\n",
};

/* The good manifest with one line replaced; line 12 is what follows the last. */
static const struct {
	unsigned int line;
	const char *text;
	int err;
	const char *name;
} cases[] = {
	{ 1, "gotthard-signatures 1\n", 0, "takes_good_manifest" },
	{ 1, "gotthard-signatures 2\n", -EINVAL, "refuses_other_format_number" },
	{ 1, "gotthard-signatures 1\r\n", -EINVAL, "refuses_cr_lf" },
	{ 1, "gotthard-signatures 1", -EINVAL, "refuses_missing_line_feed" },
	{ 1, "\n", -EINVAL, "refuses_blank_first_line" },
	{ 1, "", -EINVAL, "refuses_missing_magic" },
	{ 1, " gotthard-signatures 1\n", -EINVAL, "refuses_leading_space" },
	{ 1, "# x\ngotthard-signatures 1\n", -EINVAL, "refuses_comment" },
	{ 2, "name: a\n", 0, "takes_name_of_one_letter" },
	{ 2, "name: 0.z_9-x\n", 0, "takes_every_kind_of_name_character" },
	{ 2, "name: abcdefghijklmnopqrstuvwxyz01234\n", 0, "takes_name_of_31" },
	{ 2, "name: abcdefghijklmnopqrstuvwxyz012345\n", -EINVAL, "refuses_name_of_32" },
	{ 2, "name: \n", -EINVAL, "refuses_empty_name" },
	{ 2, "name: -a\n", -EINVAL, "refuses_name_with_leading_dash" },
	{ 2, "name: .\n", -EINVAL, "refuses_name_with_leading_dot" },
	{ 2, "name: Main\n", -EINVAL, "refuses_upper_case_name" },
	{ 2, "name: a/b\n", -EINVAL, "refuses_slash_in_name" },
	{ 2, "name: a b\n", -EINVAL, "refuses_space_in_name" },
	{ 2, "name: \xc3\xa4\n", -EINVAL, "refuses_utf8_in_name" },
	{ 2, "name:  main\n", -EINVAL, "refuses_two_spaces_after_key" },
	{ 2, "name: main \n", -EINVAL, "refuses_trailing_space" },
	{ 2, "Name: main\n", -EINVAL, "refuses_upper_case_key" },
	{ 2, "", -EINVAL, "refuses_missing_line" },
	{ 2, "name: main\nname: main\n", -EINVAL, "refuses_line_twice" },
	{ 3, "version: 1\n", 0, "takes_version_1" },
	{ 3, "version: 0\n", -EINVAL, "refuses_version_0" },
	{ 3, "version: 9223372036854775807\n", 0, "takes_version_2^63-1" },
	{ 3, "version: 9223372036854775808\n", -EINVAL, "refuses_version_2^63" },
	{ 3, "version: 18446744073709551617\n", -EINVAL, "refuses_version_that_wraps_64_bits" },
	{ 3, "version: 99999999999999999999999999\n", -EINVAL, "refuses_26_digits" },
	{ 3, "version: 07\n", -EINVAL, "refuses_leading_zero" },
	{ 3, "version: +7\n", -EINVAL, "refuses_plus" },
	{ 3, "version: -7\n", -EINVAL, "refuses_minus" },
	{ 3, "version: 0x7\n", -EINVAL, "refuses_hexadecimal_number" },
	{ 3, "version: \n", -EINVAL, "refuses_empty_number" },
	{ 3, "version: 7.0\n", -EINVAL, "refuses_fraction" },
	{ 3, "version: 7 \n", -EINVAL, "refuses_space_after_number" },
	{ 4, "created: 0\n", 0, "takes_created_0" },
	{ 4, "created: 00\n", -EINVAL, "refuses_created_00" },
	{ 4, "created: 1702591999\n", 0, "takes_expiry_one_second_later" },
	{ 4, "created: 1702592000\n", -EINVAL, "refuses_expiry_at_creation" },
	{ 4, "created: 9223372036854775807\n", -EINVAL, "refuses_created_without_room_to_expire" },
	{ 5, "expires: 1699999999\n", -EINVAL, "refuses_expiry_before_creation" },
	{ 5, "expires: 9223372036854775807\n", 0, "takes_expires_2^63-1" },
	{ 6, "prev: none\n", 0, "takes_prev_none" },
	{ 6, "prev: None\n", -EINVAL, "refuses_prev_None" },
	{ 6, "prev: nonesuch\n", -EINVAL, "refuses_text_after_none" },
	{ 6, "prev: \n", -EINVAL, "refuses_empty_prev" },
	{ 6, "prev: 0" HEX_A "\n", -EINVAL, "refuses_digest_of_65_digits" },
	{ 6, "prev: 0123456789abcdef\n", -EINVAL, "refuses_short_digest" },
	{ 7, "body-size: 203\n", -EINVAL, "refuses_size_one_below_counts" },
	{ 7, "body-size: 205\n", -EINVAL, "refuses_size_one_above_counts" },
	{ 7, "body-size: 0\n", -EINVAL, "refuses_size_0_with_counts" },
	{ 8, "body-sha256: none\n", -EINVAL, "refuses_body_digest_none" },
	{ 8, "body-sha256: FFeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100\n",
	  -EINVAL, "refuses_upper_case_digest" },
	{ 8, "body-sha256: gfeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100\n",
	  -EINVAL, "refuses_letter_in_digest" },
	{ 9, "malicious: 2\n", -EINVAL, "refuses_count_that_does_not_fit_size" },
	{ 9, "malicious: 268435457\n", -EFBIG, "refuses_count_above_maximum" },
	{ 9, "malicious: 268435452\n", -EFBIG, "refuses_sum_one_above_maximum" },
	{ 9, "malicious: 268435451\n", -EINVAL, "sum_at_maximum_is_judged_by_size" },
	{ 9, "malicious: 9223372036854775807\n", -EFBIG, "refuses_count_whose_sum_would_wrap" },
	{ 9, "malicious: 542551296285575048\n", -EFBIG, "refuses_count_whose_size_would_wrap" },
	{ 10, "trusted: 3\n", -EINVAL, "refuses_lines_in_other_order" },
	{ 11, "trusted: 3", -EINVAL, "refuses_last_line_without_line_feed" },
	{ 11, "", -EINVAL, "refuses_missing_last_line" },
	{ 12, "\n", -EINVAL, "refuses_blank_line_at_end" },
	{ 12, "x", -EINVAL, "refuses_byte_after_end" },
	{ 12, "unknown: 1\n", -EINVAL, "refuses_line_after_end" },
};

static size_t compose(char *out, unsigned int line, const char *text)
{
	out[0] = '\0';
	for (unsigned int i = 0; i < LINES; i++)
		strcat(out, i + 1 == line ? text : good[i]);
	if (line > LINES)
		strcat(out, text);
	return strlen(out);
}

static void test_cases(void)
{
	struct gth_manifest m;
	char text[2048];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t len = compose(text, cases[i].line, cases[i].text);

		tap_is(gth_manifest_parse(&m, text, len), cases[i].err, cases[i].name);
	}
}

static void test_fields(void)
{
	struct gth_manifest m;
	char text[2048];
	size_t len = compose(text, 0, "");
	const char padding[GTH_NAME_SIZE - 4] = { 0 };

	memset(&m, 0xff, sizeof(m));
	tap_is(gth_manifest_parse(&m, text, len), 0, "parses_every_field");
	tap_ok(!memcmp(m.name, "main", 4), "reads_name");
	tap_ok(!memcmp(m.name + 4, padding, sizeof(padding)), "pads_name_with_nuls");
	tap_is(m.version, 7, "reads_version");
	tap_is(m.created, 1700000000, "reads_created");
	tap_is(m.expires, 1702592000, "reads_expires");
	tap_ok(m.has_prev && m.prev[0] == 0x01 && m.prev[31] == 0xef, "reads_prev");
	tap_is(m.body_size, 204, "reads_body_size");
	tap_ok(m.body_digest[0] == 0xff && m.body_digest[31] == 0x00, "reads_body_digest");
	tap_is(m.count[GTH_CLASS_UNKNOWN], 0, "counts_no_unknown");
	tap_is(m.count[GTH_CLASS_MALICIOUS], 1, "reads_malicious");
	tap_is(m.count[GTH_CLASS_SUSPICIOUS], 2, "reads_suspicious");
	tap_is(m.count[GTH_CLASS_TRUSTED], 3, "reads_trusted");

	len = compose(text, 6, "prev: none\n");
	tap_ok(!gth_manifest_parse(&m, text, len) && !m.has_prev, "none_is_no_prev");
}

static const char empty[] =
	"gotthard-signatures 1\nname: main\nversion: 7\ncreated: 1\nexpires: 2\nprev: none\n"
	"body-size: 0\nbody-sha256: " HEX_B "\nmalicious: 0\nsuspicious: 0\ntrusted: 0\n";

static const char largest[] =
	"gotthard-signatures 1\nname: main\nversion: 7\ncreated: 1\nexpires: 2\nprev: none\n"
	"body-size: 9126805504\nbody-sha256: " HEX_B "\n"
	"malicious: 268435455\nsuspicious: 0\ntrusted: 1\n";

/* Every cut and every flipped bit of a good text; the sanitizers watch the reads. */
static void test_damage(void)
{
	struct gth_manifest m;
	char text[GTH_MANIFEST_MAX + 1];
	size_t len = compose(text, 0, "");
	unsigned int taken = 0;

	for (size_t cut = 0; cut < len; cut++)
		taken += !gth_manifest_parse(&m, text, cut);
	tap_is(taken, 0, "refuses_every_truncation");

	text[20] = '\0';
	tap_is(gth_manifest_parse(&m, text, len), -EINVAL, "refuses_nul_byte");
	compose(text, 0, "");
	taken = 0;
	for (size_t bit = 0; bit < 8 * len; bit++) {
		text[bit / 8] ^= (char)(1 << bit % 8);
		if (text[bit / 8] & 0x80)
			taken += !gth_manifest_parse(&m, text, len);
		text[bit / 8] ^= (char)(1 << bit % 8);
	}
	tap_is(taken, 0, "refuses_every_byte_above_ascii");

	tap_is(gth_manifest_parse(&m, empty, strlen(empty)), 0, "takes_empty_database");
	tap_is(gth_manifest_parse(&m, largest, strlen(largest)), 0, "takes_most_records");
	tap_is(gth_manifest_parse(&m, "", 0), -EINVAL, "refuses_empty_text");

	memset(text + len, '\n', sizeof(text) - len);
	tap_is(gth_manifest_parse(&m, text, GTH_MANIFEST_MAX), -EINVAL, "refuses_padding_to_4096");
	tap_is(gth_manifest_parse(&m, text, GTH_MANIFEST_MAX + 1), -EINVAL, "refuses_4097_bytes");
}

/* Where the error is: the line's number, for people who have to mend it. */
static void test_place(void)
{
	static const struct {
		unsigned int line;
		const char *text, *at, *name;
	} places[] = {
		{ 1, "gotthard\n", "gotthard\n", "points_at_magic" },
		{ 2, "name: a b\n", " b\n", "points_behind_the_good_part_of_a_name" },
		{ 3, "version: 0\n", "0\n", "points_at_value" },
		{ 5, "expires: 1\n", "1\nprev", "points_at_expiry_before_creation" },
		{ 7, "body-size: 34\n", "body-size: 34", "points_at_size_that_does_not_fit" },
		{ 9, "malicious: 999999999\n", "malicious: 9", "points_at_counts_too_large" },
		{ 12, "extra\n", "extra\n", "points_behind_the_end" },
	};
	struct gth_manifest m;
	char text[2048];

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		size_t len = compose(text, places[i].line, places[i].text), at = 0;
		const char *wanted = strstr(text, places[i].at);

		gth_manifest_parse_at(&m, text, len, &at);
		tap_is(at, wanted - text, places[i].name);
	}
}

int main(void)
{
	test_cases();
	test_fields();
	test_damage();
	test_place();
	return tap_done();
}
