// SPDX-License-Identifier: GPL-2.0-or-later
/* visible.c - bytes from elsewhere, without what steers a terminal (see visible.h). */
#include "lib/util/visible.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util/utf8.h"

#define UNIT 4 /* bytes: "\xNN", and the longest letter */
#define SHOWN 8

/* C0, DEL and C1: a terminal may obey U+009B as it does ESC [. */
static bool is_control(uint32_t letter)
{
	return letter < 0x20 || (letter >= 0x7f && letter < 0xa0);
}

static size_t put_byte(char out[UNIT], unsigned char byte)
{
	static const char digits[] = "0123456789abcdef";
	static const char named[] = "\n\t\r", name[] = "ntr";
	const char *at = byte ? strchr(named, byte) : NULL;

	out[0] = '\\';
	if (at) {
		out[1] = name[at - named];
		return 2;
	}
	out[1] = 'x';
	out[2] = digits[byte >> 4];
	out[3] = digits[byte & 15];
	return UNIT;
}

/* The first character of the bytes, in up to UNIT bytes. Return: how many were read of them. */
static size_t put_next(char out[UNIT], size_t *n, const char *bytes, size_t len,
		       enum gth_visible_keep keep)
{
	uint32_t letter;
	size_t used = gth_utf8_next(bytes, len, &letter);

	if (used == 1 && *bytes == '\\' && keep == GTH_VISIBLE_ALL) {
		out[0] = out[1] = '\\';
		*n = 2;
	} else if (used && (!is_control(letter) || (letter == '\n' && keep == GTH_VISIBLE_LINES))) {
		memcpy(out, bytes, used);
		*n = used;
	} else {
		/* The second byte of a character of C1 is not one by itself, and follows. */
		*n = put_byte(out, (unsigned char)*bytes);
		used = 1;
	}
	return used;
}

/**
 * gth_visible() - bytes as a terminal may show them
 * @out: always ends with a NUL
 * @size: of @out, at least 1; with GTH_VISIBLE_SIZE(len) nothing is cut
 * @bytes: untrusted; bytes that are not UTF-8 are shown as \xNN too
 * @len: how many
 * @keep: the characters that stay
 *
 * Return: the bytes in @out without the NUL.
 */
size_t gth_visible(char *out, size_t size, const char *bytes, size_t len,
		   enum gth_visible_keep keep)
{
	size_t at = 0, n;
	char unit[UNIT];

	for (size_t i = 0; i < len;) {
		i += put_next(unit, &n, bytes + i, len - i, keep);
		if (at + n >= size)
			break;
		memcpy(out + at, unit, n);
		at += n;
	}
	out[at] = '\0';
	return at;
}

/**
 * gth_shown() - a name for printf(); for programs with one thread
 * @text: untrusted
 *
 * Return: valid until it was called SHOWN times more.
 */
const char *gth_shown(const char *text)
{
	static char *shown[SHOWN];
	static unsigned int next;
	size_t len = strlen(text), size = GTH_VISIBLE_SIZE(len);
	char **at = &shown[next++ % SHOWN];

	free(*at);
	*at = malloc(size);
	if (!*at)
		return "(out of memory)";
	gth_visible(*at, size, text, len, GTH_VISIBLE_ALL);
	return *at;
}
