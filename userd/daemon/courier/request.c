// SPDX-License-Identifier: GPL-2.0-or-later
/* request.c - an order of the store as a request line and fields (see request.h). */
#include "daemon/courier/request.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>

#include "daemon/order.h"

/* gth_request_valid() - can this order be carried out? */
bool gth_request_valid(const struct gth_order *o, int file)
{
	char line[GTH_LINE_SIZE];

	if (gth_order_line(o, line))
		return false;
	if (o->journal.size > GTH_JOURNAL_FIELD_MAX || o->journal.time > GTH_JOURNAL_FIELD_MAX)
		return false;
	return o->kind != GTH_ORDER_UPLOAD ||
	       (file >= 0 && o->offset <= o->size && o->size <= INT64_MAX);
}

/* gth_request_url() - below @base, which ends with its port; 0 or -EINVAL */
int gth_request_url(const struct gth_order *o, const char *base, char *url, size_t size)
{
	char line[GTH_LINE_SIZE];
	int err = gth_order_line(o, line), n;

	if (err)
		return err;
	n = snprintf(url, size, "%s%s", base, strchr(line, ' ') + 1);
	return n < 0 || (size_t)n >= size ? -EINVAL : 0;
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

static int add_journal(struct curl_slist **fields, const struct gth_journal_field *journal)
{
	char text[GTH_JOURNAL_FIELD_SIZE];
	int err = gth_journal_field_format(journal, text);

	return err ? err : add(fields, GTH_JOURNAL_FIELD ": %s", text);
}

/* gth_request_fields() - the header fields of the order; 0 or -ENOMEM */
int gth_request_fields(const struct gth_order *o, struct curl_slist **fields)
{
	const char *type = gth_api_row(o->kind)->type;
	unsigned char digest[48];
	int err = add(fields, "Expect:");

	if (!err && type)
		err = add(fields, "Content-Type: %s", type);
	if (!err && o->kind == GTH_ORDER_LOOKUP && o->journal.time)
		err = add_journal(fields, &o->journal);
	if (err || o->kind != GTH_ORDER_UPLOAD)
		return err;
	EVP_EncodeBlock(digest, o->digest, sizeof(o->digest));
	err = add(fields, "Upload-Offset: %llu", (unsigned long long)o->offset);
	if (!err)
		err = add(fields, "Upload-Complete: ?1");
	return err ? err : add(fields, "Repr-Digest: sha-256=:%s:", digest);
}

/* gth_request_method() - of an order that has a body; NULL: it has none */
const char *gth_request_method(uint32_t kind)
{
	const struct gth_api *row = gth_api_row(kind);

	return row->body ? row->method : NULL;
}
