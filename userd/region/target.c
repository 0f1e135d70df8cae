// SPDX-License-Identifier: GPL-2.0-or-later
/* target.c - request targets and fields, read strictly (see target.h). */
#include "target.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/util/base64.h"
#include "lib/util/hex.h"
#include "lib/util/number.h"

#define FILES "/v1/files/sha256:"
#define SUBMISSIONS "/v1/submissions/"
#define HEX 64
#define DIGEST_TEXT 44 /* 32 bytes in base64 */

static int parse_path(struct region_target *t, const char *path)
{
	if (!strcmp(path, "/v1/region")) {
		t->what = REGION_STATEMENT;
	} else if (!strcmp(path, "/v1/verdicts")) {
		t->what = REGION_VERDICTS;
	} else if (!strcmp(path, "/v1/statistics")) {
		t->what = REGION_STATISTICS;
	} else if (!strncmp(path, FILES, strlen(FILES))) {
		const char *hex = path + strlen(FILES);

		if (strspn(hex, "0123456789abcdef") != HEX || hex[HEX] ||
		    gth_hex_decode(t->digest, sizeof(t->digest), hex))
			return -EINVAL;
		t->what = REGION_FILE;
	} else if (!strncmp(path, SUBMISSIONS, strlen(SUBMISSIONS))) {
		const char *id = path + strlen(SUBMISSIONS);

		if (!gth_uuid_ok(id))
			return -EINVAL;
		memcpy(t->id, id, sizeof(t->id));
		t->what = REGION_SUBMISSION;
	} else {
		return -ENOENT;
	}
	return 0;
}

/* What is asked for more than once, or is not known, is refused. */
static int parse_query(struct region_target *t, const char *query)
{
	unsigned long long wait;

	if (t->what == REGION_SUBMISSION && !strncmp(query, "wait=", 5)) {
		if (gth_number_parse(query + 5, UINT_MAX, &wait))
			return -EINVAL;
		t->wait = wait < REGION_WAIT_MAX ? (unsigned int)wait : REGION_WAIT_MAX;
		return 0;
	}
	if (t->what == REGION_VERDICTS && !strncmp(query, "cursor=", 7)) {
		const char *cursor = query + 7;

		if (strlen(cursor) >= sizeof(t->cursor) ||
		    strspn(cursor, "0123456789abcdef.") != strlen(cursor))
			return -EINVAL;
		snprintf(t->cursor, sizeof(t->cursor), "%s", cursor);
		return 0;
	}
	return -EINVAL;
}

/**
 * region_target_parse() - a request's target, as it came (RFC 9112, origin form)
 *
 * Nothing is unescaped: what the protocol needs, needs no escapes.
 *
 * Return: 0; -ENOENT: there is no such resource; -EINVAL: a digest, identifier or
 * query that is none.
 */
int region_target_parse(struct region_target *t, const char *uri)
{
	char path[128];
	size_t len = strcspn(uri, "?");
	int err;

	memset(t, 0, sizeof(*t));
	if (len >= sizeof(path))
		return -ENOENT;
	memcpy(path, uri, len);
	path[len] = '\0';
	err = parse_path(t, path);
	if (!err && uri[len])
		err = parse_query(t, uri + len + 1);
	if (err)
		t->what = REGION_NOWHERE;
	return err;
}

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

/* Repr-Digest (RFC 9530): the sha-256 among what may be several. Return: 0 or -EINVAL. */
int region_repr_digest_parse(const char *field, uint8_t digest[32])
{
	static const char name[] = "sha-256=:";

	while (field && *field) {
		const char *at = field + strspn(field, " \t"), *next = strchr(at, ',');
		size_t len = next ? (size_t)(next - at) : strlen(at);

		while (len && (at[len - 1] == ' ' || at[len - 1] == '\t'))
			len--;
		if (len == strlen(name) + DIGEST_TEXT + 1 && !strncmp(at, name, strlen(name)) &&
		    at[len - 1] == ':')
			return gth_base64_decode(digest, 32, at + strlen(name), DIGEST_TEXT)
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
