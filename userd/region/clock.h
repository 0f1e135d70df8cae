/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * clock.h - the region's time: that of the machine's clock, unless that has jumped.
 *
 * The database keeps the time that was seen last, and the region adds the machine's uptime since. A
 * clock that differs from this by more than REGION_CLOCK_SLACK is not trusted, in either direction,
 * until the operator confirms it, because deletions and signatures cannot be undone.
 */
#ifndef REGION_CLOCK_H
#define REGION_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "region/state.h"

#define REGION_CLOCK_SLACK (2 * 86400) /* seconds */

uint64_t region_now(void); /* Unix time */
bool region_clock_doubt(uint64_t *machine, uint64_t *region);

int region_clock_load(struct region_state *s);
int region_clock_store(struct region_state *s);
int region_clock_accept(struct region_state *s, uint64_t retention);

#endif /* REGION_CLOCK_H */
