/* SPDX-License-Identifier: GPL-2.0-or-later */
/* backoff.h - how long to wait after an error. */
#ifndef GTH_DAEMON_STORE_BACKOFF_H
#define GTH_DAEMON_STORE_BACKOFF_H

#include <stdint.h>

#include "daemon/store/db.h"
#include "daemon/store/pace.h"

/* Of a kind of orders. */
struct gth_backoff {
	unsigned int failures; /* in a row */
	uint64_t until;	       /* ms, of gth_boot_ms() */
};

uint64_t gth_backoff_ms(const struct gth_store_pace *pace, unsigned int failures);
void gth_backoff_failed(struct gth_backoff *b, const struct gth_store_pace *pace,
			uint32_t retry_after);
uint64_t gth_backoff_step(struct gth_db *db, const struct gth_store_pace *pace,
			  const struct gth_row *r);

#endif /* GTH_DAEMON_STORE_BACKOFF_H */
