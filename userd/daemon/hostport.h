/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hostport.h - SCHEME://HOST:PORT in its parts. */
#ifndef GTH_DAEMON_HOSTPORT_H
#define GTH_DAEMON_HOSTPORT_H

#include <stdbool.h>

#include "lib/text/residency.h"

struct gth_hostport {
	char host[GTH_URL_SIZE]; /* without the brackets of an IPv6 address */
	char port[6];
	bool literal; /* the host is an IPv6 address in brackets */
};

int gth_hostport_parse(struct gth_hostport *p, const char *url);

#endif /* GTH_DAEMON_HOSTPORT_H */
