/* SPDX-License-Identifier: GPL-2.0-or-later */
/* withheld.h - journal entries about files that were not sent. */
#ifndef GTH_DAEMON_STORE_WITHHELD_H
#define GTH_DAEMON_STORE_WITHHELD_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/text/egress.h"

struct gth_withheld_entries {
	uint64_t next; /* ms, of gth_boot_ms(): the next entry of a single file, after a burst */
	uint64_t more_due; /* ms, of gth_boot_ms(): the counted ones are entered */
	bool more;	   /* there may be counted ones */
};

struct gth_store;

void gth_withheld_begin(struct gth_withheld_entries *w);
void gth_withheld_enter(struct gth_store *s, const uint8_t digest[GTH_DIGEST_SIZE],
			enum gth_withheld reason);
void gth_withheld_flush(struct gth_store *s, bool now);

#endif /* GTH_DAEMON_STORE_WITHHELD_H */
