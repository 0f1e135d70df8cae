// SPDX-License-Identifier: GPL-2.0-or-later
/* inflight.c - the orders that the courier has (see inflight.h). */
#include "daemon/store/inflight.h"

#include <string.h>

/* How many of a kind the courier has at a time. */
static const unsigned int together[GTH_ORDERS] = {
	[GTH_ORDER_STATEMENT] = 1, [GTH_ORDER_LOOKUP] = GTH_LOOKUPS_MAX,
	[GTH_ORDER_CREATE] = 2,	   [GTH_ORDER_OFFSET] = 2,
	[GTH_ORDER_UPLOAD] = 2,	   [GTH_ORDER_WAIT] = 4,
	[GTH_ORDER_VERDICTS] = 1,  [GTH_ORDER_STATISTICS] = 1,
};

/* gth_inflight_room() - how many more of a kind the courier may have */
unsigned int gth_inflight_room(const struct gth_inflights *f, enum gth_order_kind kind)
{
	unsigned int n = 0;

	for (size_t i = 0; i < GTH_INFLIGHT_MAX; i++)
		n += f->order[i].number && f->order[i].kind == kind;
	return n < together[kind] ? together[kind] - n : 0;
}

/* gth_inflight_has() - is there an order about this submission? */
bool gth_inflight_has(const struct gth_inflights *f, const char *id)
{
	for (size_t i = 0; i < GTH_INFLIGHT_MAX; i++)
		if (f->order[i].number && !strcmp(f->order[i].id, id))
			return true;
	return false;
}

/* gth_inflight_free() - room for one more; NULL: there is none */
struct gth_inflight *gth_inflight_free(struct gth_inflights *f)
{
	for (size_t i = 0; i < GTH_INFLIGHT_MAX; i++)
		if (!f->order[i].number)
			return &f->order[i];
	return NULL;
}

/* gth_inflight_find() - the order of a number; NULL: it was cancelled, or there was none */
struct gth_inflight *gth_inflight_find(struct gth_inflights *f, uint64_t number)
{
	for (size_t i = 0; number && i < GTH_INFLIGHT_MAX; i++)
		if (f->order[i].number == number)
			return &f->order[i];
	return NULL;
}
