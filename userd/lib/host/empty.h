/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * empty.h - the digest of the empty file, which a list of bad files has when one of them
 * was cut to nothing: then no empty file can be opened on the whole machine.
 *
 * SHA-256 only: of an empty file fs-verity has as many digests as there are salts and
 * sizes of blocks.
 */
#ifndef GTH_LIB_HOST_EMPTY_H
#define GTH_LIB_HOST_EMPTY_H

#include <linux/gotthard.h>
#include <linux/types.h>
#include <stdbool.h>

/* For printf, with the name of the class. */
#define GTH_EMPTY_TEXT                                                                             \
	"the digest of the empty file is listed as %s, and empty files could no longer be opened"

bool gth_empty_denied(u8 domain, u8 class, const u8 digest[GTH_DIGEST_SIZE]);
int gth_empty_find(int body, u8 *class);

#endif /* GTH_LIB_HOST_EMPTY_H */
