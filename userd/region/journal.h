/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * journal.h - how far the journals of endpoints have come, as they sign it in their
 * submissions: one that comes less far later was deleted or rolled back.
 */
#ifndef REGION_JOURNAL_H
#define REGION_JOURNAL_H

#include <jansson.h>

#include "lib/text/exchange.h"
#include "region/state.h"

int region_journal_told(struct region_state *s, const struct gth_submission *sub, uint64_t now);
int region_journal_back(struct region_state *s, json_t **list);

#endif /* REGION_JOURNAL_H */
