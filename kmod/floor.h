/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * floor.h - the highest release of each database name; an older one is not loaded.
 *
 * It outlives the table that set it, and a reboot too: user space keeps the list and
 * raises the floors again before the first load.
 */
#ifndef GTH_FLOOR_H
#define GTH_FLOOR_H

#include <linux/gotthard.h>
#include <linux/types.h>

#include "core/manifest.h"

int gth_floor_check(const struct gth_manifest *m, bool rollback);
void gth_floor_note(const struct gth_manifest *m, bool rollback);
int gth_floor_raise(const struct gth_floor *f);
void gth_floor_list(struct gth_floors *list);

#endif /* GTH_FLOOR_H */
