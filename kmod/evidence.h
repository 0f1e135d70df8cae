/* SPDX-License-Identifier: GPL-2.0-only */
/* evidence.h - what the sources know of a digest, and which of them counts. */
#ifndef GTH_EVIDENCE_H
#define GTH_EVIDENCE_H

#include <linux/gotthard.h>
#include <linux/types.h>

u8 gth_evidence_find(u8 domain, const u8 digest[GTH_DIGEST_SIZE], u8 *source);

#endif /* GTH_EVIDENCE_H */
