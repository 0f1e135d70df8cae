/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * broker.h - the daemon's main process once the hooks are attached: it keeps the
 * others running, answers the module, and tells the service manager.
 */
#ifndef GTH_DAEMON_BROKER_H
#define GTH_DAEMON_BROKER_H

#include "daemon/desk.h"
#include "daemon/role.h"

struct gth_broker_options {
	struct gth_role_options role;
	const char *control;		      /* path of the socket for gotthardctl */
	const struct gth_desk_device *device; /* borrowed */
	int ended;			      /* readable: end; -1: none */
	void (*reopen)(void);		      /* at SIGHUP: files of events; NULL: none */
};

int gth_broker_signals(void);
int gth_broker_run(const struct gth_broker_options *o);

#endif /* GTH_DAEMON_BROKER_H */
