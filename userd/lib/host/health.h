/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * health.h - the socket where the daemon's main process reports its state and that of
 * its children. It sends each client one packet of JSON and reads nothing; its
 * children's own socket is GTH_CONTROL_SOCKET.
 */
#ifndef GTH_LIB_HOST_HEALTH_H
#define GTH_LIB_HOST_HEALTH_H

#include <sys/un.h>

#define GTH_HEALTH_MAX (16 << 10) /* bytes of the answer */

int gth_health_address(struct sockaddr_un *address, const char *control);

#endif /* GTH_LIB_HOST_HEALTH_H */
