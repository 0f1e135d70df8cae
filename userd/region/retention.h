/* SPDX-License-Identifier: GPL-2.0-or-later */
/* retention.h - deletes files when their submission has ended or their time is over. */
#ifndef REGION_RETENTION_H
#define REGION_RETENTION_H

#include "lib/text/exchange.h"
#include "region/region.h"

/* Files that cannot be deleted. */
struct region_stuck {
	uint64_t n;
	int err; /* of the first of them */
	char id[GTH_UUID_SIZE];
};

struct region_keeper {
	struct region *region;
	int incoming;
	uint64_t records;   /* seconds that the record of a submission is kept */
	uint64_t statement; /* seconds that a statement holds; 0: it is left as it is */
	uint64_t spare;	    /* bytes of the disk that uploads leave free */

	bool doubt;	 /* the machine's clock is not trusted */
	bool recovered;	 /* the submissions that were in progress at the start are queued */
	uint64_t pruned; /* Unix time */
	struct region_stuck stuck;
};

int region_sweep(struct region *r, int incoming);
int region_delete_ended(struct region *r, int incoming, struct region_stuck *stuck);
int region_keep_once(struct region_keeper *k);
void *region_keep(void *keeper); /* a thread, until the region stops */

#endif /* REGION_RETENTION_H */
