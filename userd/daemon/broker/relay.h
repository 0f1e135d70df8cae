/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * relay.h - the broker between the module and the store: requests go one way,
 * verdicts that pass the gate the other. Nothing here ever waits.
 *
 * The module's requests are asked for only while the store answers. Otherwise
 * their descriptor is closed, and the module lets all who wait go on by policy.
 */
#ifndef GTH_DAEMON_DESK_H
#define GTH_DAEMON_DESK_H

#include "daemon/broker/verdict_check.h"
#include "daemon/broker/kept.h"
#include "daemon/broker/ledger.h"
#include "daemon/message.h"

struct gth_desk_device {
	int (*serve)(void *arg); /* a descriptor that gives requests, O_NONBLOCK; or -errno */
	int (*write)(void *arg, const struct gth_verdict *records, unsigned int n); /* 0; -errno */
	void *arg;
};

struct gth_desk {
	const struct gth_desk_device *device; /* borrowed */
	struct gth_gate gate;
	struct gth_ledger ledger;
	struct gth_kept *kept; /* borrowed; NULL: no journal's head is kept, and no store sends */
	int store;	       /* socket, O_NONBLOCK, borrowed; -1: none */
	int serving;	       /* -1: not */
	bool ready;	       /* the store said so */
	bool full;	       /* the store's socket was: until it can be written to */
	unsigned int n;
	struct gth_verdict batch[GTH_VERDICTS_PER_WRITE];
	bool waited_for[GTH_VERDICTS_PER_WRITE]; /* the record answers a request */
	struct gth_message message;
	struct {
		uint64_t requests, verdicts, unknown, rejected, no_room, deserted;
	} count;
	bool said_no_room, said_full, said_serve, said_rejected, said_capped;
};

void gth_desk_init(struct gth_desk *d, const struct gth_desk_device *device);
void gth_desk_open(struct gth_desk *d, int store);
void gth_desk_close(struct gth_desk *d);
void gth_desk_gate(struct gth_desk *d, const struct gth_gate *gate);
int gth_desk_hear(struct gth_desk *d, uint64_t now);
int gth_desk_serve(struct gth_desk *d);
int gth_desk_ask(struct gth_desk *d);
int gth_desk_reload(struct gth_desk *d, int settings);
int gth_desk_courier(struct gth_desk *d, int courier);
int gth_desk_tell_kept(struct gth_desk *d);
void gth_desk_free(struct gth_desk *d);

#endif /* GTH_DAEMON_DESK_H */
