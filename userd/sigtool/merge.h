/* SPDX-License-Identifier: GPL-2.0-or-later */
/* merge.h - merges the sorted runs of a file. */
#ifndef SIGTOOL_MERGE_H
#define SIGTOOL_MERGE_H

#include <linux/gotthard.h>
#include <stddef.h>

#include "sigtool/sorter.h"

#define MERGE_BUFFER_MIN 4096 /* bytes for each run */

int merge_runs(int fd, const struct sorter_run *run, size_t runs, void *memory, size_t size,
	       int (*take)(void *ctx, const struct gth_record *rec), void *ctx);

#endif /* SIGTOOL_MERGE_H */
