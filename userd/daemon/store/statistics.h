/* SPDX-License-Identifier: GPL-2.0-or-later */
/* statistics.h - D5: counts, and the product's version. */
#ifndef GTH_DAEMON_STORE_STATISTICS_H
#define GTH_DAEMON_STORE_STATISTICS_H

#include "daemon/store/db.h"

int gth_statistics_text(struct gth_db *db, char **text);
int gth_statistics_sent(struct gth_db *db);
int gth_statistics_finding(struct gth_db *db, int finding);

#endif /* GTH_DAEMON_STORE_STATISTICS_H */
