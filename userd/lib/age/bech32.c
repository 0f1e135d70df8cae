// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bech32.c - keys as text (see bech32.h). A key may be secret: the work arrays
 * are wiped.
 */
#include "lib/age/bech32.h"

#include <ctype.h>
#include <errno.h>
#include <openssl/crypto.h>
#include <stdbool.h>
#include <string.h>

#define SYMBOLS 52 /* of five bits each: 256 bits and four of padding, which are 0 */
#define CHECKSUM 6

static const char alphabet[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/* One step of the checksum: a BCH code over GF(32), its generator as in BIP 173. */
static uint32_t step(uint32_t sum, uint8_t value)
{
	static const uint32_t generator[5] = { 0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd,
					       0x2a1462b3 };
	uint32_t top = sum >> 25;

	sum = (sum & 0x1ffffff) << 5 ^ value;
	for (int i = 0; i < 5; i++)
		if (top >> i & 1)
			sum ^= generator[i];
	return sum;
}

/* The checksum over the prefix in lower case and @n symbols. */
static uint32_t checksum(const char *prefix, const uint8_t *symbols, size_t n)
{
	uint32_t sum = 1;

	for (const char *p = prefix; *p; p++)
		sum = step(sum, (uint8_t)tolower((unsigned char)*p) >> 5);
	sum = step(sum, 0);
	for (const char *p = prefix; *p; p++)
		sum = step(sum, (uint8_t)tolower((unsigned char)*p) & 31);
	for (size_t i = 0; i < n; i++)
		sum = step(sum, symbols[i]);
	return sum;
}

static bool is_upper(const char *prefix)
{
	return isupper((unsigned char)prefix[0]);
}

/**
 * gth_bech32_encode() - bytes as text
 * @text: strlen(@prefix) + GTH_BECH32_TAIL + 1 bytes; ends with a NUL
 * @prefix: the human-readable part, all in the case that the text is to have
 * @bytes: the bytes
 */
void gth_bech32_encode(char *text, const char *prefix, const uint8_t bytes[GTH_BECH32_BYTES])
{
	uint8_t symbols[SYMBOLS + CHECKSUM] = { 0 };
	size_t len = strlen(prefix);
	uint32_t sum;

	for (size_t bit = 0; bit < 8 * GTH_BECH32_BYTES; bit++)
		if (bytes[bit / 8] >> (7 - bit % 8) & 1)
			symbols[bit / 5] |= (uint8_t)(16 >> bit % 5);
	sum = checksum(prefix, symbols, sizeof(symbols)) ^ 1;
	for (size_t i = 0; i < CHECKSUM; i++)
		symbols[SYMBOLS + i] = sum >> 5 * (CHECKSUM - 1 - i) & 31;

	memcpy(text, prefix, len);
	text += len;
	*text++ = '1';
	for (size_t i = 0; i < sizeof(symbols); i++) {
		int c = (unsigned char)alphabet[symbols[i]];

		*text++ = (char)(is_upper(prefix) ? toupper(c) : c);
	}
	*text = '\0';
	OPENSSL_cleanse(symbols, sizeof(symbols));
}

/* Return: the value of a character in the prefix's case, or -1. */
static int symbol(char c, bool upper)
{
	const char *at;

	if (!c || (upper ? islower((unsigned char)c) : isupper((unsigned char)c)))
		return -1;
	at = strchr(alphabet, tolower((unsigned char)c));
	return at ? (int)(at - alphabet) : -1;
}

/**
 * gth_bech32_decode() - text as bytes
 * @bytes: set to them; undefined after an error
 * @prefix: the human-readable part that the text must have, in this case
 * @text: the text, with nothing before or behind it
 *
 * Return: 0; -EINVAL: another prefix, length or case, a foreign character,
 * a wrong checksum, or bits in the padding.
 */
int gth_bech32_decode(uint8_t bytes[GTH_BECH32_BYTES], const char *prefix, const char *text)
{
	uint8_t symbols[SYMBOLS + CHECKSUM];
	size_t len = strlen(prefix);
	int err = 0;

	if (strlen(text) != len + GTH_BECH32_TAIL || memcmp(text, prefix, len) != 0 ||
	    text[len] != '1')
		return -EINVAL;
	text += len + 1;
	for (size_t i = 0; i < sizeof(symbols); i++) {
		int value = symbol(text[i], is_upper(prefix));

		if (value < 0)
			err = -EINVAL;
		symbols[i] = value & 31;
	}
	if (checksum(prefix, symbols, sizeof(symbols)) != 1 || symbols[SYMBOLS - 1] & 15)
		err = -EINVAL;
	memset(bytes, 0, GTH_BECH32_BYTES);
	for (size_t bit = 0; bit < 8 * GTH_BECH32_BYTES; bit++)
		if (symbols[bit / 5] & 16 >> bit % 5)
			bytes[bit / 8] |= (uint8_t)(128 >> bit % 8);
	OPENSSL_cleanse(symbols, sizeof(symbols));
	return err;
}
