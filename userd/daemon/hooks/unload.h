/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unload.h - how `gotthardd --unload` asks the daemon that runs to let the hooks go.
 *
 * It detaches them itself, so that the module's event names it. The daemon, which would
 * attach them again, stands back, and ends when they are gone.
 */
#ifndef GTH_DAEMON_UNLOAD_H
#define GTH_DAEMON_UNLOAD_H

#include <sys/socket.h>

int gth_unload_listen(void);
int gth_unload_accept(int listener, struct ucred *peer);

int gth_unload_ask(struct ucred *daemon);
void gth_unload_done(int fd);

#endif /* GTH_DAEMON_UNLOAD_H */
