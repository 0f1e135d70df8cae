// SPDX-License-Identifier: GPL-2.0-or-later
/* note_text.c - the characters of notes and of names of keys (see note_text.h). */
#include "lib/log/note_text.h"

#include <stdint.h>

#include "lib/util/utf8.h"

/* Unicode's property White_Space, of characters that are not control characters. */
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
		n = gth_utf8_next(text + i, len - i, &c);
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
		n = gth_utf8_next(name + i, len - i, &c);
		if (!n || c < ' ' || is_space(c) || c == '+')
			return false;
	}
	return len;
}
