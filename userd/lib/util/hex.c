// SPDX-License-Identifier: GPL-2.0-or-later
/* hex.c - bytes as hexadecimal digits and back (see hex.h). */
#include "lib/util/hex.h"

#include <errno.h>

/* One more than the digit's value, so that a byte that is not named is not a digit. */
static const uint8_t digit[256] = {
	['0'] = 1,  ['1'] = 2,	['2'] = 3,  ['3'] = 4,	['4'] = 5,  ['5'] = 6,
	['6'] = 7,  ['7'] = 8,	['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12,
	['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16, ['A'] = 11, ['B'] = 12,
	['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

/* How many hexadecimal digits @text begins with. */
size_t gth_hex_span(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && digit[(uint8_t)text[n]])
		n++;
	return n;
}

/* Reads exactly 2 * @n digits of either case. Return: 0 or -EINVAL. */
int gth_hex_decode(uint8_t *out, size_t n, const char *text)
{
	for (size_t i = 0; i < n; i++) {
		uint8_t high = digit[(uint8_t)text[2 * i]];
		uint8_t low = high ? digit[(uint8_t)text[2 * i + 1]] : 0;

		if (!low)
			return -EINVAL;
		out[i] = (uint8_t)((high - 1) << 4 | (low - 1));
	}
	return 0;
}

/* Writes 2 * @n digits in lower case and a NUL. */
void gth_hex_encode(char *out, const uint8_t *in, size_t n)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digits[in[i] >> 4];
		out[2 * i + 1] = digits[in[i] & 15];
	}
	out[2 * n] = '\0';
}
