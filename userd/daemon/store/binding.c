// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * binding.c - for which region and which of its keys a file is encrypted. A note or
 * a ciphertext goes to that region alone, and under that key alone.
 */
#include "daemon/store/store_state.h"

#include <string.h>

_Static_assert(sizeof(((struct gth_row *)0)->recipient) ==
		       sizeof(((struct gth_statement *)0)->recipient.key),
	       "a row keeps the key");

/* gth_binding_set() - it has been encrypted under the statement that holds now */
void gth_binding_set(const struct gth_store *s, struct gth_row *r)
{
	memcpy(r->region, s->setup->trust->region, sizeof(r->region));
	memcpy(r->recipient, s->statement.recipient.key, sizeof(r->recipient));
}

/* gth_binding_region() - is it for the region that there is? */
bool gth_binding_region(const struct gth_store *s, const struct gth_row *r)
{
	return s->setup->trust && !strcmp(r->region, s->setup->trust->region);
}

/* gth_binding_holds() - and for the key that this region has now? */
bool gth_binding_holds(const struct gth_store *s, const struct gth_row *r)
{
	return gth_binding_region(s, r) && s->pinned &&
	       !memcmp(r->recipient, s->statement.recipient.key, sizeof(r->recipient));
}

/* gth_binding_allows() - may this order about it leave? */
bool gth_binding_allows(const struct gth_store *s, enum gth_order_kind kind,
			const struct gth_row *r)
{
	switch (kind) {
	case GTH_ORDER_CREATE:
	case GTH_ORDER_UPLOAD:
		return gth_binding_holds(s, r);
	case GTH_ORDER_OFFSET:
	case GTH_ORDER_WAIT:
		return gth_binding_region(s, r);
	default:
		return true;
	}
}
