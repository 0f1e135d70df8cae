// SPDX-License-Identifier: GPL-2.0-or-later
/* fields.c - "name: value" lines there and back, and the ways bytes stand in them. */
#include "lib/text/fields.h"

#include "lib/util/base64.h"
#include "lib/util/percent.h"
#include "tests/unit/texts.h"

#define ROUNDS 20000

/* A field of each kind, read alone. */
static int read_field(enum texts_value kind, const char *text, size_t len, const char **wrong)
{
	static const char *const words[] = { NULL, "unknown", "benign" };
	struct gth_countries countries;
	struct gth_verifier key;
	struct gth_fields f;
	uint8_t digest[32];
	uint64_t number;
	char out[GTH_FIELD_MAX + 1], *copy = malloc(len ? len : 1);
	int word, err;

	if (!copy)
		abort();
	memcpy(copy, text, len);
	gth_fields_open(&f, copy, len);
	if (kind == TEXTS_TEXT)
		gth_fields_text(&f, "a", out, sizeof(out));
	else if (kind == TEXTS_NUMBER)
		gth_fields_number(&f, "a", &number);
	else if (kind == TEXTS_DIGEST_OF)
		gth_fields_digest(&f, "a", digest);
	else if (kind == TEXTS_UUID_OF)
		gth_fields_uuid(&f, "a", out);
	else if (kind == TEXTS_NAME)
		gth_fields_region(&f, "a", out);
	else if (kind == TEXTS_COUNTRY)
		gth_fields_country(&f, "a", out);
	else if (kind == TEXTS_COUNTRIES)
		gth_fields_countries(&f, "a", &countries);
	else if (kind == TEXTS_KEY)
		gth_fields_verifier(&f, "a", &key);
	else if (kind == TEXTS_BYTES)
		gth_fields_bytes(&f, "a", out, 8);
	else
		gth_fields_word(&f, "a", words, 3, &word);
	err = gth_fields_close(&f);
	if (wrong)
		*wrong = f.wrong;
	free(copy);
	return err;
}

static const struct {
	enum texts_value kind;
	const char *text;
	int err;
	const char *name;
} cases[] = {
	{ TEXTS_TEXT, "a: x\n", 0, "takes_a_value" },
	{ TEXTS_TEXT, "a: x  y\n", 0, "takes_spaces_within" },
	{ TEXTS_TEXT, "a: : x\n", 0, "takes_a_colon_as_value" },
	{ TEXTS_TEXT, "a: ~!\n", 0, "takes_the_ends_of_printable_ascii" },
	{ TEXTS_TEXT, "", -EBADMSG, "refuses_nothing" },
	{ TEXTS_TEXT, "\n", -EBADMSG, "refuses_an_empty_line" },
	{ TEXTS_TEXT, "a", -EBADMSG, "refuses_half_a_name" },
	{ TEXTS_TEXT, "a: x", -EBADMSG, "refuses_missing_lf" },
	{ TEXTS_TEXT, "a: \n", -EBADMSG, "refuses_empty_value" },
	{ TEXTS_TEXT, "a:\n", -EBADMSG, "refuses_missing_value" },
	{ TEXTS_TEXT, "a:x\n", -EBADMSG, "refuses_missing_space" },
	{ TEXTS_TEXT, "a:  x\n", -EBADMSG, "refuses_two_spaces" },
	{ TEXTS_TEXT, "a : x\n", -EBADMSG, "refuses_space_before_colon" },
	{ TEXTS_TEXT, " a: x\n", -EBADMSG, "refuses_space_before_name" },
	{ TEXTS_TEXT, "a: x \n", -EBADMSG, "refuses_space_behind" },
	{ TEXTS_TEXT, "a: x\r\n", -EBADMSG, "refuses_cr" },
	{ TEXTS_TEXT, "a: x\ty\n", -EBADMSG, "refuses_tab" },
	{ TEXTS_TEXT, "a: \x7f\n", -EBADMSG, "refuses_del" },
	{ TEXTS_TEXT, "a: \x80\n", -EBADMSG, "refuses_a_byte_beyond_ascii" },
	{ TEXTS_TEXT, "A: x\n", -EBADMSG, "refuses_name_in_upper_case" },
	{ TEXTS_TEXT, "ab: x\n", -EBADMSG, "refuses_a_longer_name" },
	{ TEXTS_TEXT, "b: x\n", -EBADMSG, "refuses_another_name" },
	{ TEXTS_TEXT, "a: x\na: x\n", -EBADMSG, "refuses_a_line_more" },
	{ TEXTS_TEXT, "a: x\n\n", -EBADMSG, "refuses_an_empty_line_behind" },
	{ TEXTS_NUMBER, "a: 0\n", 0, "takes_0" },
	{ TEXTS_NUMBER, "a: 9223372036854775807\n", 0, "takes_2_to_the_63_less_1" },
	{ TEXTS_NUMBER, "a: 9223372036854775808\n", -EBADMSG, "refuses_2_to_the_63" },
	{ TEXTS_NUMBER, "a: 18446744073709551617\n", -EBADMSG, "refuses_2_to_the_64_and_1" },
	{ TEXTS_NUMBER, "a: 00\n", -EBADMSG, "refuses_00" },
	{ TEXTS_NUMBER, "a: 07\n", -EBADMSG, "refuses_leading_zero" },
	{ TEXTS_NUMBER, "a: 000000000000000000000000001\n", -E2BIG, "refuses_many_zeros" },
	{ TEXTS_NUMBER, "a: -0\n", -EBADMSG, "refuses_a_sign" },
	{ TEXTS_NUMBER, "a: 1k\n", -EBADMSG, "refuses_a_unit" },
	{ TEXTS_DIGEST_OF, "a: " TEXTS_DIGEST "\n", 0, "takes_a_digest" },
	{ TEXTS_DIGEST_OF, "a: none\n", -EBADMSG, "refuses_none_for_a_digest" },
	{ TEXTS_UUID_OF, "a: " TEXTS_UUID "\n", 0, "takes_a_uuid" },
	{ TEXTS_UUID_OF, "a: 00000000-0000-0000-0000-000000000000\n", 0, "takes_the_nil_uuid" },
	{ TEXTS_NAME, "a: 0\n", 0, "takes_a_name_of_one_digit" },
	{ TEXTS_NAME, "a: a.-\n", 0, "takes_dot_and_dash_at_the_end" },
	{ TEXTS_COUNTRY, "a: CH\n", 0, "takes_a_country" },
	{ TEXTS_COUNTRIES, "a: CH\n", 0, "takes_one_country" },
	{ TEXTS_COUNTRIES, "a: AT CH DE\n", 0, "takes_three" },
	{ TEXTS_COUNTRIES, "a: CH AT\n", -EBADMSG, "refuses_them_unsorted" },
	{ TEXTS_COUNTRIES, "a: AT AT\n", -EBADMSG, "refuses_one_twice" },
	{ TEXTS_BYTES, "a: none\n", 0, "takes_none" },
	{ TEXTS_BYTES, "a: 1234567\n", 0, "takes_seven_bytes_into_eight" },
	{ TEXTS_BYTES, "a: 12345678\n", -E2BIG, "refuses_eight" },
	{ TEXTS_BYTES, "a: %01%02%03%04%05%06%07\n", 0, "takes_seven_that_are_encoded" },
	{ TEXTS_BYTES, "a: %01%02%03%04%05%06%07%08\n", -E2BIG, "refuses_eight_that_are_encoded" },
	{ TEXTS_WORD, "a: benign\n", 0, "takes_a_word" },
	{ TEXTS_WORD, "a: beni\n", -EBADMSG, "refuses_the_start_of_a_word" },
	{ TEXTS_WORD, "a: benignant\n", -EBADMSG, "refuses_more_than_a_word" },
	{ TEXTS_WORD, "a: (null)\n", -EBADMSG, "refuses_a_word_that_is_none" },
};

static void fields(void)
{
	char text[GTH_FIELD_MAX + 16];
	const char *wrong;
	size_t n = 0;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		tap_is(read_field(cases[i].kind, cases[i].text, strlen(cases[i].text), NULL),
		       cases[i].err, cases[i].name);
	for (int kind = 0; kind < TEXTS_VALUES; kind++) {
		for (int i = 0; i < 14 && texts_bad[kind][i]; i++) {
			int err;

			n = (size_t)snprintf(text, sizeof(text), "a: %s\n", texts_bad[kind][i]);
			err = read_field((enum texts_value)kind, text, n, &wrong);
			if ((err != -EBADMSG && err != -E2BIG) || !wrong || strcmp(wrong, "a"))
				tap_note("taken: %s", text);
			tap_ok(err && wrong && !strcmp(wrong, "a"), "a_bad_value_is_named");
		}
	}
	tap_is(read_field(TEXTS_TEXT, "a: \0\n", 5, NULL), -EBADMSG, "refuses_nul");
	memset(text, 'x', sizeof(text));
	memcpy(text, "a: ", 3);
	text[3 + GTH_FIELD_MAX] = '\n';
	tap_is(read_field(TEXTS_TEXT, text, GTH_FIELD_MAX + 4, NULL), 0, "takes_the_longest_value");
	text[3 + GTH_FIELD_MAX] = 'x';
	text[4 + GTH_FIELD_MAX] = '\n';
	tap_is(read_field(TEXTS_TEXT, text, GTH_FIELD_MAX + 5, NULL), -EBADMSG,
	       "refuses_one_byte_more");

	/* 64 countries, and then a 65th. */
	strcpy(text, "a:");
	for (int i = 0; i < GTH_COUNTRIES_MAX; i++)
		sprintf(text + strlen(text), " %c%c", 'A' + i / 26, 'A' + i % 26);
	n = strlen(text);
	strcpy(text + n, "\n");
	tap_is(read_field(TEXTS_COUNTRIES, text, n + 1, NULL), 0, "takes_64_countries");
	strcpy(text + n, " ZZ\n");
	tap_is(read_field(TEXTS_COUNTRIES, text, n + 4, NULL), -E2BIG, "refuses_65_countries");
}

/* The first fault stays, whatever comes behind. */
static void first_fault(void)
{
	static const char text[] = "title\na: 1\nb: x\nc: y\n";
	struct gth_fields f;
	uint64_t number = 7;
	char out[8] = "before";

	gth_fields_open(&f, text, strlen(text));
	gth_fields_title(&f, "title");
	gth_fields_number(&f, "a", &number);
	tap_ok(!f.err && number == 1, "reads_what_is_right");
	gth_fields_number(&f, "b", &number);
	gth_fields_text(&f, "c", out, sizeof(out));
	tap_ok(f.err == -EBADMSG && !strcmp(f.wrong, "b") && !number && !out[0],
	       "keeps_the_first_fault_and_reads_no_more");
	tap_is(gth_fields_close(&f), -EBADMSG, "and_tells_it_at_the_end");
	gth_fields_open(&f, text, strlen(text));
	gth_fields_title(&f, "titl");
	tap_ok(f.err == -EBADMSG && !strcmp(f.wrong, "the title"), "refuses_another_title");
	gth_fields_open(&f, text, strlen(text));
	gth_fields_title(&f, "title");
	gth_fields_number(&f, "a", &number);
	tap_ok(gth_fields_close(&f) == -EBADMSG && !strcmp(f.wrong, "the end"),
	       "refuses_what_is_left");
}

static int put(const char *value)
{
	struct gth_text t = { 0 };
	char *text = NULL;
	int err;

	gth_text_put(&t, "a", value);
	err = gth_text_take(&t, &text);
	if (!err && strncmp(text, "a: ", 3))
		err = -EBADMSG;
	free(text);
	return err;
}

static void writing(void)
{
	static const char *const bad[] = { "",	 " ",	" a", "a ",   "a\nb",
					   "\n", "a\r", "\t", "\x7f", "\x80" };
	struct gth_text t = { 0 };
	char *text = NULL, *large = calloc(1, GTH_FIELD_MAX + 2);

	if (!large)
		abort();
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		tap_is(put(bad[i]), -EINVAL, "writes_no_value_that_is_none");
	memset(large, 'x', GTH_FIELD_MAX);
	tap_is(put(large), 0, "writes_the_longest_value");
	large[GTH_FIELD_MAX] = 'x';
	tap_is(put(large), -EINVAL, "writes_none_that_is_longer");
	free(large);
	gth_text_title(&t, "title");
	gth_text_number(&t, "a", INT64_MAX);
	gth_text_bytes(&t, "b", "none");
	gth_text_bytes(&t, "c", "");
	gth_text_bytes(&t, "d", "a b");
	tap_ok(!gth_text_take(&t, &text) &&
		       !strcmp(text,
			       "title\na: 9223372036854775807\nb: %6Eone\nc: none\nd: a%20b\n"),
	       "writes_lines");
	free(text);
	text = NULL;
	t = (struct gth_text) { 0 };
	gth_text_number(&t, "a", 1ULL << 63);
	gth_text_put(&t, "b", "right");
	tap_ok(gth_text_take(&t, &text) == -EINVAL && !text, "keeps_the_first_fault_of_writing");
}

/* Any bytes, in one way only; any text, or none. */
static void percent(void)
{
	static const char some[] = "%none6E/-.~_ azAZ09\n\xff";
	char bytes[64], text[3 * 64 + 6], again[64], other[3 * 64 + 6];
	int round;

	for (round = 0; round < ROUNDS; round++) {
		size_t n = random_below(12), len;

		memset(bytes, 0, sizeof(bytes));
		for (size_t i = 0; i < n; i++)
			bytes[i] = random_below(2) ? some[random_below(sizeof(some) - 1)]
						   : (char)(1 + random_below(255));
		len = gth_percent_encode(text, bytes);
		if (len != strlen(text) || gth_percent_decode(again, n + 1, text, len) ||
		    strcmp(again, bytes) ||
		    (n && gth_percent_decode(again, n, text, len) != -E2BIG &&
		     strcmp(text, "none")))
			break;
		/* Now as text. */
		if (!gth_percent_decode(again, sizeof(again), bytes, n) &&
		    (gth_percent_encode(other, again) != n || memcmp(other, bytes, n)))
			break;
	}
	if (!tap_is(round, ROUNDS, "bytes_have_one_text"))
		tap_note("%s", text);
}

static void base64(void)
{
	static const struct {
		const char *text;
		size_t n;
		int err;
	} cases_[] = {
		{ "", 0, 0 },
		{ "AA==", 1, 0 },
		{ "AAA=", 2, 0 },
		{ "AAAA", 3, 0 },
		{ "+/+/", 3, 0 },
		{ "AA==", 2, -EINVAL },
		{ "AAA=", 1, -EINVAL },
		{ "AAAA", 2, -EINVAL },
		{ "AB==", 1, -EINVAL },
		{ "AAB=", 2, -EINVAL },
		{ "A===", 1, -EINVAL },
		{ "====", 1, -EINVAL },
		{ "AAA", 2, -EINVAL },
		{ "AA", 1, -EINVAL },
		{ "AA= ", 1, -EINVAL },
		{ " AA=", 1, -EINVAL },
		{ "AA=A", 1, -EINVAL },
		{ "-_-_", 3, -EINVAL },
		{ "AA\n=", 1, -EINVAL },
		{ "A\nAA", 3, -EINVAL },
		{ "AAA\xc1", 3, -EINVAL },
		{ "AAA\n", 3, -EINVAL },
		{ "AAAA AAA", 6, -EINVAL },
		{ "AA==AA==", 4, -EINVAL },
		{ "AAAAA===", 4, -EINVAL },
	};
	uint8_t in[192], out[192];
	char text[GTH_BASE64_LEN(192) + 1], name[64];
	int round = 0;

	for (size_t i = 0; i < sizeof(cases_) / sizeof(cases_[0]); i++) {
		snprintf(name, sizeof(name), "base64_%s_%zu_%s",
			 cases_[i].err ? "refuses" : "takes", i, cases_[i].text);
		for (char *c = name; *c; c++)
			if (*c == '\n')
				*c = '|';
		tap_is(gth_base64_decode(out, cases_[i].n, cases_[i].text, strlen(cases_[i].text)),
		       cases_[i].err, name);
	}
	tap_is(gth_base64_decode(out, 3, "AA\0A", 4), -EINVAL, "base64_refuses_nul");
	for (; round < 2000; round++) {
		size_t n = random_below(193), len = GTH_BASE64_LEN(n);

		random_bytes(in, n);
		gth_base64_encode(text, in, n);
		if (strlen(text) != len || gth_base64_decode(out, n, text, len) ||
		    memcmp(in, out, n))
			break;
		/* Another character is another text. */
		if (len) {
			text[random_below(len)] ^= (char)(1 + random_below(255));
			if (!gth_base64_decode(out, n, text, len) && !memcmp(in, out, n))
				break;
		}
	}
	tap_is(round, 2000, "base64_comes_back");
}

int main(void)
{
	random_start();
	fields();
	first_fault();
	writing();
	percent();
	base64();
	return tap_done();
}
