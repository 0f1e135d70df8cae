/* SPDX-License-Identifier: GPL-2.0-or-later */
/* owners.h - the users whose files are excluded, by name or number. */
#ifndef GTH_DAEMON_OWNERS_H
#define GTH_DAEMON_OWNERS_H

#include <stddef.h>
#include <sys/types.h>

#include "lib/host/config.h"

int gth_owners_parse(const struct gth_list *names, uid_t uids[GTH_CONFIG_LIST_MAX], size_t *n,
		     const char **unknown);

#endif /* GTH_DAEMON_OWNERS_H */
