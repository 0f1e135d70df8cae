/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * outbox.h - messages to a peer that may be slow: the store must never wait for
 * a peer that may be waiting for the store.
 */
#ifndef GTH_DAEMON_STORE_OUTBOX_H
#define GTH_DAEMON_STORE_OUTBOX_H

#include <stddef.h>
#include <stdint.h>

#include "daemon/message.h"

struct gth_outbox {
	struct gth_parcel *first, **end;
	size_t n;
};

void gth_outbox_init(struct gth_outbox *o);
int gth_outbox_put(struct gth_outbox *o, uint32_t type, uint64_t number, const void *body,
		   size_t len, const void *more, size_t more_len, int file);
int gth_outbox_flush(struct gth_outbox *o, int fd);
void gth_outbox_empty(struct gth_outbox *o);

#endif /* GTH_DAEMON_STORE_OUTBOX_H */
