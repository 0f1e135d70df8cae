/* SPDX-License-Identifier: GPL-2.0-or-later */
/* table_load.h - a release is proved, loaded, kept and recorded. */
#ifndef GTH_CTL_TABLE_LOAD_H
#define GTH_CTL_TABLE_LOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "table_proof.h"
#include "lib/host/table_dir.h"
#include "lib/release/history.h"

/* The wish of the user, and the record of it. */
struct ctl_load {
	bool keep, yes, update;
	struct ctl_proof proof;
	struct gth_history_act act; /* why is set; evidence is added */
};

int ctl_load(int device, struct ctl_load *l, const char *manifest,
	     const struct gth_table_files *files);
int ctl_roll_back(int device, struct ctl_load *l, uint64_t version);

#endif /* GTH_CTL_TABLE_LOAD_H */
