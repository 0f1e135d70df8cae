// SPDX-License-Identifier: GPL-2.0-or-later
/* age_keys.c - recipients and identities as text: what is taken, and that the rest is not. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/age/age.h"
#include "lib/age/bech32.h"
#include "tests/unit/tap.h"

/* tests/vectors/age, by Debian's age-keygen */
#define IDENTITY "AGE-SECRET-KEY-1YQL4KKS0LXAL2LU7LSAG6CH62MZRW04F92XTVZSLHAX034DZHNZQXHCPR3"
#define RECIPIENT "age1c96wdnze6emu0qfrfcy4zvdlfwcl4uavwmwftq2tncr9vxdukspqlggqrq"

static const char alphabet[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

static const struct {
	const char *text, *name;
} refused[] = {
	{ "", "refuses_nothing" },
	{ "age1", "refuses_the_prefix_alone" },
	{ "AGE1C96WDNZE6EMU0QFRFCY4ZVDLFWCL4UAVWMWFTQ2TNCR9VXDUKSPQLGGQRQ",
	  "refuses_recipient_in_upper_case" },
	{ "age1C96wdnze6emu0qfrfcy4zvdlfwcl4uavwmwftq2tncr9vxdukspqlggqrq", "refuses_mixed_case" },
	{ "Age1c96wdnze6emu0qfrfcy4zvdlfwcl4uavwmwftq2tncr9vxdukspqlggqrq",
	  "refuses_mixed_case_in_the_prefix" },
	{ RECIPIENT "q", "refuses_one_character_more" },
	{ RECIPIENT "\n", "refuses_line_end" },
	{ " " RECIPIENT, "refuses_leading_space" },
	{ "age1c96wdnze6emu0qfrfcy4zvdlfwcl4uavwmwftq2tncr9vxdukspqlggqr",
	  "refuses_one_character_less" },
	{ "age1c96wdnze6emu0qfrfcy4zvdlfwcl4uavwmwftq2tncr9vxdukspqlggqrb",
	  "refuses_character_that_is_none_of_bech32" },
	{ "agf1c96wdnze6emu0qfrfcy4zvdlfwcl4uavwmwftq2tncr9vxdukspqlggqrq",
	  "refuses_another_prefix_of_the_length" },
	{ "age2c96wdnze6emu0qfrfcy4zvdlfwcl4uavwmwftq2tncr9vxdukspqlggqrq",
	  "refuses_another_separator" },
	{ IDENTITY, "refuses_identity_as_recipient" },
	{ "age1\xff"
	  "96wdnze6emu0qfrfcy4zvdlfwcl4uavwmwftq2tncr9vxdukspqlggqrq",
	  "refuses_byte_beyond_ascii" },
};

static void lower(char *text)
{
	for (; *text; text++)
		*text = (char)tolower((unsigned char)*text);
}

/* Every character in turn becomes every other of the alphabet. */
static void wrong_characters(void)
{
	struct gth_age_recipient r;
	char text[] = RECIPIENT;
	int taken = 0, tries = 0;

	for (size_t i = 4; i < sizeof(text) - 1; i++) {
		for (const char *c = alphabet; *c; c++) {
			text[i] = *c;
			if (*c == RECIPIENT[i])
				continue;
			tries++;
			taken += gth_age_recipient_parse(&r, text) != -EINVAL;
		}
		text[i] = RECIPIENT[i];
	}
	tap_is(tries, 58 * 31, "tries_every_wrong_character");
	tap_is(taken, 0, "refuses_every_wrong_character");
	for (size_t i = 4; i + 1 < sizeof(text) - 1; i++) {
		text[i] = RECIPIENT[i + 1];
		text[i + 1] = RECIPIENT[i];
		taken += text[i] != text[i + 1] && !gth_age_recipient_parse(&r, text);
		text[i] = RECIPIENT[i];
		text[i + 1] = RECIPIENT[i + 1];
	}
	tap_is(taken, 0, "refuses_swapped_neighbours");
}

/*
 * Changes a bit of the last symbol before the checksum, and the checksum so that
 * it is right again: it is linear, so the change is BIP 173's generator for the bit.
 */
static int change_last_symbol(int bit)
{
	static const uint32_t generator[] = { 0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd,
					      0x2a1462b3 };
	uint8_t key[GTH_BECH32_BYTES];
	char text[] = RECIPIENT, *tail = text + sizeof(text) - 1 - 6;

	tail[-1] = alphabet[(strchr(alphabet, tail[-1]) - alphabet) ^ 1 << bit];
	for (int i = 0; i < 6; i++)
		tail[i] = alphabet[(strchr(alphabet, tail[i]) - alphabet) ^
				   (generator[bit] >> 5 * (5 - i) & 31)];
	return gth_bech32_decode(key, "age", text);
}

int main(void)
{
	struct gth_age_recipient r, again;
	struct gth_age_identity i, other;
	char recipient[GTH_AGE_RECIPIENT_SIZE], identity[GTH_AGE_IDENTITY_SIZE], text[] = IDENTITY;
	static const uint8_t zero[GTH_AGE_KEY_SIZE];

	tap_is(gth_age_identity_parse(&i, IDENTITY), 0, "takes_identity_of_age_keygen");
	tap_is(gth_age_identity_recipient(&i, &r), 0, "finds_its_recipient");
	tap_ok(!gth_age_recipient_format(&r, recipient) && !strcmp(recipient, RECIPIENT),
	       "the_recipient_is_that_of_age_keygen");
	tap_ok(!gth_age_identity_format(&i, identity) && !strcmp(identity, IDENTITY),
	       "writes_the_identity_as_it_was");
	tap_ok(!gth_age_recipient_parse(&again, RECIPIENT) && !memcmp(&again, &r, sizeof(r)),
	       "takes_recipient_of_age_keygen");
	for (size_t n = 0; n < sizeof(refused) / sizeof(refused[0]); n++)
		tap_is(gth_age_recipient_parse(&r, refused[n].text), -EINVAL, refused[n].name);
	wrong_characters();
	tap_is(change_last_symbol(4), 0, "takes_another_key_with_its_checksum");
	for (int bit = 0; bit < 4; bit++)
		tap_is(change_last_symbol(bit), -EINVAL, "refuses_a_bit_of_padding");

	lower(text);
	tap_is(gth_age_identity_parse(&i, text), -EINVAL, "refuses_identity_in_lower_case");
	memcpy(text, IDENTITY, sizeof(text));
	text[20] = (char)tolower((unsigned char)text[20]);
	tap_is(gth_age_identity_parse(&i, text), -EINVAL, "refuses_identity_in_mixed_case");
	tap_ok(!memcmp(i.key, zero, sizeof(zero)), "leaves_nothing_of_a_refused_identity");
	tap_is(gth_age_identity_parse(&i, RECIPIENT), -EINVAL, "refuses_recipient_as_identity");

	tap_ok(!gth_age_identity_create(&i) && !gth_age_identity_create(&other) &&
		       memcmp(&i, &other, sizeof(i)),
	       "two_new_identities_differ");
	gth_age_identity_format(&i, identity);
	tap_ok(!gth_age_identity_parse(&other, identity) && !memcmp(&i, &other, sizeof(i)),
	       "a_new_identity_comes_back_from_its_text");
	gth_age_forget(&i);
	tap_ok(!memcmp(i.key, zero, sizeof(zero)), "forgets_an_identity");
	return tap_done();
}
