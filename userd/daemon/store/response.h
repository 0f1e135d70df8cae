/* SPDX-License-Identifier: GPL-2.0-or-later */
/* response.h - answers of the region. */
#ifndef GTH_DAEMON_STORE_RESPONSE_H
#define GTH_DAEMON_STORE_RESPONSE_H

#include "daemon/message.h"

struct gth_store;

void gth_response(struct gth_store *s, const struct gth_message *m);
void gth_response_lost(struct gth_store *s);

#endif /* GTH_DAEMON_STORE_RESPONSE_H */
