// SPDX-License-Identifier: GPL-2.0-or-later
/* order.c - an order as a request line (see order.h). */
#include "daemon/order.h"

#include <errno.h>
#include <string.h>

/* gth_order_line() - 0; -EINVAL: it is not an order, or one of its texts has no end */
int gth_order_line(const struct gth_order *o, char line[GTH_LINE_SIZE])
{
	struct gth_api_request r = { .kind = (enum gth_order_kind)o->kind, .wait = o->wait };

	if (o->kind >= GTH_ORDERS || strnlen(o->id, sizeof(r.id)) == sizeof(r.id) ||
	    strnlen(o->cursor, sizeof(r.cursor)) == sizeof(r.cursor))
		return -EINVAL;
	memcpy(r.digest, o->digest, sizeof(r.digest));
	memcpy(r.id, o->id, sizeof(r.id));
	memcpy(r.cursor, o->cursor, sizeof(r.cursor));
	return gth_api_line(&r, line, GTH_LINE_SIZE);
}
