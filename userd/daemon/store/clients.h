/* SPDX-License-Identifier: GPL-2.0-or-later */
/* clients.h - connections of gotthardctl. */
#ifndef GTH_DAEMON_STORE_CLIENTS_H
#define GTH_DAEMON_STORE_CLIENTS_H

#include <poll.h>
#include <stdint.h>

#define GTH_CLIENTS_MAX 8

struct gth_clients {
	struct {
		int fd;		/* -1: free */
		uint64_t until; /* ms, of gth_boot_ms() */
	} at[GTH_CLIENTS_MAX];
};

struct gth_store;

void gth_clients_init(struct gth_clients *c);
void gth_clients_poll(struct gth_store *s, const struct gth_clients *c, struct pollfd *p);
void gth_clients_accept(struct gth_clients *c, int control);
void gth_clients_serve(struct gth_store *s, struct gth_clients *c, const struct pollfd *p);
void gth_clients_close(struct gth_clients *c);

#endif /* GTH_DAEMON_STORE_CLIENTS_H */
