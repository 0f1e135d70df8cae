/* SPDX-License-Identifier: GPL-2.0-or-later */
/* query.h - questions of the broker. */
#ifndef GTH_DAEMON_STORE_QUERY_H
#define GTH_DAEMON_STORE_QUERY_H

#include <linux/gotthard.h>

struct gth_store;

void gth_query(struct gth_store *s, const struct gth_request *r, int fd);

#endif /* GTH_DAEMON_STORE_QUERY_H */
