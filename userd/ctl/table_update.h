/* SPDX-License-Identifier: GPL-2.0-or-later */
/* table_update.h - the newest release of a log is loaded and kept; a pin holds it back. */
#ifndef GTH_CTL_TABLE_UPDATE_H
#define GTH_CTL_TABLE_UPDATE_H

#include <stdbool.h>
#include <stdint.h>

#include "table_load.h"

struct ctl_update {
	const char *log;    /* the directory of the log */
	const char *name;   /* of the database; NULL: that of the table in force */
	uint64_t freshness; /* s since a quorum of witnesses saw the log; 0: any number */
	bool allow_empty;
};

int ctl_update(int device, struct ctl_load *l, const struct ctl_update *u);
int ctl_pin(int device, struct gth_history_act *act, uint64_t version);
int ctl_unpin(int device, struct gth_history_act *act);

#endif /* GTH_CTL_TABLE_UPDATE_H */
