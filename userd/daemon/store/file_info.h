/* SPDX-License-Identifier: GPL-2.0-or-later */
/* file_info.h - collects the facts of consent.h from the kernel. */
#ifndef GTH_DAEMON_STORE_FILE_INFO_H
#define GTH_DAEMON_STORE_FILE_INFO_H

#include <limits.h>
#include <linux/gotthard.h>

#include "daemon/store/consent.h"
#include "daemon/store/mime.h"

/* Facts, and the texts that they point to. */
struct gth_subject {
	struct gth_file_info facts;
	char request_path[PATH_MAX], link[PATH_MAX];
	char filesystem[128], type[GTH_TYPE_SIZE];
};

void gth_file_info_gather(struct gth_subject *s, const struct gth_request *r, int fd,
			  struct gth_mime *types);

#endif /* GTH_DAEMON_STORE_FILE_INFO_H */
