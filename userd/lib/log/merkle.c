// SPDX-License-Identifier: GPL-2.0-or-later
/* merkle.c - the hash tree of RFC 6962 (see merkle.h). */
#include "lib/log/merkle.h"

#include <stdbool.h>
#include <string.h>

#include "lib/util/sha256.h"

#define HASH GTH_MERKLE_HASH

/* The hash of an entry: SHA-256 of 0x00 and its bytes. Return: 0 or -ENOMEM. */
int gth_merkle_leaf(const void *entry, size_t len, uint8_t out[HASH])
{
	static const uint8_t prefix;
	struct gth_sha256 h;
	int err = gth_sha256_init(&h);

	if (!err)
		err = gth_sha256_update(&h, &prefix, 1);
	if (!err)
		err = gth_sha256_update(&h, entry, len);
	if (!err)
		err = gth_sha256_final(&h, out);
	gth_sha256_free(&h);
	return err;
}

/* SHA-256 of 0x01, @left and @right. @out may be one of them. Return: 0 or -ENOMEM. */
int gth_merkle_node(const uint8_t left[HASH], const uint8_t right[HASH], uint8_t out[HASH])
{
	uint8_t bytes[1 + 2 * HASH] = { 1 };

	memcpy(bytes + 1, left, HASH);
	memcpy(bytes + 1 + HASH, right, HASH);
	return gth_sha256(bytes, sizeof(bytes), out);
}

/* The root over a row of @n hashes, @n a power of two up to 256. Return: 0 or -ENOMEM. */
int gth_merkle_row(const uint8_t (*hash)[HASH], size_t n, uint8_t out[HASH])
{
	uint8_t row[GTH_MERKLE_WIDTH][HASH];
	int err = 0;

	memcpy(row, hash, n * HASH);
	for (; n > 1 && !err; n /= 2)
		for (size_t i = 0; i < n / 2 && !err; i++)
			err = gth_merkle_node(row[2 * i], row[2 * i + 1], row[i]);
	memcpy(out, row[0], HASH);
	return err;
}

/**
 * gth_merkle_stage() - put leaves behind the edge
 * @m: its size does not change: adding @n to it is what adds the leaves
 * @leaf: their hashes
 * @n: 1 or more, all of which go into the last tile of level 0
 *
 * Leaves that were staged and not added are as if they had never been.
 * Return: how many levels, from 0 on, got hashes: @n at level 0, one at each other
 * (all of them but the last one are full with it); or -ENOMEM.
 */
int gth_merkle_stage(struct gth_merkle *m, const uint8_t (*leaf)[HASH], unsigned int n)
{
	int level = 0, err;

	memcpy(m->hash[0][gth_merkle_width(m->size, 0)], leaf, n * (size_t)HASH);
	while (level + 1 < GTH_MERKLE_LEVELS &&
	       gth_merkle_width(m->size, level) + (level ? 1 : n) == GTH_MERKLE_WIDTH) {
		err = gth_merkle_row(m->hash[level], GTH_MERKLE_WIDTH,
				     m->hash[level + 1][gth_merkle_width(m->size, level + 1)]);
		if (err)
			return err;
		level++;
	}
	return level + 1;
}

/* The root of the first @size leaves: the edge's size, or so many more as are staged. */
int gth_merkle_root(const struct gth_merkle *m, uint64_t size, uint8_t out[HASH])
{
	uint8_t left[HASH];
	bool any = false;
	int err = 0;

	if (!size)
		return gth_sha256("", 0, out);
	/* From the right: each set bit of the size is a whole subtree, the smallest ones last. */
	for (int level = 0; level < GTH_MERKLE_LEVELS && !err; level++) {
		unsigned int width = gth_merkle_width(size, level);

		while (width && !err) {
			unsigned int n = width & -width;

			width -= n;
			err = gth_merkle_row(&m->hash[level][width], n, left);
			if (!err && any)
				err = gth_merkle_node(left, out, out);
			else if (!err)
				memcpy(out, left, HASH);
			any = true;
		}
	}
	return err;
}
