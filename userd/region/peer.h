/* SPDX-License-Identifier: GPL-2.0-or-later */
/* peer.h - the peer of a TLS session, by its certificate. */
#ifndef REGION_PEER_H
#define REGION_PEER_H

#include <microhttpd.h>

#include <gnutls/gnutls.h>

#include "lib/text/exchange.h"

#define REGION_SERIAL_SIZE 48 /* in digits 0-9a-f, with its NUL */

struct region_peer {
	char name[GTH_ENDPOINT_SIZE];
	char serial[REGION_SERIAL_SIZE];
};

int region_peer_verify(gnutls_session_t session);
int region_peer(struct MHD_Connection *connection, struct region_peer *peer);

#endif /* REGION_PEER_H */
