/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * clock.h - the time that the region goes by: that of the machine, unless it has
 * jumped.
 *
 * The database keeps the time that was seen last. It passes as the machine's
 * uptime does; a machine's clock that is more than REGION_CLOCK_SLACK away from that
 * is not believed, in either direction, until its operator says that it is right. For
 * what is deleted, and what is signed, cannot be taken back.
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
