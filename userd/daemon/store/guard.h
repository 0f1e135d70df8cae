/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * guard.h - the facts that must outlive the database: state/guard, one small file with its own
 * checksum. It has the region's last statement, so that no older one is accepted, and the spent
 * part of the daily quota.
 */
#ifndef GTH_DAEMON_STORE_GUARD_H
#define GTH_DAEMON_STORE_GUARD_H

#include "daemon/store/db.h"

#define GTH_GUARD_FILE "guard"

struct gth_guard {
	struct gth_spent spent;
	char *statement; /* note; NULL: none yet. To be freed */
};

int gth_guard_read(int dirfd, struct gth_guard *g);
int gth_guard_write(int dirfd, const struct gth_guard *g);

#endif /* GTH_DAEMON_STORE_GUARD_H */
