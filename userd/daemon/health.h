/* SPDX-License-Identifier: GPL-2.0-or-later */
/* health.h - the broker says how the daemon is (see lib/health.h). */
#ifndef GTH_DAEMON_HEALTH_H
#define GTH_DAEMON_HEALTH_H

#include <sys/un.h>

#include "daemon/restore.h"

struct gth_health {
	int listener; /* -1: none */
	struct sockaddr_un address;
};

void gth_health_open(struct gth_health *h, const char *control);
void gth_health_answer(struct gth_health *h, const struct gth_restore *restored);
void gth_health_close(struct gth_health *h);

#endif /* GTH_DAEMON_HEALTH_H */
