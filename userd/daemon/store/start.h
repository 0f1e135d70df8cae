/* SPDX-License-Identifier: GPL-2.0-or-later */
/* start.h - opens the store's files before its loop, and closes them after it. */
#ifndef GTH_DAEMON_STORE_START_H
#define GTH_DAEMON_STORE_START_H

struct gth_store;

int gth_start(struct gth_store *s);
void gth_start_undo(struct gth_store *s);

#endif /* GTH_DAEMON_STORE_START_H */
