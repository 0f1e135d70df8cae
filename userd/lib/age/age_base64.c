// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * age_base64.c - base64 without padding (see age_base64.h). OpenSSL's decoder
 * forgives blanks and stray bits; two texts for the same bytes must not be.
 */
#include "lib/age/age_base64.h"

#include <errno.h>
#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Writes GTH_AGE_BASE64_LEN(@n) characters and no NUL. */
void gth_age_base64_encode(char *text, const uint8_t *bytes, size_t n)
{
	uint32_t bits = 0;
	unsigned int have = 0;

	for (size_t i = 0; i < n; i++) {
		bits = bits << 8 | bytes[i];
		for (have += 8; have >= 6; have -= 6)
			*text++ = alphabet[bits >> (have - 6) & 63];
	}
	if (have)
		*text = alphabet[bits << (6 - have) & 63];
}

/**
 * gth_age_base64_decode() - strict decoding
 * @bytes: room for @len * 3 / 4 bytes
 * @text: the characters
 * @len: their number
 *
 * Return: the number of bytes; -EBADMSG: a foreign character, a length that no
 * number of bytes has, or bits behind the last byte.
 */
ssize_t gth_age_base64_decode(uint8_t *bytes, const char *text, size_t len)
{
	uint8_t *at = bytes;
	uint32_t bits = 0;
	unsigned int have = 0;

	if (len % 4 == 1)
		return -EBADMSG;
	for (size_t i = 0; i < len; i++) {
		const char *digit = text[i] ? strchr(alphabet, text[i]) : NULL;

		if (!digit)
			return -EBADMSG;
		bits = bits << 6 | (uint32_t)(digit - alphabet);
		have += 6;
		if (have >= 8) {
			have -= 8;
			*at++ = (uint8_t)(bits >> have);
		}
	}
	if (bits & ((1U << have) - 1))
		return -EBADMSG;
	return at - bytes;
}
