/* SPDX-License-Identifier: GPL-2.0-or-later */
/* binding.h - the region, and the key of it, for which a file is encrypted. */
#ifndef GTH_DAEMON_STORE_BINDING_H
#define GTH_DAEMON_STORE_BINDING_H

#include <stdbool.h>

#include "daemon/message.h"
#include "daemon/store/db.h"

struct gth_store_region;

void gth_binding_set(const struct gth_store_region *region, struct gth_row *r);
bool gth_binding_region(const struct gth_store_region *region, const struct gth_row *r);
bool gth_binding_holds(const struct gth_store_region *region, const struct gth_row *r);
bool gth_binding_allows(const struct gth_store_region *region, enum gth_order_kind kind,
			const struct gth_row *r);

#endif /* GTH_DAEMON_STORE_BINDING_H */
