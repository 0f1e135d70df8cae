// SPDX-License-Identifier: GPL-2.0-or-later
/* note.c - signed notes: what is signed, what is taken, what is refused and as what. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/log/note.h"
#include "lib/util/base64.h"
#include "tests/unit/random.h"
#include "tests/unit/tap.h"

#define DASH "\xe2\x80\x94 "
#define TEXT "a text\nof two lines\n"
#define ID_ONLY "AAAAAA==" /* four bytes */
#define FOREIGN DASH "other AAAAAAA=\n"
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct gth_signer ours, other; /* both are given to verify() */
static struct gth_signer stranger;

/* From a copy of exactly its size, so that the sanitizer sees a read past it. */
static int verify(const char *note, size_t len, size_t *text_len)
{
	struct gth_verifier known[] = { ours.verifier, other.verifier };
	char *copy = malloc(len ? len : 1);
	int err;

	if (!copy)
		abort();
	memcpy(copy, note, len);
	err = gth_note_verify(copy, len, known, COUNT(known), text_len);
	free(copy);
	return err;
}

static int verify_text(const char *note)
{
	size_t len;

	return verify(note, strlen(note), &len);
}

static char *sign(const char *text, const struct gth_signer *s)
{
	char *note;

	if (gth_note_sign(text, s, &note))
		abort();
	return note;
}

static char *join(const char *a, const char *b, const char *c)
{
	char *out;

	if (asprintf(&out, "%s%s%s", a, b, c) < 0)
		abort();
	return out;
}

/* Only the last line of a note of TEXT. */
static char *line_of(const struct gth_signer *s)
{
	char *note = sign(TEXT, s);

	memmove(note, note + strlen(TEXT) + 1, strlen(note) - strlen(TEXT));
	return note;
}

static const struct {
	const char *text;
	int err;
	const char *name;
} texts[] = {
	{ "a\n", 0, "signs_a_line" },
	{ "\n", 0, "signs_an_empty_line" },
	{ "a\n\n", 0, "signs_a_text_that_ends_with_an_empty_line" },
	{ "a\n\n" DASH "x AAAAAAA=\n", 0, "signs_a_text_that_is_a_note" },
	{ "Z\xc3\xbcrich \xe2\x82\xac \xf0\x9f\x94\x91\n", 0, "signs_utf8" },
	{ "\x7f\xc2\x80\n", 0, "signs_control_characters_beyond_0x1f" },
	{ "\xf4\x8f\xbf\xbf\xed\x9f\xbf\xee\x80\x80\n", 0, "signs_the_edges_of_unicode" },
	{ "", -EINVAL, "does_not_sign_nothing" },
	{ "a", -EINVAL, "does_not_sign_a_text_without_lf" },
	{ "a\r\n", -EINVAL, "does_not_sign_cr" },
	{ "a\tb\n", -EINVAL, "does_not_sign_tab" },
	{ "\x1f\n", -EINVAL, "does_not_sign_0x1f" },
	{ "\x80\n", -EINVAL, "does_not_sign_a_continuation_alone" },
	{ "\xc3\n", -EINVAL, "does_not_sign_a_character_cut_off" },
	{ "\xe2\x80\n", -EINVAL, "does_not_sign_two_bytes_of_three" },
	{ "\xc0\xaf\n", -EINVAL, "does_not_sign_an_overlong_slash" },
	{ "\xc1\xbf\n", -EINVAL, "does_not_sign_overlong_in_two" },
	{ "\xe0\x9f\xbf\n", -EINVAL, "does_not_sign_overlong_in_three" },
	{ "\xf0\x8f\xbf\xbf\n", -EINVAL, "does_not_sign_overlong_in_four" },
	{ "\xed\xa0\x80\n", -EINVAL, "does_not_sign_a_surrogate" },
	{ "\xf4\x90\x80\x80\n", -EINVAL, "does_not_sign_beyond_unicode" },
	{ "\xf8\x88\x80\x80\x80\n", -EINVAL, "does_not_sign_five_bytes" },
	{ "\xff\n", -EINVAL, "does_not_sign_0xff" },
};

static void test_texts(void)
{
	for (size_t i = 0; i < COUNT(texts); i++) {
		size_t len = 0;
		char *note = NULL;
		int err = gth_note_sign(texts[i].text, &ours, &note);

		tap_is(err, texts[i].err, texts[i].name);
		if (err)
			continue;
		err = verify(note, strlen(note), &len);
		if (!tap_ok(!err && len == strlen(texts[i].text) &&
				    !memcmp(note, texts[i].text, len),
			    "and_gives_the_text_back"))
			tap_note("got %d, %zu bytes", err, len);
		free(note);
	}
}

/* Behind TEXT and an empty line; %: our signature, &: a wrong one of ours, #: other's, !:
 * stranger's. */
static const struct {
	const char *lines;
	int err;
	const char *name;
} blocks[] = {
	{ "%", 0, "one_signature_holds" },
	{ "#", 0, "one_signature_by_the_second_key_holds" },
	{ "%#", 0, "two_signatures_hold" },
	{ "%%", 0, "the_same_signature_twice_holds" },
	{ "!%", 0, "a_stranger_before_is_passed_over" },
	{ "%!", 0, "a_stranger_behind_is_passed_over" },
	{ "%" FOREIGN, 0, "a_signature_of_one_byte_by_a_stranger_is_passed_over" },
	{ FOREIGN "%", 0, "a_short_signature_before_is_passed_over" },
	{ "%" DASH "o AAAAAAAAAAAAAAAAAAAA\n", 0, "another_length_is_passed_over" },
	{ "%" DASH "\xc3\xa9 AAAAAAA=\n", 0, "a_stranger_with_another_alphabet_is_passed_over" },
	{ "%" DASH "test/ours AAAAAAA=\n", 0, "our_name_with_another_id_is_passed_over" },
	{ "!", -ENOKEY, "only_a_stranger_is_enokey" },
	{ FOREIGN, -ENOKEY, "only_a_short_signature_is_enokey" },
	{ "&", -EKEYREJECTED, "a_wrong_signature_is_rejected" },
	{ "%&", -EKEYREJECTED, "a_wrong_signature_behind_a_right_one_is_rejected" },
	{ "&%", -EKEYREJECTED, "a_wrong_signature_before_a_right_one_is_rejected" },
	{ "#&", -EKEYREJECTED, "another_key_does_not_help_a_wrong_signature" },
	{ "!&", -EKEYREJECTED, "a_stranger_does_not_help_a_wrong_signature" },
	{ "", -EBADMSG, "no_signature_is_no_note" },
	{ "\n%", -EKEYREJECTED, "two_empty_lines_move_the_text" },
	{ "%\n", -EBADMSG, "an_empty_line_behind_is_no_note" },
	{ "%\n%", -EKEYREJECTED, "an_empty_line_between_moves_the_text" },
	{ "% ", -EBADMSG, "a_space_behind_is_no_note" },
	{ "%x\n", -EBADMSG, "a_line_that_is_no_signature_is_no_note" },
	{ "% %", -EBADMSG, "a_space_before_the_dash_is_no_note" },
	{ "%" DASH "\n", -EBADMSG, "a_dash_alone_is_no_note" },
	{ "%- other AAAAAAA=\n", -EBADMSG, "a_hyphen_is_no_dash" },
	{ "%\xe2\x80\x93 other AAAAAAA=\n", -EBADMSG, "an_en_dash_is_no_em_dash" },
	{ "%\xe2\x80\x94other AAAAAAA=\n", -EBADMSG, "a_dash_without_space_is_no_note" },
	{ "%" DASH "other\n", -EBADMSG, "a_name_alone_is_no_note" },
	{ "%" DASH "other \n", -EBADMSG, "an_empty_signature_is_no_note" },
	{ "%" DASH " AAAAAAA=\n", -EBADMSG, "an_empty_name_is_no_note" },
	{ "%" DASH "ot+her AAAAAAA=\n", -EBADMSG, "a_plus_in_a_name_is_no_note" },
	{ "%" DASH "ot\xc2\xa0her AAAAAAA=\n", -EBADMSG, "a_wide_space_in_a_name_is_no_note" },
	{ "%" DASH "ot\xe3\x80\x80her AAAAAAA=\n", -EBADMSG, "any_space_in_a_name_is_no_note" },
	{ "%" DASH "other  AAAAAAA=\n", -EBADMSG, "two_spaces_are_no_note" },
	{ "%" DASH "other AAAAAAA= \n", -EBADMSG, "a_space_behind_base64_is_no_note" },
	{ "%" DASH "other AAAAAAA=\r\n", -EBADMSG, "crlf_is_no_note" },
	{ "%" DASH "other AAAAAAA\n", -EBADMSG, "base64_without_padding_is_no_note" },
	{ "%" DASH "other AAAAAAA-\n", -EBADMSG, "base64url_is_no_note" },
	{ "%" DASH "other AAAAAAAAAAA-\n", -EBADMSG, "a_bad_end_of_base64_is_no_note" },
	{ "%" DASH "other AAAAAAAAA===\n", -EBADMSG, "three_of_padding_are_no_note" },
	{ "%" DASH "other AAAA=AAAAAAA\n", -EBADMSG, "padding_within_is_no_note" },
	{ "%" DASH "other AAAA\n", -EBADMSG, "three_bytes_are_no_note" },
	{ "%" DASH "other ====\n", -EBADMSG, "padding_alone_is_no_note" },
	{ "%" DASH "other " ID_ONLY "\n", -EBADMSG, "an_id_without_signature_is_no_note" },
	{ "%" DASH "other AAAAAAA=", -EBADMSG, "a_last_line_without_lf_is_no_note" },
	{ "%\x01\n", -EBADMSG, "a_control_character_is_no_note" },
	{ "%" DASH "\xff AAAAAAA=\n", -EBADMSG, "a_name_that_is_no_utf8_is_no_note" },
};

static void test_blocks(void)
{
	char *right = line_of(&ours), *second = line_of(&other), *strange = line_of(&stranger);
	char *note = sign("another\n", &ours), *wrong = note + strlen("another\n\n");

	for (size_t i = 0; i < COUNT(blocks); i++) {
		char text[8192] = TEXT "\n";

		for (const char *p = blocks[i].lines; *p; p++) {
			const char one[] = { *p, '\0' };

			strcat(text, *p == '%'	 ? right
				     : *p == '&' ? wrong
				     : *p == '#' ? second
				     : *p == '!' ? strange
						 : one);
		}
		tap_is(verify_text(text), blocks[i].err, blocks[i].name);
	}
	tap_is(verify_text(""), -EBADMSG, "nothing_is_no_note");
	tap_is(verify_text("\n"), -EBADMSG, "a_line_is_no_note");
	tap_is(verify_text(TEXT), -EBADMSG, "a_text_is_no_note");
	tap_is(verify_text(right), -EBADMSG, "a_signature_without_text_is_no_note");
	free(right);
	free(second);
	free(strange);
	free(note);
}

/* A signature that is not as long, or not as it is encoded, but by a key that we know. */
static void test_forms(void)
{
	uint8_t blob[4 + 64 + 1] = { 0 };
	char *line = line_of(&ours), *note = join(TEXT "\n", line, "");
	char data[GTH_BASE64_LEN(sizeof(blob)) + 1], *made, *equals = strrchr(note, '=');
	struct gth_verifier twin = ours.verifier;
	size_t len = 7;

	memcpy(blob, ours.verifier.id, 4);
	for (size_t n = 5; n <= sizeof(blob); n += 32) {
		gth_base64_encode(data, blob, n);
		if (asprintf(&made, TEXT "\n" DASH "test/ours %s\n", data) < 0)
			abort();
		tap_is(verify_text(made), -EKEYREJECTED,
		       "a_known_key_with_another_length_is_rejected");
		free(made);
	}
	/* 68 bytes leave two bits that stand for nothing. */
	equals[-1]++;
	tap_is(verify_text(note), -EKEYREJECTED, "bits_that_stand_for_nothing_are_rejected");
	equals[-1]--;
	tap_is(verify_text(note), 0, "and_without_them_it_holds");
	memcpy(twin.key, other.verifier.key, sizeof(twin.key));
	tap_is(gth_note_verify(note, strlen(note), &twin, 1, &len), -EKEYREJECTED,
	       "another_key_of_the_same_name_and_id_is_rejected");
	tap_is(gth_note_verify(note, strlen(note), NULL, 0, &len), -ENOKEY, "no_keys_are_enokey");
	tap_is(len, 7, "a_note_that_is_refused_gives_no_length");
	free(line);
	free(note);
}

static bool is_refusal(int err)
{
	return err == -EBADMSG || err == -EKEYREJECTED || err == -ENOKEY;
}

static void test_damage(void)
{
	char *note = sign(TEXT, &ours);
	size_t len = strlen(note), text_len, at = 0;

	while (at < len && verify(note, at, &text_len) == -EBADMSG)
		at++;
	tap_is(at, len, "every_start_of_a_note_is_no_note");
	for (at = 0; at < 8 * len; at++) {
		note[at / 8] = (char)(note[at / 8] ^ 1 << at % 8);
		if (!is_refusal(verify(note, len, &text_len)))
			break;
		note[at / 8] = (char)(note[at / 8] ^ 1 << at % 8);
	}
	tap_is(at, 8 * len, "a_note_with_any_bit_flipped_is_refused");
	tap_is(verify(note, len + 1, &text_len), -EBADMSG, "a_nul_behind_is_no_note");
	free(note);
}

static void test_limits(void)
{
	char *note = sign(TEXT, &ours), *more, *text;
	size_t line = strlen(note) - strlen(TEXT), room = GTH_NOTE_MAX - line;
	int err = 0, n = 1;

	for (; n < GTH_NOTE_SIGNATURES_MAX && !err; n++) {
		err = gth_note_cosign(note, n == 1 ? &other : &stranger, &more);
		if (!err) {
			free(note);
			note = more;
		}
	}
	tap_ok(!err && n == 64 && !verify_text(note), "sixty_four_signatures_hold");
	tap_is(gth_note_cosign(note, &ours, &more), -E2BIG, "a_sixty_fifth_is_not_made");
	more = join(note, FOREIGN, "");
	tap_is(verify_text(more), -EBADMSG, "sixty_five_signatures_are_no_note");
	free(more);
	free(note);

	text = malloc(room + 2);
	if (!text)
		abort();
	memset(text, 'a', room + 1);
	memcpy(text + room, "\n", 2);
	tap_is(gth_note_sign(text, &ours, &note), -E2BIG, "a_note_that_is_too_long_is_not_made");
	memcpy(text + room - 1, "\n", 2);
	err = gth_note_sign(text, &ours, &note);
	tap_ok(!err && strlen(note) == GTH_NOTE_MAX, "the_longest_note_is_made");
	tap_is(verify_text(note), 0, "the_longest_note_holds");
	tap_is(gth_note_cosign(note, &other, &more), -E2BIG, "it_takes_no_other_signature");
	more = join("a", note, "");
	tap_is(verify_text(more), -EBADMSG, "a_longer_one_is_no_note");
	free(more);
	free(note);
	free(text);

	tap_is(gth_note_cosign(TEXT, &ours, &more), -EBADMSG, "a_text_is_not_cosigned");
	tap_is(gth_note_cosign(TEXT "\nx\n", &ours, &more), -EBADMSG,
	       "what_has_no_signatures_is_not_cosigned");
	tap_is(gth_note_cosign(TEXT "\n" FOREIGN, &ours, &note), 0, "a_strangers_note_is_cosigned");
	tap_is(verify_text(note), 0, "and_holds_then");
	free(note);
}

static void random_name(char name[GTH_NOTE_NAME_SIZE])
{
	size_t len = 1 + random_below(GTH_NOTE_NAME_SIZE - 1);

	for (size_t i = 0; i < len; i++)
		do
			name[i] = (char)('!' + random_below('~' - '!' + 1));
		while (name[i] == '+');
	name[len] = '\0';
}

/* Characters of one to four bytes, and LF. */
static void random_text(char *text, size_t max)
{
	static const char *const some[] = {
		"\n",	"a", " ", "\xc3\xbc", "\xe2\x80\x94", DASH, "\xf0\x9f\x94\x91",
		"\n\n", "+", "="
	};
	size_t n = random_below(max / 4 - 1);

	text[0] = '\0';
	for (size_t i = 0; i < n; i++)
		strcat(text, some[random_below(COUNT(some))]);
	strcat(text, "\n");
}

static void test_random(void)
{
	int good = 0, rounds = 200;

	for (int i = 0; i < rounds; i++) {
		char name[GTH_NOTE_NAME_SIZE], key[GTH_NOTE_KEY_SIZE], text[400], *note;
		struct gth_signer s, again;
		struct gth_verifier v;
		size_t len = 0;

		random_name(name);
		random_text(text, sizeof(text));
		if (gth_signer_create(&s, name) || gth_signer_format(&s, key) ||
		    gth_signer_parse(&again, key) || gth_verifier_format(&again.verifier, key) ||
		    gth_verifier_parse(&v, key) || memcmp(s.seed, again.seed, 32) ||
		    memcmp(s.verifier.key, v.key, 32) || strcmp(v.name, name))
			break;
		note = sign(text, &again);
		if (!gth_note_verify(note, strlen(note), &v, 1, &len) && len == strlen(text) &&
		    !memcmp(note, text, len) && verify_text(note) == -ENOKEY)
			good++;
		free(note);
	}
	tap_is(good, rounds, "random_texts_by_random_keys_hold_and_come_back");
}

int main(void)
{
	random_start();
	if (gth_signer_create(&ours, "test/ours") || gth_signer_create(&other, "test/other") ||
	    gth_signer_create(&stranger, "test/stranger"))
		abort();
	test_texts();
	test_blocks();
	test_forms();
	test_damage();
	test_limits();
	test_random();
	return tap_done();
}
