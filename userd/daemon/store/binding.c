// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * binding.c - the region, and the key of it, for which a file is encrypted. A note or a ciphertext
 * goes to that region alone, and under that key alone.
 */
#include "daemon/store/binding.h"

#include <string.h>

#include "daemon/store/context.h"

_Static_assert(sizeof(((struct gth_row *)0)->recipient) ==
		       sizeof(((struct gth_statement *)0)->recipient.key),
	       "a row keeps the key");

/* gth_binding_set() - note that it was encrypted under the statement that holds now */
void gth_binding_set(const struct gth_store_region *region, struct gth_row *r)
{
	memcpy(r->region, region->trust->region, sizeof(r->region));
	memcpy(r->recipient, region->statement.recipient.key, sizeof(r->recipient));
}

/* gth_binding_region() - is it for the configured region? */
bool gth_binding_region(const struct gth_store_region *region, const struct gth_row *r)
{
	return region->trust && !strcmp(r->region, region->trust->region);
}

/* gth_binding_holds() - and for the key that this region has now? */
bool gth_binding_holds(const struct gth_store_region *region, const struct gth_row *r)
{
	return gth_binding_region(region, r) && region->pinned &&
	       !memcmp(r->recipient, region->statement.recipient.key, sizeof(r->recipient));
}

/* gth_binding_allows() - may this order about it leave? */
bool gth_binding_allows(const struct gth_store_region *region, enum gth_order_kind kind,
			const struct gth_row *r)
{
	switch (kind) {
	case GTH_ORDER_CREATE:
	case GTH_ORDER_UPLOAD:
		return gth_binding_holds(region, r);
	case GTH_ORDER_OFFSET:
	case GTH_ORDER_WAIT:
		return gth_binding_region(region, r);
	default:
		return true;
	}
}
