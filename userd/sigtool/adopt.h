/* SPDX-License-Identifier: GPL-2.0-or-later */
/* adopt.h - puts a file beside the manifest that it is for, and the signature over it. */
#ifndef SIGTOOL_ADOPT_H
#define SIGTOOL_ADOPT_H

#include "lib/util/atomic.h"
#include "sigtool/database.h"
#include "sigtool/release.h"
#include "sigtool/signature.h"

int adopt_check(const struct database *from, char signer[SIGNER_SIZE]);
int adopt(struct release *r, struct gth_atomic *file, const struct database *from);

#endif /* SIGTOOL_ADOPT_H */
