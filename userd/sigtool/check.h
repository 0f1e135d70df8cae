/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check.h - a body against its manifest, with the module's own code. */
#ifndef SIGTOOL_CHECK_H
#define SIGTOOL_CHECK_H

#include <linux/types.h>

#include "lib/util/progress.h"
#include "sigtool/database.h"

int check_body(const struct database *db, struct problem *p, u8 *empty,
	       struct gth_progress *progress);

#endif /* SIGTOOL_CHECK_H */
