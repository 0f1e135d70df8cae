/* SPDX-License-Identifier: GPL-2.0-or-later */
/* send.h - sends orders to the courier and cancels them. */
#ifndef GTH_DAEMON_STORE_SEND_H
#define GTH_DAEMON_STORE_SEND_H

#include <stdbool.h>
#include <stddef.h>

#include "daemon/message.h"
#include "daemon/store/db.h"

struct gth_store;

bool gth_send_may(struct gth_store *s, enum gth_order_kind kind);
bool gth_send_order(struct gth_store *s, const struct gth_order *o, const struct gth_row *r,
		    const char *body, size_t len, int file);
bool gth_send_lookups(struct gth_store *s, const struct gth_row *rows, size_t n);
void gth_send_cancel(struct gth_store *s, const char *id);
void gth_send_cancel_all(struct gth_store *s);

#endif /* GTH_DAEMON_STORE_SEND_H */
