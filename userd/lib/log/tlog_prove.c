// SPDX-License-Identifier: GPL-2.0-or-later
/* tlog_prove.c - proofs about a log, from its tiles (see tlog.h; proof.h checks them). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/log/proof.h"
#include "lib/log/tile.h"

#define HASH GTH_MERKLE_HASH

/* The root of 2^@bits entries from @first on, which the log of @size has whole. */
static int subtree(int dirfd, uint64_t size, uint64_t first, unsigned int bits, uint8_t out[HASH])
{
	unsigned int level = bits / 8, n = 1U << bits % 8;
	uint64_t at = first >> (8 * level);
	struct gth_tile t = gth_tile_edge(size, (int)level);
	unsigned int skip = at % GTH_TILE_FULL;
	uint8_t *data;
	size_t len;
	int err;

	if (at / GTH_TILE_FULL < t.n)
		t.width = GTH_TILE_FULL;
	t.n = at / GTH_TILE_FULL;
	err = gth_tile_find(dirfd, &t, &data, &len);
	if (err < 0)
		return err == -ENOENT ? -EBADMSG : err;
	err = gth_merkle_row((const uint8_t(*)[HASH])data + skip, n, out);
	free(data);
	return err;
}

/* The root over the entries from @first to before @end, where @first is the beginning of a subtree.
 */
static int range(int dirfd, uint64_t size, uint64_t first, uint64_t end, uint8_t out[HASH])
{
	uint64_t left = end - first;
	uint8_t hash[HASH];
	int err = 0;

	/* From the right, where the subtrees are small. */
	for (bool any = false; left && !err; any = true) {
		unsigned int bits = (unsigned int)__builtin_ctzll(left);

		left &= left - 1;
		err = subtree(dirfd, size, first + left, bits, hash);
		if (!err && any)
			err = gth_merkle_node(hash, out, out);
		else if (!err)
			memcpy(out, hash, HASH);
	}
	return err;
}

/* How many of @n entries, 2 or more, are in the left half of their tree. */
static uint64_t half(uint64_t n)
{
	return 1ULL << (63 - __builtin_clzll(n - 1));
}

static void reverse(struct gth_tree_proof *p)
{
	uint8_t hash[HASH];

	for (unsigned int i = 0; i < p->n / 2; i++) {
		memcpy(hash, p->hash[i], HASH);
		memcpy(p->hash[i], p->hash[p->n - 1 - i], HASH);
		memcpy(p->hash[p->n - 1 - i], hash, HASH);
	}
}

/**
 * gth_tlog_prove_entry() - that an entry is in the log
 * @size: of the log, from its checkpoint
 * @index: of the entry, from 0 on
 *
 * Return: 0; -ENOENT: the log is shorter; -EBADMSG: a tile is missing or torn; or a negative errno.
 */
int gth_tlog_prove_entry(int dirfd, uint64_t size, uint64_t index, struct gth_tree_proof *p)
{
	uint64_t first = 0, end = size;
	int err = 0;

	p->n = 0;
	if (index >= size || size > INT64_MAX)
		return -ENOENT;
	while (end - first > 1 && !err) {
		uint64_t middle = first + half(end - first);

		if (index < middle) {
			err = range(dirfd, size, middle, end, p->hash[p->n++]);
			end = middle;
		} else {
			err = range(dirfd, size, first, middle, p->hash[p->n++]);
			first = middle;
		}
	}
	reverse(p);
	return err;
}

/**
 * gth_tlog_prove_older() - that the log continues what it was
 * @size: of the log, from its checkpoint
 * @older: its size then
 *
 * Return: 0; -ENOENT: the log is shorter; -EBADMSG: a tile is missing or torn; or a negative errno.
 */
int gth_tlog_prove_older(int dirfd, uint64_t size, uint64_t older, struct gth_tree_proof *p)
{
	uint64_t first = 0, end = size;
	int err = 0;

	p->n = 0;
	if (older > size || size > INT64_MAX)
		return -ENOENT;
	if (!older || older == size)
		return 0;
	while (older < end && !err) {
		uint64_t middle = first + half(end - first);

		if (older <= middle) {
			err = range(dirfd, size, middle, end, p->hash[p->n++]);
			end = middle;
		} else {
			err = range(dirfd, size, first, middle, p->hash[p->n++]);
			first = middle;
		}
	}
	/* The reader knows the root of the older tree where that is one subtree. */
	if (!err && first)
		err = range(dirfd, size, first, end, p->hash[p->n++]);
	reverse(p);
	return err;
}
