/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * proof.h - proofs about trees of RFC 6962, sections 2.1.1 and 2.1.2: that an entry is in a tree,
 * and that a tree is the beginning of a larger one. Pure; tlog.h makes them.
 */
#ifndef GTH_LIB_LOG_PROOF_H
#define GTH_LIB_LOG_PROOF_H

#include <stddef.h>
#include <stdint.h>

#include "lib/log/merkle.h"

#define GTH_PROOF_MAX 64 /* hashes, for trees of less than 2^63 entries */

struct gth_tree_proof {
	unsigned int n;
	uint8_t hash[GTH_PROOF_MAX][GTH_MERKLE_HASH];
};

struct gth_tree {
	uint64_t size; /* entries */
	uint8_t root[GTH_MERKLE_HASH];
};

int gth_proof_check_entry(const struct gth_tree_proof *p, const struct gth_tree *tree,
			  uint64_t index, const uint8_t leaf[GTH_MERKLE_HASH]);
int gth_proof_check_older(const struct gth_tree_proof *p, const struct gth_tree *older,
			  const struct gth_tree *tree);

#endif /* GTH_LIB_LOG_PROOF_H */
