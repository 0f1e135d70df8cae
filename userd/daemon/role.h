/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * role.h - the daemon's processes: their names, the descriptors they begin
 * with, and how one of them is started.
 *
 * A child is this very program, executed anew with --role: it shares no memory
 * with the broker. It finds its descriptors under fixed numbers, an empty
 * environment, and nothing else.
 */
#ifndef GTH_DAEMON_ROLE_H
#define GTH_DAEMON_ROLE_H

#include <stdbool.h>
#include <sys/types.h>

#include "lib/host/config.h"

enum gth_role { GTH_ROLE_BROKER, GTH_ROLE_STORE, GTH_ROLE_COURIER, GTH_ROLE_DIALER, GTH_ROLES };

/*
 * Standard input and output are /dev/null, standard error is the broker's. A
 * number that a role has no use for is closed.
 */
enum gth_role_fd {
	GTH_FD_BROKER = 3,   /* store: the broker */
	GTH_FD_COURIER = 4,  /* store: the courier */
	GTH_FD_CONTROL = 5,  /* store: the listening control socket; may be closed */
	GTH_FD_SETTINGS = 6, /* all: the settings (settings.h); closed once they are read */
	GTH_FD_PULSE =
		7, /* all: a pipe, in which each shows the broker that it goes on (pulse.h) */
	GTH_FD_STORE = 3,  /* courier: the store */
	GTH_FD_DIALER = 4, /* courier: the dialer */
	GTH_FD_CLIENT = 3, /* dialer: the courier */
	GTH_FD_DEVICE = 8, /* all: /dev/gotthard; while it is open this process is never held */
	GTH_FD_END = 9	   /* from here on all is closed */
};

struct gth_role_options {
	const char *config; /* file; the broker alone reads it */
	const char *device; /* path; NULL: there is none (tests) */
};

extern const char *const gth_role_names[GTH_ROLES];

int gth_role_parse(const char *name, enum gth_role *role);
pid_t gth_role_start(enum gth_role role, const struct gth_role_options *o,
		     const int fds[GTH_FD_DEVICE]);
int gth_role_run(enum gth_role role, const struct gth_role_options *o);

/*
 * The work of each child. gth_*_prepare() runs with the broker's rights, and
 * reads nothing but what the broker gave it. gth_*_run() runs without those
 * rights. Return: 0 or -errno of preparing; the exit status of running.
 */
struct gth_settings;
int gth_store_prepare(struct gth_settings *settings);
int gth_store_run(const struct gth_settings *settings);
int gth_courier_prepare(struct gth_settings *settings);
int gth_courier_run(void);
int gth_dialer_prepare(struct gth_settings *settings);
int gth_dialer_run(void);

#endif /* GTH_DAEMON_ROLE_H */
