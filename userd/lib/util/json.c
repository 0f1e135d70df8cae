// SPDX-License-Identifier: GPL-2.0-or-later
/* json.c - what jansson leaves to do (see json.h). */
#include "lib/util/json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util/hex.h"
#include "lib/util/utf8.h"

/* A file's name is bytes, a JSON string is not: bytes that are not UTF-8 become U+FFFD. */
json_t *gth_json_bytes(const char *bytes, size_t len)
{
	json_t *value = json_stringn(bytes, len);
	char *text;

	if (value)
		return value;
	text = malloc(GTH_UTF8_REPLACEMENT_SIZE * len + 1);
	if (!text)
		return NULL;
	value = json_stringn(text, gth_utf8_clean(text, bytes, len));
	free(text);
	return value;
}

/* The same for a string; NULL is the empty one. */
json_t *gth_json_text(const char *bytes)
{
	return bytes ? gth_json_bytes(bytes, strlen(bytes)) : json_string("");
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
 * Prints to stdout and drops the reference. Return: 0 or -ENOMEM. A failure to
 * write is reported at the exit (lib/standard.h).
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
