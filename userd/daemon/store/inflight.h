/* SPDX-License-Identifier: GPL-2.0-or-later */
/* inflight.h - the orders that the courier has and has not answered. */
#ifndef GTH_DAEMON_STORE_INFLIGHT_H
#define GTH_DAEMON_STORE_INFLIGHT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/message.h"

#define GTH_INFLIGHT_MAX 32
#define GTH_LOOKUPS_MAX 8 /* of them look-ups */

struct gth_inflight {
	uint64_t number; /* 0: free */
	enum gth_order_kind kind;
	bool lent;			 /* of WAIT: it waits for a deletion, not for a verdict */
	uint64_t since;			 /* ms, of gth_boot_ms() */
	char id[GTH_UUID_SIZE];		 /* of the submission; empty: none */
	uint8_t digest[GTH_DIGEST_SIZE]; /* of the file */
};

struct gth_inflights {
	struct gth_inflight order[GTH_INFLIGHT_MAX];
	uint64_t number; /* of the last order */
};

unsigned int gth_inflight_room(const struct gth_inflights *f, enum gth_order_kind kind);
bool gth_inflight_has(const struct gth_inflights *f, const char *id);
struct gth_inflight *gth_inflight_free(struct gth_inflights *f);
struct gth_inflight *gth_inflight_find(struct gth_inflights *f, uint64_t number);

#endif /* GTH_DAEMON_STORE_INFLIGHT_H */
