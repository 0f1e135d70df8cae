/* SPDX-License-Identifier: GPL-2.0-or-later */
/* floors.h - the highest release of each name: what the module says, and what is kept of it. */
#ifndef GTH_CTL_FLOORS_H
#define GTH_CTL_FLOORS_H

#include <stdbool.h>

#include <linux/gotthard.h>

void ctl_keep_floor(int device, const char *name, bool rollback);
unsigned long long ctl_floor(int device, const char *name);
bool ctl_floor_digest(int device, const char *name, unsigned long long version,
		      unsigned char digest[GTH_DIGEST_SIZE]);

#endif /* GTH_CTL_FLOORS_H */
