/* SPDX-License-Identifier: GPL-2.0-or-later */
/* patch.h - a base and a delta to the body of the new release, in one pass. */
#ifndef SIGTOOL_PATCH_H
#define SIGTOOL_PATCH_H

#include "lib/util/progress.h"
#include "sigtool/body_reader.h"
#include "sigtool/delta_file.h"

int patch_bodies(struct body_reader *base, struct delta_file *delta, const struct gth_manifest *to,
		 int fd, struct problem *result, struct gth_progress *progress);

#endif /* SIGTOOL_PATCH_H */
