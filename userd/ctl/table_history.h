/* SPDX-License-Identifier: GPL-2.0-or-later */
/* table_history.h - what was done with the tables of this machine, recorded and shown. */
#ifndef GTH_CTL_TABLE_HISTORY_H
#define GTH_CTL_TABLE_HISTORY_H

#include <stdbool.h>

#include "lib/release/history.h"

void ctl_history_record(int device, enum gth_history_kind kind, const struct gth_info *table,
			struct gth_history_act *act);
bool ctl_history_of(int device, const struct gth_info *table, struct gth_history_act *act);
int ctl_history(void);

#endif /* GTH_CTL_TABLE_HISTORY_H */
