// SPDX-License-Identifier: GPL-2.0-or-later
/* base64.c - RFC 4648 base64 with padding (see base64.h). */
#include "lib/util/base64.h"

#include <errno.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

/* gth_base64_encode() - writes GTH_BASE64_LEN(n) characters and a NUL */
void gth_base64_encode(char *out, const uint8_t *in, size_t n)
{
	EVP_EncodeBlock((unsigned char *)out, in, (int)n);
}

/*
 * How many bytes a text stands for, or -EINVAL. Bits that stand for nothing are not
 * looked at: it is for what is passed over.
 */
ssize_t gth_base64_size(const char *text, size_t len)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t padding = 0;

	while (padding < 2 && padding < len && text[len - 1 - padding] == '=')
		padding++;
	if (len % 4)
		return -EINVAL;
	for (size_t i = 0; i < len - padding; i++)
		if (!text[i] || !strchr(digits, text[i]))
			return -EINVAL;
	return (ssize_t)(len / 4 * 3 - padding);
}

/**
 * gth_base64_decode() - exactly n bytes
 * @out: for n bytes
 * @n: bytes that the text has to stand for; at most 192
 * @text: the text
 * @len: of the text
 *
 * Return: 0, or -EINVAL: another length, or not the text that encoding gives.
 */
int gth_base64_decode(uint8_t *out, size_t n, const char *text, size_t len)
{
	uint8_t bytes[192 + 3];
	char again[GTH_BASE64_LEN(192) + 1];
	int err = -EINVAL;

	if (n > 192 || len != GTH_BASE64_LEN(n))
		return err;
	if (EVP_DecodeBlock(bytes, (const unsigned char *)text, (int)len) ==
	    (int)((n + 2) / 3 * 3)) {
		/* OpenSSL takes spaces around it, and bits that stand for nothing. */
		gth_base64_encode(again, bytes, n);
		if (!memcmp(again, text, len)) {
			memcpy(out, bytes, n);
			err = 0;
		}
	}
	/* It may have been a key. */
	OPENSSL_cleanse(bytes, sizeof(bytes));
	OPENSSL_cleanse(again, sizeof(again));
	return err;
}
