/* SPDX-License-Identifier: GPL-2.0-or-later */
/* search.h - finds a record in a body on disk. */
#ifndef GTH_LIB_HOST_SEARCH_H
#define GTH_LIB_HOST_SEARCH_H

#include <linux/gotthard.h>
#include <linux/types.h>

int gth_search_body(int fd, u64 records, u8 domain, const u8 digest[GTH_DIGEST_SIZE], u8 *class,
		    u64 *at);
int gth_search_prefix(int fd, u64 records, u8 domain, const char *prefix, struct gth_record *found,
		      int max, u64 *at);

#endif /* GTH_LIB_HOST_SEARCH_H */
