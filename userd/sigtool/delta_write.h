/* SPDX-License-Identifier: GPL-2.0-or-later */
/* delta_write.h - writes delta and manifest, both or none. */
#ifndef SIGTOOL_DELTA_WRITE_H
#define SIGTOOL_DELTA_WRITE_H

#include "sigtool/changes.h"
#include "sigtool/database.h"
#include "sigtool/release.h"

int delta_write_open(struct release *r, const char *dir, const struct database *new);
int delta_write(struct release *r, const struct changes *c, const struct database *old,
		const struct database *new);

#endif /* SIGTOOL_DELTA_WRITE_H */
