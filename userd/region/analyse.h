/* SPDX-License-Identifier: GPL-2.0-or-later */
/* analyse.h - from the queue to the verdict: decrypt, check, scan, sign. */
#ifndef REGION_ANALYSE_H
#define REGION_ANALYSE_H

#include <linux/gotthard.h>

#include "region/clamd.h"
#include "region/region.h"

struct region_analysis {
	struct region *region;
	const char *clamd;	      /* its socket */
	uint64_t valid[GTH_FINDINGS]; /* seconds that a verdict holds */
	uint64_t scan_limit;	      /* bytes, of region_probe() */
	uint64_t at_once;	      /* files of one endpoint */
	uint64_t spare;		      /* bytes of the disk, half of which scans leave free */
	int incoming, work;	      /* directories */

	pthread_mutex_t lock;	     /* of the members below; held while clamd is probed */
	struct region_engine probed; /* the engine of the last probe */
	uint64_t probe_due;	     /* of gth_monotonic_ms(); 0: now */
	int fit;		     /* the result of the last probe */
};

int region_verdict_issue(struct region *r, const uint8_t digest[GTH_DIGEST_SIZE],
			 const struct region_finding *f, const struct region_engine *e,
			 uint64_t valid, uint64_t now, char **note);
int region_engine_fit(struct region_analysis *a, const struct region_engine *e);
void *region_analyse(void *analysis); /* a thread, until the region stops */

#endif /* REGION_ANALYSE_H */
