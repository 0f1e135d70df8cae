// SPDX-License-Identifier: GPL-2.0-or-later
/* note_text.c - the characters of notes and of names of keys (see note_text.h). */
#include "lib/note_text.h"

#include <stdint.h>
#include <string.h>

/* The character that UTF-8 text begins with, and its bytes; 0: it is not valid (RFC 3629). */
static size_t next_character(const char *text, size_t len, uint32_t *character)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *p = (const unsigned char *)text;
	size_t n = p[0] < 0x80 ? 1 : p[0] < 0xc0 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	uint32_t c = n == 1 ? p[0] : p[0] & (0xff >> (n + 1));

	if (!n || n > len || p[0] > 0xf4)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	/* Longer than need be, a surrogate, or beyond Unicode. */
	if (c < least[n] || (c >= 0xd800 && c < 0xe000) || c > 0x10ffff)
		return 0;
	*character = c;
	return n;
}

/* Unicode's property White_Space, of what is no control character. */
static bool is_space(uint32_t c)
{
	return c == ' ' || c == 0x85 || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) ||
	       c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}

/* gth_note_text_ok() - valid UTF-8 without ASCII control characters but LF (C2SP signed-note) */
bool gth_note_text_ok(const char *text, size_t len)
{
	uint32_t c;

	for (size_t i = 0, n; i < len; i += n) {
		n = next_character(text + i, len - i, &c);
		if (!n || (c < ' ' && c != '\n'))
			return false;
	}
	return true;
}

/* gth_note_name_ok() - such text, not empty, without spaces of any kind and without a plus */
bool gth_note_name_ok(const char *name, size_t len)
{
	uint32_t c;

	for (size_t i = 0, n; i < len; i += n) {
		n = next_character(name + i, len - i, &c);
		if (!n || c < ' ' || is_space(c) || c == '+')
			return false;
	}
	return len;
}
