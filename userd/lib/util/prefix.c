// SPDX-License-Identifier: GPL-2.0-or-later
/* prefix.c - the beginning of a digest (see prefix.h). */
#include "lib/util/prefix.h"

#include <ctype.h>
#include <string.h>

#include "lib/util/hex.h"

/**
 * gth_prefix_parse() - a digest, or its first digits
 * @prefix: the digits, in lower case
 * @name: 8 to 64 digits; "sha256:" may stand before them
 *
 * Return: is it one?
 */
bool gth_prefix_parse(char prefix[65], const char *name)
{
	size_t len;

	if (!strncmp(name, "sha256:", 7))
		name += 7;
	len = strlen(name);
	if (len < GTH_PREFIX_MIN || len > 64 || gth_hex_span(name, len) != len)
		return false;
	for (size_t i = 0; i <= len; i++)
		prefix[i] = (char)tolower((unsigned char)name[i]);
	return true;
}

/* gth_prefix_of() - does a digest begin with it? */
bool gth_prefix_of(const char *prefix, const uint8_t digest[GTH_DIGEST_SIZE])
{
	char hex[65];

	gth_hex_encode(hex, digest, GTH_DIGEST_SIZE);
	return !strncmp(hex, prefix, strlen(prefix));
}
