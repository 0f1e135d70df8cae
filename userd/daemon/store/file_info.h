/* SPDX-License-Identifier: GPL-2.0-or-later */
/* file_info.h - what consent.h wants to know, asked of the kernel. */
#ifndef GTH_DAEMON_FACTS_H
#define GTH_DAEMON_FACTS_H

#include <limits.h>
#include <linux/gotthard.h>

#include "daemon/store/consent.h"
#include "daemon/store/mime.h"

/* Facts, and the texts that they point to. */
struct gth_subject {
	struct gth_facts facts;
	char request_path[PATH_MAX], link[PATH_MAX];
	char filesystem[128], type[GTH_TYPE_SIZE];
};

void gth_facts_gather(struct gth_subject *s, const struct gth_request *r, int fd,
		      struct gth_types *types);
int gth_facts_owners(const struct gth_list *names, uid_t uids[GTH_CONFIG_LIST_MAX], size_t *n,
		     const char **unknown);

#endif /* GTH_DAEMON_FACTS_H */
