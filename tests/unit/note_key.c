// SPDX-License-Identifier: GPL-2.0-or-later
/* note_key.c - keys of signed notes: as text, from a file, and texts that are not keys. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/log/note.h"
#include "lib/util/base64.h"
#include "lib/util/io.h"
#include "tests/unit/tap.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* The seed 00 01 02 … 1f, and what openssl and sha256sum make of it. */
#define ID "22cdfc7b"
#define SEED "AQABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
#define KEY "AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
#define NAME "test/fixed"
#define NAME_127                                                                                   \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"                         \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct {
	const char *text, *name;
} bad[] = {
	{ "", "nothing_is_no_key" },
	{ NAME, "a_name_is_no_key" },
	{ NAME "+" ID, "a_key_without_bytes_is_none" },
	{ NAME "+" ID "+", "a_key_of_no_bytes_is_none" },
	{ "+" ID "+" KEY, "a_key_without_name_is_none" },
	{ "test fixed+" ID "+" KEY, "a_space_in_the_name_is_refused" },
	{ "test\xc2\xa0"
	  "fixed+" ID "+" KEY,
	  "a_wide_space_in_the_name_is_refused" },
	{ "test\tfixed+" ID "+" KEY, "a_tab_in_the_name_is_refused" },
	{ "test\xff+" ID "+" KEY, "a_name_that_is_no_utf8_is_refused" },
	{ "test/other+" ID "+" KEY, "the_id_is_the_names" },
	{ NAME "+22cdfc7a+" KEY, "another_id_is_refused" },
	{ NAME "+22CDFC7B+" KEY, "an_id_in_upper_case_is_refused" },
	{ NAME "+22cdfc7+" KEY, "a_short_id_is_refused" },
	{ NAME "+22cdfc7b0+" KEY, "a_long_id_is_refused" },
	{ NAME "+22cdfc7g+" KEY, "an_id_that_is_no_number_is_refused" },
	{ NAME "+" ID KEY, "a_plus_that_is_missing_is_refused" },
	{ NAME "+" ID "++" KEY, "a_plus_too_many_is_refused" },
	{ NAME "+" ID "+" KEY "\n", "lf_behind_is_refused" },
	{ NAME "+" ID "+" KEY " ", "a_space_behind_is_refused" },
	{ NAME "+" ID "+ " KEY, "a_space_before_the_bytes_is_refused" },
	{ NAME "+" ID "+" KEY "AAAA", "three_bytes_more_are_refused" },
	{ NAME "+" ID "+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTE=", "a_byte_less_is_refused" },
	{ NAME "+" ID "+AgOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
	  "another_algorithm_is_refused" },
	{ NAME "+" ID "+AQOhB7_zzhC-HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4", "base64url_is_refused" },
	{ NAME_127 "a+" ID "+" KEY, "a_name_of_128_is_refused" },
};

static void test_bad(void)
{
	struct gth_verifier v;
	struct gth_signer s;
	char text[512];

	for (size_t i = 0; i < COUNT(bad); i++)
		tap_is(gth_verifier_parse(&v, bad[i].text), -EINVAL, bad[i].name);
	for (size_t i = 0; i < COUNT(bad); i++) {
		char *key = strstr(bad[i].text, KEY);

		snprintf(text, sizeof(text), "PRIVATE+KEY+%s", bad[i].text);
		if (key)
			snprintf(text, sizeof(text), "PRIVATE+KEY+%.*s" SEED "%s",
				 (int)(key - bad[i].text), bad[i].text, key + strlen(KEY));
		snprintf(text + 300, sizeof(text) - 300, "private_%s", bad[i].name);
		tap_is(gth_signer_parse(&s, text), -EINVAL, text + 300);
	}
	tap_is(gth_signer_parse(&s, NAME "+" ID "+" SEED), -EINVAL, "a_private_key_says_so");
	tap_is(gth_signer_parse(&s, "private+key+" NAME "+" ID "+" SEED), -EINVAL,
	       "and_in_upper_case");
	tap_is(gth_verifier_parse(&v, "PRIVATE+KEY+" NAME "+" ID "+" SEED), -EINVAL,
	       "a_private_key_is_no_public_one");
	tap_is(gth_signer_create(&s, ""), -EINVAL, "no_key_is_made_without_name");
	tap_is(gth_signer_create(&s, "a b"), -EINVAL, "no_key_is_made_with_a_space");
	tap_is(gth_signer_create(&s, "a+b"), -EINVAL, "no_key_is_made_with_a_plus");
	tap_is(gth_signer_create(&s, NAME_127 "a"), -EINVAL, "no_key_is_made_with_a_long_name");
}

static void test_good(void)
{
	struct gth_signer s, again;
	char text[GTH_NOTE_KEY_SIZE];
	struct gth_verifier v;

	tap_is(gth_signer_parse(&s, "PRIVATE+KEY+" NAME "+" ID "+" SEED), 0,
	       "a_private_key_is_read");
	tap_ok(!s.seed[0] && s.seed[31] == 31 && !strcmp(s.verifier.name, NAME),
	       "its_seed_and_name_are_kept");
	gth_signer_format(&s, text);
	tap_ok(!strcmp(text, "PRIVATE+KEY+" NAME "+" ID "+" SEED),
	       "a_private_key_is_written_as_read");
	gth_verifier_format(&s.verifier, text);
	tap_ok(!strcmp(text, NAME "+" ID "+" KEY), "its_public_key_is_derived");
	tap_ok(!gth_verifier_parse(&v, text) && !memcmp(v.key, s.verifier.key, 32) &&
		       !memcmp(v.id, s.verifier.id, 4),
	       "a_public_key_is_read");
	tap_ok(!gth_signer_create(&s, NAME_127) && !gth_signer_format(&s, text) &&
		       !gth_signer_parse(&again, text) && !strcmp(again.verifier.name, NAME_127),
	       "the_longest_name_comes_back");
	tap_ok(!gth_signer_create(&s, "Z\xc3\xbcrich") && !gth_verifier_format(&s.verifier, text) &&
		       !gth_verifier_parse(&v, text) && !strcmp(v.name, "Z\xc3\xbcrich"),
	       "a_name_may_have_other_letters");
	gth_signer_create(&again, "Z\xc3\xbcrich");
	tap_ok(memcmp(s.seed, again.seed, 32), "no_two_new_keys_are_the_same");
}

static const struct {
	const char *content;
	size_t len; /* 0: the string's */
	int err;
	const char *name;
} files[] = {
	{ "PRIVATE+KEY+" NAME "+" ID "+" SEED "\n", 0, 0, "loads_a_line" },
	{ "PRIVATE+KEY+" NAME "+" ID "+" SEED, 0, 0, "loads_a_line_without_lf" },
	{ "", 0, -EINVAL, "an_empty_file_is_refused" },
	{ "\n", 0, -EINVAL, "an_empty_line_is_refused" },
	{ "PRIVATE+KEY+" NAME "+" ID "+" SEED "\r\n", 0, -EINVAL, "crlf_is_refused" },
	{ "PRIVATE+KEY+" NAME "+" ID "+" SEED "\n\n", 0, -EINVAL, "two_lines_are_refused" },
	{ "PRIVATE+KEY+" NAME "+" ID "+" SEED "\0", 12 + 10 + 1 + 8 + 1 + 44 + 1, -EINVAL,
	  "a_nul_behind_is_refused" },
	{ NAME "+" ID "+" KEY "\n", 0, -EINVAL, "a_public_key_in_a_file_is_refused" },
	{ NAME_127 NAME_127 NAME_127 NAME_127, 0, -EINVAL, "a_long_file_is_refused" },
};

static void test_files(void)
{
	char dir[] = "/tmp/note_key.XXXXXX";
	struct gth_signer s;
	int fd;

	if (!mkdtemp(dir))
		abort();
	fd = open(dir, O_RDONLY | O_DIRECTORY);
	for (size_t i = 0; i < COUNT(files); i++) {
		size_t len = files[i].len ? files[i].len : strlen(files[i].content);
		int file = openat(fd, "key", O_WRONLY | O_CREAT | O_TRUNC, 0600);

		if (file < 0 || gth_write_all(file, files[i].content, len))
			abort();
		close(file);
		memset(&s, 0, sizeof(s));
		tap_is(gth_signer_load(&s, fd, "key"), files[i].err, files[i].name);
		if (!files[i].err)
			tap_ok(s.seed[31] == 31, "and_has_its_seed");
	}
	tap_is(gth_signer_load(&s, fd, "none"), -ENOENT, "a_file_that_is_missing_is_enoent");
	tap_is(gth_signer_load(&s, fd, "."), -EISDIR, "a_directory_is_eisdir");
	unlinkat(fd, "key", 0);
	close(fd);
	rmdir(dir);
}

static const struct {
	const char *text;
	long size; /* of the bytes; -1: none */
	bool canonical;
	const char *name;
} encodings[] = {
	{ "", 0, true, "no_base64_is_no_bytes" },
	{ "AAAA", 3, true, "four_are_three" },
	{ "AAA=", 2, true, "three_are_two" },
	{ "AA==", 1, true, "two_are_one" },
	{ "AB==", 1, false, "four_bits_too_many_are_not_canonical" },
	{ "AAB=", 2, false, "two_bits_too_many_are_not_canonical" },
	{ "A===", -1, false, "one_is_nothing" },
	{ "====", -1, false, "padding_is_nothing" },
	{ "AAAAA", -1, false, "five_are_refused" },
	{ " AAA", -1, false, "a_space_before_is_refused" },
	{ "AAA ", -1, false, "a_space_within_is_refused" },
	{ "AA\n=", -1, false, "lf_within_is_refused" },
	{ "A=AA", -1, false, "padding_before_the_end_is_refused" },
	{ "AA=A", -1, false, "padding_before_a_digit_is_refused" },
	{ "AA=*", -1, false, "another_character_is_refused" },
};

static void test_base64(void)
{
	uint8_t out[8];

	for (size_t i = 0; i < COUNT(encodings); i++) {
		size_t len = strlen(encodings[i].text), n = (size_t)encodings[i].size;
		long size = gth_base64_size(encodings[i].text, len);
		bool right = size < 0 ? encodings[i].size < 0 : size == encodings[i].size;

		for (size_t m = 0; m < sizeof(out); m++)
			right = right && (!gth_base64_decode(out, m, encodings[i].text, len) ==
					  (encodings[i].canonical && m == n));
		tap_ok(right, encodings[i].name);
	}
}

int main(void)
{
	test_good();
	test_bad();
	test_files();
	test_base64();
	return tap_done();
}
