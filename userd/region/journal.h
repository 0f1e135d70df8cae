/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * journal.h - the sizes of endpoints' journals, as they sign them in submissions and send them in
 * look-ups: a journal that is shorter later was deleted or rolled back.
 */
#ifndef REGION_JOURNAL_H
#define REGION_JOURNAL_H

#include <jansson.h>

#include "lib/text/journal_field.h"
#include "region/state.h"

int region_journal_told(struct region_state *s, const char *endpoint,
			const struct gth_journal_field *told, uint64_t now);
void region_journal_looked_up(struct region_state *s, const char *endpoint,
			      const struct gth_journal_field *told, uint64_t now);
int region_journal_back(struct region_state *s, json_t **list);

#endif /* REGION_JOURNAL_H */
