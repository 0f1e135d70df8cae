/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * broker.h - the daemon's main process once the hooks are attached: it keeps the
 * others running, answers the module, and tells the service manager.
 */
#ifndef GTH_DAEMON_BROKER_BROKER_H
#define GTH_DAEMON_BROKER_BROKER_H

#include "daemon/broker/children.h"
#include "daemon/broker/relay.h"
#include "daemon/broker/restore.h"
#include "daemon/role.h"

enum gth_watch_result {
	GTH_WATCH_OK,
	GTH_WATCH_OFF, /* the hooks are not attached */
	GTH_WATCH_END, /* the daemon is to end */
};

struct gth_broker_options {
	struct gth_role_options role;
	const char *control;		       /* path of the socket for gotthardctl */
	const struct gth_relay_device *device; /* borrowed */
	const struct gth_restore *restored;    /* borrowed: failures of bringing back; or NULL */
	int ended;			       /* readable: end; -1: none */
	const int *watch_fd;		       /* points to the descriptor that wakes watch */
	enum gth_watch_result (*watch)(void);  /* in each turn, once a second or more; NULL: none */
	void (*reopen)(void);		       /* at SIGHUP: files of events; NULL: none */
	unsigned long (*events_turns)(void);   /* grows while events are written; NULL: none are */
	const struct gth_children_pace *pace;  /* borrowed; NULL: the usual one */
};

int gth_broker_signals(void);
int gth_broker_run(const struct gth_broker_options *o);

#endif /* GTH_DAEMON_BROKER_BROKER_H */
