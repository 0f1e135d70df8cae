/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * merkle.h - the hash tree of RFC 6962, section 2.1, in rows of tiles.
 *
 * A tile of level L is a row of up to 256 hashes, each the root of 256^L leaves.
 * The right edge, the last tile of each level as far as it is filled, is enough
 * to add leaves and to tell the root.
 */
#ifndef GTH_LIB_LOG_MERKLE_H
#define GTH_LIB_LOG_MERKLE_H

#include <stddef.h>
#include <stdint.h>

#define GTH_MERKLE_HASH 32
#define GTH_MERKLE_WIDTH 256 /* hashes in a full tile */
#define GTH_MERKLE_LEVELS 8  /* of tiles: for any number of leaves below 2^64 */

struct gth_merkle {
	uint64_t size; /* leaves */
	uint8_t hash[GTH_MERKLE_LEVELS][GTH_MERKLE_WIDTH][GTH_MERKLE_HASH];
};

/* How many hashes the edge of @level has: 0 to 255. */
static inline unsigned int gth_merkle_width(uint64_t size, int level)
{
	return size >> (8 * level) & (GTH_MERKLE_WIDTH - 1);
}

int gth_merkle_leaf(const void *entry, size_t len, uint8_t out[GTH_MERKLE_HASH]);
int gth_merkle_node(const uint8_t left[GTH_MERKLE_HASH], const uint8_t right[GTH_MERKLE_HASH],
		    uint8_t out[GTH_MERKLE_HASH]);
int gth_merkle_row(const uint8_t (*hash)[GTH_MERKLE_HASH], size_t n, uint8_t out[GTH_MERKLE_HASH]);
int gth_merkle_stage(struct gth_merkle *m, const uint8_t (*leaf)[GTH_MERKLE_HASH], unsigned int n);
int gth_merkle_root(const struct gth_merkle *m, uint64_t size, uint8_t out[GTH_MERKLE_HASH]);

#endif /* GTH_LIB_LOG_MERKLE_H */
