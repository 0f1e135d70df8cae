/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unpack.h - finds packed content that the engine has not scanned.
 *
 * A process of its own (this program, run again) reads the file's archives to their ends. It has
 * the file in memory, and a file to write to; it can do nothing else. If an attacker controls it,
 * it can at most report success: then the engine's finding stays.
 */
#ifndef REGION_UNPACK_H
#define REGION_UNPACK_H

#include <stdatomic.h>
#include <stdint.h>

#include "region/clamd.h"

#define REGION_UNPACK_ROLE "gotthard-region: unpack" /* argv[0] */
#define REGION_UNPACK_NO_SPACE 20 /* exit status; a lower one is enum region_packed */

int region_unpack(int plain, int unpacked, uint64_t limit, struct region_finding *f,
		  const atomic_bool *stop);
int region_unpack_role(int argc, char **argv);

#endif /* REGION_UNPACK_H */
