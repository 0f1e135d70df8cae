/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * crowd.h - the open connections, their time limits, and which new ones are accepted.
 *
 * A connection is of a stranger until an enrolled endpoint has sent a request on it. Strangers get
 * at most half of the places, and a quarter of the places of their address, unless an endpoint has
 * used that address lately.
 */
#ifndef REGION_CROWD_H
#define REGION_CROWD_H

#include <microhttpd.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include <gnutls/gnutls.h>

#include "region/address.h"

#define REGION_KNOWN_ADDRESSES 256

enum region_phase { REGION_HANDSHAKE, REGION_HEADER, REGION_BODY, REGION_ANSWER };

struct region_guest {
	struct region_guest *next;
	struct region_address from;
	int fd;
	gnutls_session_t session; /* to be compared only */
	enum region_phase phase;
	uint64_t due;	/* of gth_monotonic_ms(); 0: never */
	uint64_t bytes; /* of the body, since its progress was checked */
	bool endpoint;	/* not a stranger */
};

struct region_crowd {
	unsigned int connections, per_address;
	unsigned int handshake, header, progress; /* seconds */

	pthread_mutex_t lock; /* nothing else is locked under it */
	struct region_guest *guests;
	struct region_address known[REGION_KNOWN_ADDRESSES]; /* a ring */
	unsigned int known_n;
	bool stopping;
	pthread_t watcher;
	bool watched;
};

int region_crowd_start(struct region_crowd *c);
void region_crowd_stop(struct region_crowd *c);

/* For libmicrohttpd; the first argument is the crowd. */
enum MHD_Result region_crowd_accept(void *crowd, const struct sockaddr *from, socklen_t len);
void region_crowd_notify(void *crowd, struct MHD_Connection *connection, void **guest,
			 enum MHD_ConnectionNotificationCode code);

void region_crowd_phase(struct region_crowd *c, struct MHD_Connection *connection,
			enum region_phase phase);
void region_crowd_bytes(struct region_crowd *c, struct MHD_Connection *connection, size_t bytes);
void region_crowd_endpoint(struct region_crowd *c, struct MHD_Connection *connection);

#endif /* REGION_CROWD_H */
