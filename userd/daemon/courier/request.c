// SPDX-License-Identifier: GPL-2.0-or-later
/* request.c - an order of the store as a request line and fields (see request.h). */
#include "daemon/courier/request.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>

#include "lib/text/fields.h"
#include "lib/util/hex.h"

#define WAIT_MAX 30U /* seconds: the region's own limit */

static bool is_uuid(const char *id)
{
	return strnlen(id, GTH_UUID_SIZE) < GTH_UUID_SIZE && gth_uuid_ok(id);
}

static bool needs_id(uint32_t kind)
{
	return kind == GTH_ORDER_CREATE || kind == GTH_ORDER_OFFSET || kind == GTH_ORDER_UPLOAD ||
	       kind == GTH_ORDER_WAIT;
}

/* gth_request_valid() - can this order be carried out? */
bool gth_request_valid(const struct gth_order *o, int file)
{
	if (o->kind >= GTH_ORDERS || o->wait > WAIT_MAX)
		return false;
	if (needs_id(o->kind) && !is_uuid(o->id))
		return false;
	if (strnlen(o->cursor, sizeof(o->cursor)) == sizeof(o->cursor))
		return false;
	return o->kind != GTH_ORDER_UPLOAD ||
	       (file >= 0 && o->offset <= o->size && o->size <= INT64_MAX);
}

/* gth_request_url() - below base, which has nothing behind its port; 0 or -ENOMEM */
int gth_request_url(const struct gth_order *o, const char *base, char *url, size_t size)
{
	char hex[65] = "", *cursor;

	switch (o->kind) {
	case GTH_ORDER_STATEMENT:
		snprintf(url, size, "%s/v1/region", base);
		return 0;
	case GTH_ORDER_LOOKUP:
		gth_hex_encode(hex, o->digest, sizeof(o->digest));
		snprintf(url, size, "%s/v1/files/sha256:%.64s", base, hex);
		return 0;
	case GTH_ORDER_WAIT:
		snprintf(url, size, "%s/v1/submissions/%s?wait=%u", base, o->id, o->wait);
		return 0;
	case GTH_ORDER_STATISTICS:
		snprintf(url, size, "%s/v1/statistics", base);
		return 0;
	case GTH_ORDER_VERDICTS:
		cursor = curl_easy_escape(NULL, o->cursor, (int)strlen(o->cursor));
		if (!cursor)
			return -ENOMEM;
		snprintf(url, size, "%s/v1/verdicts%s%s", base, *cursor ? "?cursor=" : "", cursor);
		curl_free(cursor);
		return 0;
	default:
		snprintf(url, size, "%s/v1/submissions/%s", base, o->id);
		return 0;
	}
}

__attribute__((format(printf, 2, 3))) static int add(struct curl_slist **fields, const char *format,
						     ...)
{
	struct curl_slist *more;
	char line[256];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	more = curl_slist_append(*fields, line);
	if (!more)
		return -ENOMEM;
	*fields = more;
	return 0;
}

/* gth_request_fields() - what the order adds to the header; 0 or -ENOMEM */
int gth_request_fields(const struct gth_order *o, struct curl_slist **fields)
{
	unsigned char digest[48];
	int err = add(fields, "Expect:");

	switch (o->kind) {
	case GTH_ORDER_CREATE:
		return err ? err : add(fields, "Content-Type: text/plain");
	case GTH_ORDER_STATISTICS:
		return err ? err : add(fields, "Content-Type: application/json");
	case GTH_ORDER_UPLOAD:
		EVP_EncodeBlock(digest, o->digest, sizeof(o->digest));
		if (!err)
			err = add(fields, "Content-Type: application/partial-upload");
		if (!err)
			err = add(fields, "Upload-Offset: %llu", (unsigned long long)o->offset);
		if (!err)
			err = add(fields, "Upload-Complete: ?1");
		return err ? err : add(fields, "Repr-Digest: sha-256=:%s:", digest);
	default:
		return err;
	}
}

/* gth_request_method() - of an order that has a body; NULL: it has none */
const char *gth_request_method(uint32_t kind)
{
	switch (kind) {
	case GTH_ORDER_CREATE:
		return "PUT";
	case GTH_ORDER_UPLOAD:
		return "PATCH";
	case GTH_ORDER_STATISTICS:
		return "POST";
	default:
		return NULL;
	}
}
