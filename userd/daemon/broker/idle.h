/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * idle.h - the broker answers gotthardctl while it wants no store: it says why
 * nothing is forwarded, so that nobody waits for an answer.
 */
#ifndef GTH_DAEMON_IDLE_H
#define GTH_DAEMON_IDLE_H

#include <stdbool.h>

struct gth_idle {
	int control;   /* listening, borrowed; -1: none */
	int client;    /* the one that is being served; -1: none */
	bool wrong;    /* it is an error; else the owner wants it so */
	char why[400]; /* nothing is forwarded; empty: there is, or will be, a store */
};

void gth_idle_init(struct gth_idle *i, int control);
int gth_idle_fd(const struct gth_idle *i);
void gth_idle_answer(struct gth_idle *i, int fd);
void gth_idle_close(struct gth_idle *i);

#endif /* GTH_DAEMON_IDLE_H */
