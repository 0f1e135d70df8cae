/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * crowd.h - the connections that are there, how long each may take, and who gets in.
 *
 * Somebody is a stranger until an enrolled endpoint has sent a request. Strangers get
 * half of the places at most, and a quarter of those of their address; who comes from
 * where an endpoint has been lately is none.
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
	uint64_t due;	/* of region_clock(); 0: never */
	uint64_t bytes; /* of the body, since its progress was looked at */
	bool endpoint;	/* no stranger */
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
