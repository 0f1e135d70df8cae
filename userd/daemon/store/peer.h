/* SPDX-License-Identifier: GPL-2.0-or-later */
/* peer.h - messages from the broker and the courier. */
#ifndef GTH_DAEMON_STORE_PEER_H
#define GTH_DAEMON_STORE_PEER_H

#include "daemon/message.h"

/* While so many messages wait for the broker, its own are not read. */
#define GTH_PEER_OUTBOX_FULL 1024

struct gth_store;

int gth_peer_read(struct gth_store *s, int fd, enum gth_peer from);
void gth_peer_lose_courier(struct gth_store *s);

#endif /* GTH_DAEMON_STORE_PEER_H */
