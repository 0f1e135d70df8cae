/* SPDX-License-Identifier: GPL-2.0-or-later */
/* health.h - the broker reports the daemon's state (see lib/health.h). */
#ifndef GTH_DAEMON_BROKER_HEALTH_H
#define GTH_DAEMON_BROKER_HEALTH_H

#include <sys/un.h>

#include "daemon/broker/children.h"
#include "daemon/broker/kept.h"
#include "daemon/broker/restore.h"
#include "daemon/broker/writer.h"

struct gth_health {
	int listener; /* -1: none */
	struct sockaddr_un address;
};

/* The state to report; all pointers are borrowed. */
struct gth_health_facts {
	const struct gth_restore *restored; /* NULL: nothing was to be brought back */
	const struct gth_children *children;
	const struct gth_writer *writer;
	const struct gth_kept *kept;
	uint64_t now; /* CLOCK_MONOTONIC in ms */
};

void gth_health_open(struct gth_health *h, const char *control);
void gth_health_answer(struct gth_health *h, const struct gth_health_facts *f);
void gth_health_close(struct gth_health *h);

#endif /* GTH_DAEMON_BROKER_HEALTH_H */
