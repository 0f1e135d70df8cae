/* SPDX-License-Identifier: GPL-2.0-or-later */
/* logged.h - releases that a log has: its entries, which are manifests. */
#ifndef REGION_LOGGED_H
#define REGION_LOGGED_H

#include <stdbool.h>
#include <stdint.h>

#include "core/manifest.h"

struct region_logged {
	bool any;	/* there is one */
	uint64_t index; /* of the entry, from 0 on */
	struct gth_manifest m;
	uint8_t digest[GTH_DIGEST_SIZE]; /* SHA-256 of the manifest's text */
};

int region_logged_find(int log, uint64_t size, const char *name, uint64_t version,
		       struct region_logged *last, struct region_logged *found);

#endif /* REGION_LOGGED_H */
