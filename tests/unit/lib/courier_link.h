/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * courier_link.h - the real courier and the real dialer, confined as in the daemon,
 * with the test in the store's place.
 */
#ifndef GTH_TEST_COURIER_LINK_H
#define GTH_TEST_COURIER_LINK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "daemon/message.h"
#include "daemon/settings.h"
#include "tests/unit/lib/tls_server.h"

struct link {
	int store; /* the store's end */
	pid_t courier, dialer;
};

extern struct gth_message sent, received;
extern uint64_t last_order;			     /* its number */
extern uint8_t settings_digest[GTH_SETTINGS_DIGEST]; /* of those that courier and dialer have */

/*
 * The begin of a program, which may also be one of the daemon's processes that the test started
 * (then this does not return): a directory with certificates. The end removes the directory.
 */
void link_begin(int argc, char **argv);
void link_end(void);

/* The path of a file there; the last eight stay. */
const char *in_link_dir(const char *name);

/* A server with a certificate of the CA that the endpoint trusts, or of another one. */
struct server start_region(const char *name, const char *client_ca, int version);

/* Courier and dialer for the region at a port, through a proxy at another one or (0) none. */
struct link connect_to(int port, int proxy_port);

/* The settings that the last dialer got, for another one. */
int settings_for_dialer(void);

void send_order(const struct link *l, const struct gth_order *o, const char *body, int file);

/* The next result; -1 as error: none came. */
struct gth_result receive(const struct link *l, const char **body);

struct gth_result lookup(const struct link *l, enum misdeed what, const char **body);

/* Without a store the courier ends, and without a courier the dialer. Return: did they? */
bool disconnect(struct link *l);

#endif /* GTH_TEST_COURIER_LINK_H */
