/* SPDX-License-Identifier: GPL-2.0-or-later */
/* compare.h - the records in which two releases differ, in order. */
#ifndef SIGTOOL_COMPARE_H
#define SIGTOOL_COMPARE_H

#include "core/delta.h"
#include "lib/util/progress.h"
#include "sigtool/body_reader.h"

int compare_step(const struct gth_record *old, const struct gth_record *new,
		 struct gth_delta_record *out);
int compare_bodies(struct body_reader *old, struct body_reader *new,
		   int (*take)(void *ctx, const struct gth_delta_record *rec), void *ctx,
		   struct gth_progress *progress);

#endif /* SIGTOOL_COMPARE_H */
