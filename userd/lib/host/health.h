/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * health.h - where the daemon's main process says how it and its children are. It
 * answers whoever connects with one packet of JSON, and nothing is asked; its children's
 * own socket is GTH_CONTROL_SOCKET.
 */
#ifndef GTH_LIB_HEALTH_H
#define GTH_LIB_HEALTH_H

#include <sys/un.h>

#define GTH_HEALTH_MAX (16 << 10) /* bytes of the answer */

int gth_health_address(struct sockaddr_un *address, const char *control);

#endif /* GTH_LIB_HEALTH_H */
