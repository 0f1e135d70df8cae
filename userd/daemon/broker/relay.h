/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * relay.h - the broker between the module and the store: requests go one way,
 * verdicts that pass the check the other. Nothing here waits.
 *
 * The module's requests are asked for only while the store answers. Otherwise
 * their descriptor is closed, and the module lets all waiting tasks go on by
 * policy.
 */
#ifndef GTH_DAEMON_BROKER_RELAY_H
#define GTH_DAEMON_BROKER_RELAY_H

#include "daemon/broker/kept.h"
#include "daemon/broker/rollback.h"
#include "daemon/broker/verdict_check.h"
#include "daemon/message.h"

struct gth_relay_device {
	int (*serve)(void *arg); /* a descriptor that gives requests, O_NONBLOCK; or -errno */
	int (*write)(void *arg, const struct gth_verdict *records, unsigned int n); /* 0; -errno */
	void *arg;
};

struct gth_relay {
	const struct gth_relay_device *device; /* borrowed */
	struct gth_verdict_check check;
	struct gth_rollback rollback;
	struct gth_kept *kept; /* borrowed; NULL: no journal's head is kept, and no store sends */
	int store;	       /* socket, O_NONBLOCK, borrowed; -1: none */
	int serving;	       /* -1: not */
	bool ready;	       /* the store said so */
	bool full;	       /* the store's socket is full; cleared when it can be written to */
	unsigned int n;
	struct gth_verdict batch[GTH_VERDICTS_PER_WRITE];
	bool waited_for[GTH_VERDICTS_PER_WRITE]; /* the record answers a request */
	struct gth_message message;
	struct {
		uint64_t requests, verdicts, unknown, rejected, no_room, deserted;
	} count;
	bool said_no_room, said_full, said_serve, said_rejected, said_capped;
};

void gth_relay_init(struct gth_relay *d, const struct gth_relay_device *device);
void gth_relay_open(struct gth_relay *d, int store);
void gth_relay_close(struct gth_relay *d);
void gth_relay_gate(struct gth_relay *d, const struct gth_verdict_check *check);
int gth_relay_hear(struct gth_relay *d, uint64_t now);
int gth_relay_serve(struct gth_relay *d);
int gth_relay_ask(struct gth_relay *d);
int gth_relay_reload(struct gth_relay *d, int settings);
int gth_relay_courier(struct gth_relay *d, int courier);
int gth_relay_tell_kept(struct gth_relay *d);
void gth_relay_free(struct gth_relay *d);

#endif /* GTH_DAEMON_BROKER_RELAY_H */
