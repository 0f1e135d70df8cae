/* SPDX-License-Identifier: GPL-2.0-or-later */
/* release_proof.h - the checkpoint of a log of releases, and proofs that lead to it. */
#ifndef REGION_RELEASE_PROOF_H
#define REGION_RELEASE_PROOF_H

#include <stdint.h>

#include "lib/log/tlog.h"

int region_checkpoint_load(int log, struct gth_verifier *key, struct gth_checkpoint *c,
			   char **note);
int region_proof_make(int log, const struct gth_checkpoint *c, const char *note, uint64_t index,
		      char **text);

#endif /* REGION_RELEASE_PROOF_H */
