/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * frontier.h - the hash tree of RFC 6962 as who only appends to it needs it: the roots
 * of its whole subtrees, from the left. From them and the hashes of new leaves
 * follows every later root; from nothing else does one.
 */
#ifndef GTH_LIB_LOG_FRONTIER_H
#define GTH_LIB_LOG_FRONTIER_H

#include "lib/log/merkle.h"

#define GTH_FRONTIER_MAX 63 /* hashes: of a tree of less than 2^63 leaves */

struct gth_frontier {
	uint64_t size; /* leaves */
	uint8_t hash[GTH_FRONTIER_MAX][GTH_MERKLE_HASH];
};

/* How many hashes a tree of this size has. */
static inline unsigned int gth_frontier_width(uint64_t size)
{
	return (unsigned int)__builtin_popcountll(size);
}

int gth_frontier_set(struct gth_frontier *f, uint64_t size, const void *hashes, size_t len);
int gth_frontier_add(struct gth_frontier *f, const uint8_t leaf[GTH_MERKLE_HASH]);
int gth_frontier_root(const struct gth_frontier *f, uint8_t out[GTH_MERKLE_HASH]);

#endif /* GTH_LIB_LOG_FRONTIER_H */
