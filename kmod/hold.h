/* SPDX-License-Identifier: GPL-2.0-only */
/* hold.h - an operation that waits for a verdict. */
#ifndef GTH_HOLD_H
#define GTH_HOLD_H

#include "entry.h"
#include "judge.h"

void gth_hold(struct gth_target *s, struct gth_inode_entry *entry, struct gth_judgement *j);

#endif /* GTH_HOLD_H */
