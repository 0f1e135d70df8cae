/* SPDX-License-Identifier: GPL-2.0-or-later */
/* retention.h - files go when they are done with, or when their time is over. */
#ifndef REGION_RETENTION_H
#define REGION_RETENTION_H

#include "region/region.h"

struct region_keeper {
	struct region *region;
	int incoming;
	uint64_t records;   /* seconds that the record of a submission is kept */
	uint64_t statement; /* seconds that a statement holds; 0: it is left as it is */
};

int region_sweep(struct region *r, int incoming);
int region_delete_ended(struct region *r, int incoming);
void *region_keep(void *keeper); /* a thread, until the region stops */

#endif /* REGION_RETENTION_H */
