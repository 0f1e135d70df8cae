/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * idle.h - the broker answers gotthardctl while no store is wanted: it says why
 * nothing is forwarded, so that gotthardctl does not wait.
 */
#ifndef GTH_DAEMON_BROKER_IDLE_H
#define GTH_DAEMON_BROKER_IDLE_H

#include <stdbool.h>

struct gth_idle {
	int control;   /* listening, borrowed; -1: none */
	int client;    /* the client that is being served; -1: none */
	bool wrong;    /* the configuration is invalid; else the owner wants it so */
	char why[400]; /* why nothing is forwarded; empty: there is, or will be, a store */
};

void gth_idle_init(struct gth_idle *i, int control);
int gth_idle_fd(const struct gth_idle *i);
void gth_idle_answer(struct gth_idle *i, int fd);
void gth_idle_close(struct gth_idle *i);

#endif /* GTH_DAEMON_BROKER_IDLE_H */
