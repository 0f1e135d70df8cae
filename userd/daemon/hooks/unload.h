/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unload.h - `gotthardd --unload` asks the running daemon to let it detach the hooks.
 *
 * It detaches them itself, so that the module's event names it. The daemon does not attach them
 * again, and ends when they are gone.
 */
#ifndef GTH_DAEMON_HOOKS_UNLOAD_H
#define GTH_DAEMON_HOOKS_UNLOAD_H

#include <sys/socket.h>

int gth_unload_listen(void);
int gth_unload_accept(int listener, struct ucred *peer);

int gth_unload_ask(struct ucred *daemon);
void gth_unload_done(int fd);

#endif /* GTH_DAEMON_HOOKS_UNLOAD_H */
