/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sandbox.h - a child of the daemon gives up its rights before it reads foreign bytes. */
#ifndef GTH_DAEMON_SANDBOX_H
#define GTH_DAEMON_SANDBOX_H

#include "daemon/role.h"

int gth_sandbox_become(const char *user);
int gth_sandbox_enclose(enum gth_role role);

#endif /* GTH_DAEMON_SANDBOX_H */
