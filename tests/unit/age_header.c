// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * age_header.c - headers written by hand, each with the right MAC: what the
 * grammar of age v1 takes, what it refuses, and that the refusal is the parser's.
 */
#include <errno.h>

#include "lib/age/age_header.h"
#include "lib/age/age_payload.h"
#include "tests/unit/age_files.h"
#include "tests/unit/tap.h"

#define V1 "age-encryption.org/v1\n"
#define LINE64 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define ZERO43 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define LOW_ORDER "X5yVvKNQjCSx0LFVnIPvWwREXMRYHI6G2CJO3dCfEVc" /* a point of order 8 */

/*
 * $ stands for a share and & for the body that belongs to it, @ for the whole
 * stanza, ^ for the MAC; ~ is the share, and ` the body, of another identity's stanza.
 */
static const struct {
	const char *text;
	int err;
	const char *name;
} cases[] = {
	{ V1 "@--- ^\n", 0, "takes_one_stanza" },
	{ V1 "-> X25519 ~\n`\n@--- ^\n", 0, "takes_the_second_stanza" },
	{ V1 "-> grease\n\n@-> g ! ~ {}\n\n--- ^\n", 0, "passes_over_unknown_types" },
	{ V1 "-> g\n" LINE64 "\n\n@--- ^\n", 0, "takes_a_body_that_ends_with_an_empty_line" },
	{ V1 "-> g\n" LINE64 "\n" LINE64 "\nAA\n@--- ^\n", 0, "takes_a_body_of_three_lines" },
	{ V1 "-> g\nAA\n@--- ^\n", 0, "takes_a_body_of_one_byte" },
	{ V1 "-> x25519 $\n&\n--- ^\n", -ENOKEY, "a_type_in_lower_case_is_another" },
	{ V1 "-> X255190 $\n&\n--- ^\n", -ENOKEY, "a_longer_type_is_another" },
	{ V1 "-> X25519 ~\n`\n--- ^\n", -ENOKEY, "another_identitys_stanza_is_enokey" },
	{ V1 "-> X25519 $\n`\n--- ^\n", -ENOKEY, "a_body_that_does_not_open_is_enokey" },
	{ V1 "-> g\n\n--- ^\n", -ENOKEY, "unknown_types_alone_are_enokey" },
	{ V1 "-> scrypt AAAAAAAAAAAAAAAAAAAAAA 10\n" ZERO43 "\n--- ^\n", -ENOKEY,
	  "a_passphrase_is_enokey" },
	{ V1 "-> scrypt AAAAAAAAAAAAAAAAAAAAAA 10\n" ZERO43 "\n@--- ^\n", -EBADMSG,
	  "refuses_a_passphrase_beside_a_key" },
	{ V1 "@-> scrypt AAAAAAAAAAAAAAAAAAAAAA 10\n" ZERO43 "\n--- ^\n", -EBADMSG,
	  "refuses_a_passphrase_behind_a_key" },
	{ V1 "@--- " ZERO43 "\n", -EBADMSG, "refuses_another_mac" },
	{ V1 "--- ^\n", -EBADMSG, "refuses_no_stanza" },
	{ "age-encryption.org/v2\n@--- ^\n", -EBADMSG, "refuses_another_version" },
	{ "age-encryption.org/v1\r\n@--- ^\n", -EBADMSG, "refuses_cr_in_the_first_line" },
	{ "\n" V1 "@--- ^\n", -EBADMSG, "refuses_an_empty_line_before" },
	{ V1 "\n@--- ^\n", -EBADMSG, "refuses_an_empty_line_between" },
	{ V1 "@\n--- ^\n", -EBADMSG, "refuses_an_empty_line_before_the_mac" },
	{ V1 "-> X25519 $\r\n&\n--- ^\n", -EBADMSG, "refuses_cr_behind_an_argument" },
	{ V1 "-> X25519 $\n&\r\n--- ^\n", -EBADMSG, "refuses_cr_behind_a_body" },
	{ V1 "@--- ^\r\n", -EBADMSG, "refuses_cr_behind_the_mac" },
	{ V1 "-> g\r\n\n@--- ^\n", -EBADMSG, "refuses_cr_in_an_unknown_type" },
	{ V1 "@---^\n", -EBADMSG, "refuses_mac_without_space" },
	{ V1 "@---  ^\n", -EBADMSG, "refuses_two_spaces_before_the_mac" },
	{ V1 "@--- ^ \n", -EBADMSG, "refuses_space_behind_the_mac" },
	{ V1 "@--- ^A\n", -EBADMSG, "refuses_longer_mac" },
	{ V1 "@--- ^=\n", -EBADMSG, "refuses_padded_mac" },
	{ V1 "@--- \n", -EBADMSG, "refuses_empty_mac" },
	{ V1 "@---\n", -EBADMSG, "refuses_missing_mac" },
	{ V1 "@-- ^\n", -EBADMSG, "refuses_two_dashes" },
	{ V1 "@---- ^\n", -EBADMSG, "refuses_four_dashes" },
	{ V1 "@", -EBADMSG, "refuses_no_end" },
	{ V1 "->\n\n@--- ^\n", -EBADMSG, "refuses_arrow_alone" },
	{ V1 "-> \n\n@--- ^\n", -EBADMSG, "refuses_no_argument" },
	{ V1 "->g\n\n@--- ^\n", -EBADMSG, "refuses_arrow_without_space" },
	{ V1 "=> g\n\n@--- ^\n", -EBADMSG, "refuses_another_arrow" },
	{ V1 "->  g\n\n@--- ^\n", -EBADMSG, "refuses_two_spaces_before_the_type" },
	{ V1 "-> g  a\n\n@--- ^\n", -EBADMSG, "refuses_empty_argument" },
	{ V1 "-> g \n\n@--- ^\n", -EBADMSG, "refuses_space_at_the_end_of_the_arguments" },
	{ V1 "-> g\ta\n\n@--- ^\n", -EBADMSG, "refuses_tab" },
	{ V1 "-> g \x7f\n\n@--- ^\n", -EBADMSG, "refuses_delete_in_an_argument" },
	{ V1 "-> g \xc3\xa8\n\n@--- ^\n", -EBADMSG, "refuses_argument_beyond_ascii" },
	{ V1 "-> g\n@--- ^\n", -EBADMSG, "refuses_missing_body" },
	{ V1 "-> g\n" LINE64 "\n@--- ^\n", -EBADMSG, "refuses_missing_last_line" },
	{ V1 "-> g\n" LINE64 "A\n\n@--- ^\n", -EBADMSG, "refuses_65_columns" },
	{ V1 "-> g\n" LINE64 "AAAA\n\n@--- ^\n", -EBADMSG, "refuses_68_columns" },
	{ V1 "-> g\nAA\nAA\n@--- ^\n", -EBADMSG, "refuses_two_short_lines" },
	{ V1 "-> g\nAA\n\n@--- ^\n", -EBADMSG, "refuses_an_empty_line_behind_a_short_one" },
	{ V1 "-> g\nA\n@--- ^\n", -EBADMSG, "refuses_a_lone_digit" },
	{ V1 "-> g\nAB\n@--- ^\n", -EBADMSG, "refuses_stray_bits_in_a_body" },
	{ V1 "-> g\nAA==\n@--- ^\n", -EBADMSG, "refuses_padded_body" },
	{ V1 "-> g\nA A\n@--- ^\n", -EBADMSG, "refuses_space_in_a_body" },
	{ V1 "-> g\n-_AA\n@--- ^\n", -EBADMSG, "refuses_the_alphabet_for_urls" },
	{ V1 "-> X25519\n&\n--- ^\n", -EBADMSG, "refuses_no_share" },
	{ V1 "-> X25519 $ 1234\n&\n--- ^\n", -EBADMSG, "refuses_an_argument_behind_the_share" },
	{ V1 "-> X25519 $A\n&\n--- ^\n", -EBADMSG, "refuses_longer_share" },
	{ V1 "-> X25519 $=\n&\n--- ^\n", -EBADMSG, "refuses_padded_share" },
	{ V1 "-> X25519 AAAA\n&\n--- ^\n", -EBADMSG, "refuses_short_share" },
	{ V1 "-> X25519 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB\n&\n--- ^\n", -EBADMSG,
	  "refuses_stray_bits_in_a_share" },
	{ V1 "-> X25519 $\n&AA\n--- ^\n", -EBADMSG, "refuses_longer_file_key" },
	{ V1 "-> X25519 $\nAAAA\n--- ^\n", -EBADMSG, "refuses_short_file_key" },
	{ V1 "-> X25519 $\n\n--- ^\n", -EBADMSG, "refuses_no_file_key" },
	{ V1 "@-> X25519 $\nAAAA\n--- ^\n", -EBADMSG, "refuses_short_file_key_in_any_stanza" },
	{ V1 "-> X25519 " ZERO43 "\n&\n--- ^\n", -EBADMSG, "refuses_share_of_zeros" },
	{ V1 "-> X25519 " LOW_ORDER "\n&\n--- ^\n", -EBADMSG, "refuses_share_of_order_8" },
};

static const uint8_t file_key[GTH_AGE_FILE_KEY_SIZE] = "sixteen bytes ..";

static char *put_base64(char *at, const uint8_t *bytes)
{
	gth_age_base64_encode(at, bytes, 32);
	return at + GTH_AGE_BASE64_LEN(32);
}

/* Writes what a case's text stands for. Return: its end. */
static char *expand(char *out, const char *text)
{
	struct gth_age_stanza own, other;
	uint8_t mac[GTH_AGE_MAC_SIZE];
	char *at = out, *dashes;

	if (gth_age_wrap(&own, &recipients[0], file_key) ||
	    gth_age_wrap(&other, &recipients[1], file_key))
		abort();
	for (; *text; text++) {
		switch (*text) {
		case '@':
			at = stpcpy(put_base64(stpcpy(at, "-> X25519 "), own.share), "\n");
			at = stpcpy(put_base64(at, own.wrapped), "\n");
			break;
		case '$':
			at = put_base64(at, own.share);
			break;
		case '&':
			at = put_base64(at, own.wrapped);
			break;
		case '~':
			at = put_base64(at, other.share);
			break;
		case '`':
			at = put_base64(at, other.wrapped);
			break;
		case '^':
			*at = '\0';
			dashes = strstr(out, "\n--");
			if (gth_age_header_mac(mac, out, (size_t)(dashes - out) + 4, file_key))
				abort();
			at = put_base64(at, mac);
			break;
		default:
			*at++ = *text;
		}
	}
	return at;
}

/* A file with this header and "age" in it, and what comes of decrypting it. */
static int try(const char *text, size_t len)
{
	char *line = "age";
	struct gth_age_source in = { .ahead = line, .left = 3 };
	struct bytes nothing = { (uint8_t *)line, 0 }, got, sealed;
	int file = bytes_file((struct bytes) { (uint8_t *)text, len }), err;

	in.fd = bytes_file(nothing);
	lseek(file, 0, SEEK_END);
	if (gth_age_payload_seal(&in, file, file_key))
		abort();
	sealed = bytes_of(file);
	err = age_decrypt(sealed, &identities[0], UINT64_MAX, &got);
	if (!err && (got.len != 3 || memcmp(got.at, "age", 3)))
		err = -EPROTO;
	if (err && got.len)
		err = -EPROTO;
	bytes_free(&got);
	bytes_free(&sealed);
	close(in.fd);
	close(file);
	return err;
}

/* A header of just so many bytes, made up with unknown stanzas. */
static int try_size(size_t size)
{
	static const size_t rest = sizeof(V1) - 1 + 98 + 48;
	char *text = malloc(2 * size), *out = malloc(2 * size), *at;
	int err;

	if (!text || !out)
		abort();
	at = stpcpy(text, V1 "-> g ");
	memset(at, 'x', size - rest - 7);
	at = stpcpy(at + size - rest - 7, "\n\n@--- ^\n");
	at = expand(out, text);
	err = at == out + size ? try(out, size) : -ERANGE;
	free(text);
	free(out);
	return err;
}

/* A header with NUL bytes where text should be. */
static int try_nul(const char *text)
{
	char out[1024], *end = expand(out, text), *mark;

	while ((mark = memchr(out, '?', (size_t)(end - out))))
		*mark = '\0';
	return try(out, (size_t)(end - out));
}

static void vector(void)
{
	char identity[80] = "";
	struct gth_age_identity i;
	struct bytes sealed = bytes_new(336), plain = bytes_new(38), got = { NULL, 0 };
	FILE *f[3] = { fopen("tests/vectors/age/identity", "re"),
		       fopen("tests/vectors/age/plain", "re"),
		       fopen("tests/vectors/age/small.age", "re") };
	bool read = f[0] && f[1] && f[2] && fgets(identity, sizeof(identity), f[0]) &&
		    fread(plain.at, 1, 38, f[1]) == 38 && fread(sealed.at, 1, 336, f[2]) == 336;

	identity[strcspn(identity, "\n")] = '\0';
	tap_ok(read && !gth_age_identity_parse(&i, identity) &&
		       !age_decrypt(sealed, &i, 38, &got) && bytes_equal(got, plain),
	       "decrypts_the_vector");
	tap_is(gth_age_size(38, 2), 336, "the_vector_has_the_size_foretold");
	for (int n = 0; n < 3; n++)
		if (f[n])
			fclose(f[n]);
	bytes_free(&sealed);
	bytes_free(&plain);
	bytes_free(&got);
}

int main(void)
{
	char out[2048];

	random_start();
	age_keys();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *end = expand(out, cases[i].text);

		tap_is(try(out, (size_t)(end - out)), cases[i].err, cases[i].name);
	}
	tap_is(try_nul(V1 "-> ?\n\n@--- ^\n"), -EBADMSG, "refuses_nul_for_a_type");
	tap_is(try_nul(V1 "-> g\n???\n@--- ^\n"), -EBADMSG, "refuses_nul_in_a_body");
	tap_is(try_size(GTH_AGE_HEADER_MAX), 0, "takes_the_longest_header");
	tap_is(try_size(GTH_AGE_HEADER_MAX + 1), -EBADMSG, "refuses_one_byte_more");
	vector();
	return tap_done();
}
