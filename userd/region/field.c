// SPDX-License-Identifier: GPL-2.0-or-later
/* field.c - the fields of a request, read strictly (see field.h). */
#include "region/field.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <strings.h>

#include "lib/util/base64.h"
#include "lib/util/number.h"

#define DIGEST_TEXT 44 /* 32 bytes in base64 */

/* Upload-Offset. Return: 0 or -EINVAL. */
int region_offset_parse(const char *field, uint64_t *offset)
{
	unsigned long long value;

	if (!field || gth_number_parse(field, LLONG_MAX, &value))
		return -EINVAL;
	*offset = value;
	return 0;
}

/* Upload-Complete: a boolean of RFC 8941. Return: 0 or -EINVAL. */
int region_complete_parse(const char *field, bool *complete)
{
	if (!field || (strcmp(field, "?0") != 0 && strcmp(field, "?1") != 0))
		return -EINVAL;
	*complete = field[1] == '1';
	return 0;
}

/* Repr-Digest (RFC 9530): its sha-256; others are ignored. Return: 0 or -EINVAL. */
int region_repr_digest_parse(const char *field, uint8_t digest[GTH_DIGEST_SIZE])
{
	static const char name[] = "sha-256=:";

	while (field && *field) {
		const char *at = field + strspn(field, " \t"), *next = strchr(at, ',');
		size_t len = next ? (size_t)(next - at) : strlen(at);

		while (len && (at[len - 1] == ' ' || at[len - 1] == '\t'))
			len--;
		if (len == strlen(name) + DIGEST_TEXT + 1 && !strncmp(at, name, strlen(name)) &&
		    at[len - 1] == ':')
			return gth_base64_decode(digest, GTH_DIGEST_SIZE, at + strlen(name),
						 DIGEST_TEXT)
				       ? -EINVAL
				       : 0;
		field = next ? next + 1 : NULL;
	}
	return -EINVAL;
}

/* Is a Content-Type this one, whatever its parameters? */
bool region_type_is(const char *field, const char *type)
{
	size_t len = strlen(type);

	return field && !strncasecmp(field, type, len) &&
	       (!field[len] || strchr("; \t", field[len]));
}
