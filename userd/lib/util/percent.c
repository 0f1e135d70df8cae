// SPDX-License-Identifier: GPL-2.0-or-later
/* percent.c - any bytes as printable ASCII (see percent.h; the set is RFC 3986's, and the slash).
 */
#include "lib/util/percent.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#define NONE "none"

static bool stands_for_itself(unsigned char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       (c && strchr("-._~/", c));
}

/* gth_percent_encode() - a string into three times its bytes and 6 more; the length without the NUL
 */
size_t gth_percent_encode(char *out, const char *bytes)
{
	static const char digits[] = "0123456789ABCDEF";
	bool word = !strcmp(bytes, NONE);
	char *at = out;

	if (!*bytes)
		bytes = NONE;
	for (const char *p = bytes; *p; p++) {
		unsigned char c = (unsigned char)*p;

		if (stands_for_itself(c) && !(word && p == bytes)) {
			*at++ = *p;
			continue;
		}
		*at++ = '%';
		*at++ = digits[c >> 4];
		*at++ = digits[c & 15];
	}
	*at = '\0';
	return (size_t)(at - out);
}

static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* gth_percent_decode() - 0; -EBADMSG: not the text of any bytes; -E2BIG: no room for them and a NUL
 */
int gth_percent_decode(char *out, size_t size, const char *text, size_t len)
{
	static const char word[] = "%6Eone";
	size_t n = 0;

	if (len == strlen(NONE) && !memcmp(text, NONE, len)) {
		out[0] = '\0';
		return 0;
	}
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '%') {
			int high = i + 2 < len ? digit(text[i + 1]) : -1;
			int low = high >= 0 ? digit(text[i + 2]) : -1;

			if (low < 0)
				return -EBADMSG;
			c = (unsigned char)(high << 4 | low);
			i += 2;
			if (!c || (stands_for_itself(c) &&
				   (len != strlen(word) || memcmp(text, word, len) != 0)))
				return -EBADMSG;
		} else if (!stands_for_itself(c)) {
			return -EBADMSG;
		}
		if (n + 1 >= size)
			return -E2BIG;
		out[n++] = (char)c;
	}
	out[n] = '\0';
	return n ? 0 : -EBADMSG;
}
