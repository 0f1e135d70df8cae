// SPDX-License-Identifier: GPL-2.0-or-later
/* utf8.c - letters of UTF-8 in untrusted bytes (see utf8.h). */
#include "lib/util/utf8.h"

#include <string.h>

/**
 * gth_utf8_next() - the first character of bytes
 * @bytes: untrusted
 * @len: how many, at least 1
 * @letter: set to its number
 *
 * A sequence that is longer than necessary, a surrogate, beyond U+10FFFF or cut is
 * not a character (RFC 3629).
 *
 * Return: its bytes, 1 to 4; 0: the first byte does not begin a character.
 */
size_t gth_utf8_next(const char *bytes, size_t len, uint32_t *letter)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *p = (const unsigned char *)bytes;
	size_t n = p[0] < 0x80 ? 1 : p[0] < 0xc0 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	uint32_t c = n == 1 ? p[0] : p[0] & (0xff >> (n + 1));

	if (!n || n > len || p[0] > 0xf4)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < least[n] || (c >= 0xd800 && c < 0xe000) || c > 0x10ffff)
		return 0;
	*letter = c;
	return n;
}

/**
 * gth_utf8_clean() - the same as UTF-8: each byte that belongs to no letter becomes U+FFFD
 * @out: room for GTH_UTF8_REPLACEMENT_SIZE times @len; no NUL is put behind
 * @bytes: untrusted, NULs too
 * @len: how many
 *
 * Return: the bytes in @out.
 */
size_t gth_utf8_clean(char *out, const char *bytes, size_t len)
{
	static const char replacement[] = "\xef\xbf\xbd";
	char *at = out;
	uint32_t letter;

	for (size_t i = 0, n; i < len; i += n ? n : 1) {
		n = gth_utf8_next(bytes + i, len - i, &letter);
		memcpy(at, n ? bytes + i : replacement, n ? n : GTH_UTF8_REPLACEMENT_SIZE);
		at += n ? n : GTH_UTF8_REPLACEMENT_SIZE;
	}
	return (size_t)(at - out);
}
