/* SPDX-License-Identifier: GPL-2.0-or-later */
/* control.h - the commands of gotthardctl. */
#ifndef GTH_DAEMON_STORE_CONTROL_H
#define GTH_DAEMON_STORE_CONTROL_H

struct gth_store;

void gth_control_answer(struct gth_store *s, int fd);

#endif /* GTH_DAEMON_STORE_CONTROL_H */
