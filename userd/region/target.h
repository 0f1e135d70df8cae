/* SPDX-License-Identifier: GPL-2.0-or-later */
/* target.h - what a request asks for: its target and its fields, as a stranger wrote them. */
#ifndef REGION_TARGET_H
#define REGION_TARGET_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/text/fields.h"
#include "region/verdicts.h"

#define REGION_WAIT_MAX 30 /* seconds */

enum region_resource {
	REGION_NOWHERE,
	REGION_STATEMENT,  /* /v1/region */
	REGION_FILE,	   /* /v1/files/sha256:HEX */
	REGION_SUBMISSION, /* /v1/submissions/UUID */
	REGION_VERDICTS,   /* /v1/verdicts */
	REGION_STATISTICS, /* /v1/statistics */
};

struct region_target {
	enum region_resource what;
	uint8_t digest[32];
	char id[GTH_UUID_SIZE];
	unsigned int wait;		 /* seconds; 0: not at all */
	char cursor[REGION_CURSOR_SIZE]; /* empty: from the beginning */
};

int region_target_parse(struct region_target *t, const char *uri);
int region_offset_parse(const char *field, uint64_t *offset);
int region_complete_parse(const char *field, bool *complete);
int region_repr_digest_parse(const char *field, uint8_t digest[32]);
bool region_type_is(const char *field, const char *type);

#endif /* REGION_TARGET_H */
