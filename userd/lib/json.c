// SPDX-License-Identifier: GPL-2.0-or-later
/* json.c - what jansson leaves to do (see json.h). */
#include "lib/json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/hex.h"

/*
 * A file's name is bytes, a JSON string is not: when @bytes is not UTF-8, each
 * byte above 0x7f becomes U+FFFD.
 */
json_t *gth_json_text(const char *bytes)
{
	static const char replacement[] = "\xef\xbf\xbd";
	json_t *value = json_string(bytes);
	char *text, *at;

	if (value)
		return value;
	text = malloc(3 * strlen(bytes) + 1);
	if (!text)
		return NULL;
	for (at = text; *bytes; bytes++) {
		if ((unsigned char)*bytes < 0x80) {
			*at++ = *bytes;
		} else {
			memcpy(at, replacement, 3);
			at += 3;
		}
	}
	*at = '\0';
	value = json_string(text);
	free(text);
	return value;
}

/* Up to 64 bytes as lower-case digits. */
json_t *gth_json_hex(const unsigned char *bytes, size_t n)
{
	char text[2 * 64 + 1];

	if (n > 64)
		return NULL;
	gth_hex_encode(text, bytes, n);
	return json_string(text);
}

/*
 * Prints to stdout and drops the reference. Return: 0 or -ENOMEM. That writing
 * failed is told at the exit (lib/standard.h).
 */
int gth_json_print(json_t *value)
{
	int err;

	if (!value)
		return -ENOMEM;
	err = json_dumpf(value, stdout, JSON_INDENT(2)) && !ferror(stdout) ? -ENOMEM : 0;
	putchar('\n');
	json_decref(value);
	return err;
}
