/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tunnel.h - CONNECT through the owner's proxy (RFC 9110, section 9.3.6). */
#ifndef GTH_DAEMON_DIALER_TUNNEL_H
#define GTH_DAEMON_DIALER_TUNNEL_H

#include <stddef.h>

#include "daemon/hostport.h"

int gth_tunnel_open(int fd, const struct gth_hostport *to, int ms, char *why, size_t size);

#endif /* GTH_DAEMON_DIALER_TUNNEL_H */
