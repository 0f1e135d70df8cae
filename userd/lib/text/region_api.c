// SPDX-License-Identifier: GPL-2.0-or-later
/* region_api.c - request lines of the region's API, written and read (see region_api.h). */
#include "lib/text/region_api.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "lib/util/hex.h"
#include "lib/util/number.h"

#define FILES "/v1/files/sha256:"
#define SUBMISSIONS "/v1/submissions/"
#define HEX 64
#define VALUE_SIZE GTH_CURSOR_SIZE /* the longest of all */

/* A submission's longest path, every byte of it as %XX, has 12285 bytes; the rest is short. */
#define NOTE_MAX (16U << 10)
#define STATISTICS_MAX (16U << 10)

_Static_assert(sizeof(((struct gth_egress *)0)->what) == GTH_LINE_SIZE, "the journal takes a line");

static const struct gth_api rows[GTH_ORDERS] = {
	[GTH_ORDER_STATEMENT] = { "GET", "/v1/region", .egress = GTH_EGRESS_CONTACT },
	[GTH_ORDER_LOOKUP] = { "GET", FILES, GTH_API_DIGEST, .egress = GTH_EGRESS_LOOKUP },
	[GTH_ORDER_CREATE] = { "PUT", SUBMISSIONS, GTH_API_ID, .type = "text/plain",
			       .body = NOTE_MAX, .egress = GTH_EGRESS_SUBMISSION },
	[GTH_ORDER_OFFSET] = { "HEAD", SUBMISSIONS, GTH_API_ID, .egress = GTH_EGRESS_CONTACT },
	[GTH_ORDER_UPLOAD] = { "PATCH", SUBMISSIONS, GTH_API_ID,
			       .type = "application/partial-upload", .body = SIZE_MAX,
			       .egress = GTH_EGRESS_UPLOAD },
	[GTH_ORDER_WAIT] = { "GET", SUBMISSIONS, GTH_API_ID, "wait=", GTH_API_WAIT,
			     .egress = GTH_EGRESS_CONTACT },
	[GTH_ORDER_VERDICTS] = { "GET", "/v1/verdicts", GTH_API_NONE, "cursor=", GTH_API_CURSOR,
				 .egress = GTH_EGRESS_CONTACT },
	[GTH_ORDER_STATISTICS] = { "POST", "/v1/statistics", .type = "application/json",
				   .body = STATISTICS_MAX, .egress = GTH_EGRESS_STATISTICS },
};

/* gth_api_row() - of a kind; NULL: it is not one */
const struct gth_api *gth_api_row(enum gth_order_kind kind)
{
	return (unsigned int)kind < GTH_ORDERS ? &rows[kind] : NULL;
}

/* gth_api_cursor_ok() - does it fit, and only of what RFC 3986 calls unreserved? */
bool gth_api_cursor_ok(const char *cursor)
{
	static const char unreserved[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					 "0123456789-._~";
	size_t len = strnlen(cursor, GTH_CURSOR_SIZE);

	return len < GTH_CURSOR_SIZE && strspn(cursor, unreserved) == len;
}

/* Return: 0 or -EINVAL. Nothing is written for an empty cursor. */
static int put_value(char out[VALUE_SIZE], enum gth_api_value value,
		     const struct gth_api_request *r)
{
	out[0] = '\0';
	switch (value) {
	case GTH_API_DIGEST:
		gth_hex_encode(out, r->digest, sizeof(r->digest));
		return 0;
	case GTH_API_ID:
		if (!gth_uuid_ok(r->id))
			return -EINVAL;
		memcpy(out, r->id, sizeof(r->id));
		return 0;
	case GTH_API_WAIT:
		if (r->wait > GTH_WAIT_MAX)
			return -EINVAL;
		snprintf(out, VALUE_SIZE, "%u", r->wait);
		return 0;
	case GTH_API_CURSOR:
		if (!gth_api_cursor_ok(r->cursor))
			return -EINVAL;
		memcpy(out, r->cursor, strlen(r->cursor) + 1);
		return 0;
	default:
		return 0;
	}
}

/**
 * gth_api_line() - method, a space and the target
 *
 * Return: 0; -EINVAL: a value that the region would not take; -E2BIG: no room (in
 * GTH_LINE_SIZE there is).
 */
int gth_api_line(const struct gth_api_request *r, char *line, size_t size)
{
	const struct gth_api *row = gth_api_row(r->kind);
	char path[VALUE_SIZE], query[VALUE_SIZE];
	int n;

	if (!row || put_value(path, row->in_path, r) || put_value(query, row->in_query, r))
		return -EINVAL;
	n = snprintf(line, size, "%s %s%s%s%s%s", row->method, row->path, path, *query ? "?" : "",
		     *query ? row->query : "", query);
	return n < 0 || (size_t)n >= size ? -E2BIG : 0;
}

/* The whole of @text, which is @len long. Return: 0 or -EINVAL. */
static int take_value(struct gth_api_request *r, enum gth_api_value value, const char *text,
		      size_t len)
{
	char copy[VALUE_SIZE];
	unsigned long long wait;

	if (len >= sizeof(copy))
		return -EINVAL;
	memcpy(copy, text, len);
	copy[len] = '\0';
	switch (value) {
	case GTH_API_DIGEST:
		if (len != HEX || strspn(copy, "0123456789abcdef") != HEX)
			return -EINVAL;
		return gth_hex_decode(r->digest, sizeof(r->digest), copy);
	case GTH_API_ID:
		if (!gth_uuid_ok(copy))
			return -EINVAL;
		memcpy(r->id, copy, sizeof(r->id));
		return 0;
	case GTH_API_WAIT:
		if (gth_number_parse(copy, UINT_MAX, &wait))
			return -EINVAL;
		r->wait = wait < GTH_WAIT_MAX ? (unsigned int)wait : GTH_WAIT_MAX;
		return 0;
	case GTH_API_CURSOR:
		if (!gth_api_cursor_ok(copy))
			return -EINVAL;
		memcpy(r->cursor, copy, len + 1);
		return 0;
	default:
		return -EINVAL;
	}
}

/* Return: 0; -ENOENT: the path of another row; -EINVAL: what stands behind it is wrong. */
static int take_path(struct gth_api_request *r, const struct gth_api *row, const char *path,
		     size_t len)
{
	size_t n = strlen(row->path);

	if (len < n || memcmp(path, row->path, n) != 0)
		return -ENOENT;
	if (row->in_path == GTH_API_NONE)
		return len == n ? 0 : -ENOENT;
	return take_value(r, row->in_path, path + n, len - n);
}

/* @query: with its question mark, or empty. A name that the row has not is refused. */
static int take_query(struct gth_api_request *r, const struct gth_api *row, const char *query)
{
	size_t n = row->query ? strlen(row->query) : 0;

	if (!*query)
		return 0;
	if (!n || strncmp(query + 1, row->query, n) != 0)
		return -EINVAL;
	return take_value(r, row->in_query, query + 1 + n, strlen(query + 1 + n));
}

/**
 * gth_api_parse() - a request's method and its target, as they came (RFC 9112, origin form)
 *
 * Nothing is unescaped. A longer wait than GTH_WAIT_MAX counts as that.
 *
 * Return: 0; -ENOENT: there is no such resource; -EOPNOTSUPP: not with this method;
 * -EINVAL: a digest, identifier or query that is not one.
 */
int gth_api_parse(struct gth_api_request *r, const char *method, const char *target)
{
	size_t len = strcspn(target, "?");
	int ret = -ENOENT;

	for (int kind = 0; kind < GTH_ORDERS; kind++) {
		int err;

		memset(r, 0, sizeof(*r));
		r->kind = (enum gth_order_kind)kind;
		err = take_path(r, &rows[kind], target, len);
		if (err == -ENOENT)
			continue;
		if (err)
			return err;
		if (!strcmp(rows[kind].method, method))
			return take_query(r, &rows[kind], target + len);
		ret = -EOPNOTSUPP;
	}
	return ret;
}
