/* SPDX-License-Identifier: GPL-2.0-or-later */
/* offer.h - limits what is offered to the region. */
#ifndef GTH_DAEMON_STORE_OFFER_H
#define GTH_DAEMON_STORE_OFFER_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/store/db.h"

struct gth_store;

enum gth_withheld gth_offer_limits(struct gth_store *s, const struct gth_row *r);
bool gth_offer(struct gth_store *s, struct gth_row *r, uint64_t bytes);

#endif /* GTH_DAEMON_STORE_OFFER_H */
