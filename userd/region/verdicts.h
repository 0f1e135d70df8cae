/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * verdicts.h - verdicts about files, one for a digest, in the order of their
 * issue: a new verdict about a file moves it to the end.
 */
#ifndef REGION_VERDICTS_H
#define REGION_VERDICTS_H

#include <jansson.h>

#include "lib/text/exchange.h"
#include "region/state.h"

#define REGION_VERDICTS_MAX 48 /* in one answer: endpoints take 64 KiB */

int region_verdict_put(struct region_state *s, const struct gth_region_verdict *v,
		       const char *note);
int region_verdict_get(struct region_state *s, const uint8_t digest[GTH_DIGEST_SIZE], uint64_t now,
		       char **note);
int region_verdict_list(struct region_state *s, const char *cursor, uint64_t now, json_t **page);
int region_verdict_prune(struct region_state *s, uint64_t before);

int region_statistic_add(struct region_state *s, const json_t *counts, uint64_t now);
int region_statistic_prune(struct region_state *s, uint64_t now, uint64_t days);

#endif /* REGION_VERDICTS_H */
