// SPDX-License-Identifier: GPL-2.0-or-later
/* health.c - where the daemon's main process answers (see health.h). */
#include "lib/host/health.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/* gth_health_address() - the socket beside @control; 0 or -ENAMETOOLONG */
int gth_health_address(struct sockaddr_un *address, const char *control)
{
	const char *slash = strrchr(control, '/');
	int n;

	*address = (struct sockaddr_un) { .sun_family = AF_UNIX };
	n = snprintf(address->sun_path, sizeof(address->sun_path), "%.*shealth",
		     slash ? (int)(slash - control) + 1 : 0, control);
	return n < 0 || (size_t)n >= sizeof(address->sun_path) ? -ENAMETOOLONG : 0;
}
