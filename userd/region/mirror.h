/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mirror.h - what a witness needs of a log, fetched from the log's URL (docs/protocol.md). */
#ifndef REGION_MIRROR_H
#define REGION_MIRROR_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/log/note.h"

struct region_mirror {
	const char *url;      /* with or without the slash at its end */
	const char *endpoint; /* directory of gotthard-region enrol; NULL: no client certificate */
	const char *state;    /* the copy is in a directory of it */
	int dir;	      /* the copy; -1: there is none */
};

bool region_mirror_is_url(const char *log);
int region_mirror_fetch(struct region_mirror *m, const struct gth_verifier *key, uint64_t older);
void region_mirror_end(struct region_mirror *m);

#endif /* REGION_MIRROR_H */
