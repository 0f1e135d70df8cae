// SPDX-License-Identifier: GPL-2.0-or-later
/* list.c - which lines of lists of digests userd/sigtool/list.c takes. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sigtool/list.h"
#include "tests/unit/tap.h"

#define S256 "275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f"
#define S256_UP "275A021BBFB6489E54D471899F7DB9D1663FC695EC2FE2A2C4538AABF651FD0F"
#define S1 "3395856ce81f2b7382dee72602f798b642f14140"
#define M5 "44d88612fea8a8f36de82e1278abb02f"

static const struct {
	enum list_format format;
	const char *line;
	int err;
	enum list_kind kind;
	const char *name;
} cases[] = {
	{ LIST_SHA256SUM, S256 "  eicar.com", 0, LIST_SHA256, "takes_text_mode_line" },
	{ LIST_SHA256SUM, S256 " *eicar.com", 0, LIST_SHA256, "takes_binary_mode_line" },
	{ LIST_SHA256SUM, S256, 0, LIST_SHA256, "takes_bare_digest" },
	{ LIST_SHA256SUM, S256 " \t", 0, LIST_SHA256, "takes_bare_digest_with_blanks_behind" },
	{ LIST_SHA256SUM, S256_UP "  x", 0, LIST_SHA256, "takes_upper_case_digits" },
	{ LIST_SHA256SUM, S256 "   x", 0, LIST_SHA256, "takes_name_that_begins_with_a_space" },
	{ LIST_SHA256SUM, S256 "  a\\b", 0, LIST_SHA256, "takes_backslash_in_unescaped_name" },
	{ LIST_SHA256SUM, "\\" S256 "  a\\nb\\\\c\\rd", 0, LIST_SHA256, "takes_escaped_name" },
	{ LIST_SHA256SUM, "\\" S256 "  a\\tb", -EINVAL, 0, "refuses_unknown_escape" },
	{ LIST_SHA256SUM, "\\" S256 "  a\\", -EINVAL, 0, "refuses_lone_backslash_at_end" },
	{ LIST_SHA256SUM, "\\" S256, -EINVAL, 0, "refuses_escaped_line_without_name" },
	{ LIST_SHA256SUM, "SHA256 (eicar.com) = " S256, 0, LIST_SHA256, "takes_bsd_line" },
	{ LIST_SHA256SUM, "SHA256 (a) = b) = " S256, 0, LIST_SHA256, "takes_bsd_name_like_an_end" },
	{ LIST_SHA256SUM, "\\SHA256 (a\\nb) = " S256, 0, LIST_SHA256, "takes_escaped_bsd_line" },
	{ LIST_SHA256SUM, "\\SHA256 (a\\b) = " S256, -EINVAL, 0, "refuses_escape_in_bsd_name" },
	{ LIST_SHA256SUM, "SHA256 () = " S256, -EINVAL, 0, "refuses_empty_bsd_name" },
	{ LIST_SHA256SUM, "SHA256 (x) = " S1, -EINVAL, 0, "refuses_short_bsd_digest" },
	{ LIST_SHA256SUM, "SHA256 (x) = ", -EINVAL, 0, "refuses_bsd_line_without_digest" },
	{ LIST_SHA256SUM, "SHA256 (", -EINVAL, 0, "refuses_start_of_bsd_line" },
	{ LIST_SHA256SUM, "MD5 (x) = " M5, -EINVAL, 0, "refuses_other_bsd_algorithm" },
	{ LIST_SHA256SUM, "SHA256 (x) = " S256 " ", -EINVAL, 0, "refuses_text_after_bsd_digest" },
	{ LIST_SHA256SUM, S256 " x", -EINVAL, 0, "refuses_one_space" },
	{ LIST_SHA256SUM, S256 "\tx", -EINVAL, 0, "refuses_tab" },
	{ LIST_SHA256SUM, S256 ",x", -EINVAL, 0, "refuses_comma" },
	{ LIST_SHA256SUM, S256 "0", -EINVAL, 0, "refuses_65_digits" },
	{ LIST_SHA256SUM, &S256[1], -EINVAL, 0, "refuses_63_digits" },
	{ LIST_SHA256SUM, S1 "  x", -EINVAL, 0, "refuses_sha1sum_line" },
	{ LIST_SHA256SUM, M5 "  x", -EINVAL, 0, "refuses_md5sum_line" },
	{ LIST_SHA256SUM, " " S256, -EINVAL, 0, "refuses_leading_space" },
	{ LIST_SHA256SUM, "\\", -EINVAL, 0, "refuses_lone_backslash" },
	{ LIST_SHA256SUM, "", 0, LIST_NONE, "passes_over_empty_line" },
	{ LIST_SHA256SUM, " \t ", 0, LIST_NONE, "passes_over_blank_line" },
	{ LIST_SHA256SUM, "# " S256, 0, LIST_NONE, "passes_over_comment" },
	{ LIST_SHA256SUM, S256 "\r" S256, -EINVAL, 0, "refuses_two_lines_with_a_cr_between" },
	{ LIST_SHA256SUM, S256 "  a\r" S256 "  b", -EINVAL, 0, "refuses_cr_in_a_name" },
	{ LIST_SHA256SUM, "\\" S256 "  a\r", -EINVAL, 0, "refuses_cr_in_an_escaped_name" },
	{ LIST_SHA256SUM, "SHA256 (a\rb) = " S256, -EINVAL, 0, "refuses_cr_in_a_bsd_name" },
	{ LIST_SHA256SUM, "# list\r" S256, -EINVAL, 0, "refuses_cr_in_a_comment" },
	{ LIST_SHA256SUM, "\r", -EINVAL, 0, "refuses_cr_alone" },
	{ LIST_HSB, S256 ":68:Eicar\r" S256 ":68:Eicar", -EINVAL, 0, "refuses_cr_in_hsb" },
	{ LIST_AUTO, "# list\r" S256, -EINVAL, 0, "refuses_cr_in_a_comment_that_comes_first" },
	{ LIST_AUTO, "# list", 0, LIST_NONE, "passes_over_comment_that_comes_first" },
	{ LIST_HDB, M5 ":68:Eicar-Test-Signature", 0, LIST_MD5, "takes_hdb_line_as_md5" },
	{ LIST_HDB, M5 ":*:Eicar:73", 0, LIST_MD5, "takes_hdb_line_with_level" },
	{ LIST_HSB, S256 ":68:Eicar", 0, LIST_SHA256, "takes_hsb_line_as_sha256" },
	{ LIST_HSB, S256 ":*:Eicar:73", 0, LIST_SHA256, "takes_any_size_with_level" },
	{ LIST_HSB, S256 ":*:Eicar:73:255", 0, LIST_SHA256, "takes_two_levels" },
	{ LIST_HDB, S256 ":68:Eicar", 0, LIST_SHA256, "takes_sha256_in_hdb" },
	{ LIST_HSB, S1 ":68:Eicar", 0, LIST_SHA1, "takes_hsb_line_as_sha1" },
	{ LIST_HSB, S256_UP ":68:Eicar", 0, LIST_SHA256, "takes_upper_case_in_hsb" },
	{ LIST_HSB, "# x", 0, LIST_NONE, "passes_over_comment_in_hsb" },
	{ LIST_HSB, S256 ":68:Eicar:73:255:1", -EINVAL, 0, "refuses_third_level" },
	{ LIST_HSB, S256 ":68:Eicar:x", -EINVAL, 0, "refuses_level_that_is_no_number" },
	{ LIST_HSB, S256 ":68:Eicar:", -EINVAL, 0, "refuses_empty_level" },
	{ LIST_HSB, S256 ":68:", -EINVAL, 0, "refuses_empty_name" },
	{ LIST_HSB, S256 ":68", -EINVAL, 0, "refuses_missing_name" },
	{ LIST_HSB, S256 "::Eicar", -EINVAL, 0, "refuses_empty_size" },
	{ LIST_HSB, S256 ":-1:Eicar", -EINVAL, 0, "refuses_negative_size" },
	{ LIST_HSB, S256 ":**:Eicar", -EINVAL, 0, "refuses_two_stars" },
	{ LIST_HSB, S256, -EINVAL, 0, "refuses_bare_digest_in_hsb" },
	{ LIST_HSB, ":68:Eicar", -EINVAL, 0, "refuses_empty_digest" },
	{ LIST_HSB, &S256[1], -EINVAL, 0, "refuses_63_digits_in_hsb" },
	{ LIST_HSB, "g" M5 ":68:x", -EINVAL, 0, "refuses_letter_in_hsb_digest" },
};

static const struct {
	const char *line;
	enum list_format format;
	const char *name;
} looks[] = {
	{ "", LIST_AUTO, "blank_line_tells_nothing" },
	{ "# x", LIST_AUTO, "comment_tells_nothing" },
	{ S256 "  x", LIST_SHA256SUM, "digest_and_spaces_look_like_sha256sum" },
	{ S256, LIST_SHA256SUM, "bare_digest_looks_like_sha256sum" },
	{ "SHA256 (x) = " S256, LIST_SHA256SUM, "bsd_line_looks_like_sha256sum" },
	{ M5 ":68:x", LIST_HDB, "md5_and_colon_look_like_hdb" },
	{ S1 ":68:x", LIST_HSB, "sha1_and_colon_look_like_hsb" },
	{ S256 ":*:x", LIST_HSB, "sha256_and_colon_look_like_hsb" },
	{ "<html>", LIST_SHA256SUM, "anything_else_is_judged_as_sha256sum" },
};

/* A copy of exactly the line's length, so that the sanitizer sees a read past it. */
static int parse(enum list_format format, const char *line, size_t len, struct list_entry *entry,
		 const char **why)
{
	char *copy = malloc(len ? len : 1);
	int err;

	if (!copy)
		return -ENOMEM;
	memcpy(copy, line, len);
	err = list_parse(format, copy, len, entry, why);
	free(copy);
	return err;
}

int main(void)
{
	struct list_entry entry;
	const char *why;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t len = strlen(cases[i].line);
		int err = parse(cases[i].format, cases[i].line, len, &entry, &why);
		bool right = err == cases[i].err && !err == !why;

		if (!err)
			right = right && entry.kind == cases[i].kind;
		if (!err && entry.kind == LIST_SHA256)
			right = right && entry.digest[0] == 0x27 && entry.digest[31] == 0x0f;
		if (!tap_ok(right, cases[i].name))
			tap_note("got %d, kind %d, %s", err, entry.kind, why ? why : "");
	}
	for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++)
		tap_is(list_detect(looks[i].line, strlen(looks[i].line)), looks[i].format,
		       looks[i].name);
	tap_is(parse(LIST_SHA256SUM, S256 "  a\0b", 69, &entry, &why), -EINVAL,
	       "refuses_nul_in_name");
	tap_is(parse(LIST_SHA256SUM, "#\0", 2, &entry, &why), -EINVAL, "refuses_nul_in_comment");
	return tap_done();
}
