// SPDX-License-Identifier: GPL-2.0-or-later
/* frontier.c - a hash tree by the roots of its whole subtrees (see frontier.h). */
#include "lib/log/frontier.h"

#include <errno.h>
#include <string.h>

#include "lib/util/sha256.h"

#define HASH GTH_MERKLE_HASH

/**
 * gth_frontier_set() - from untrusted values
 * @size: leaves
 * @hashes: of the whole subtrees, the largest first
 * @len: of @hashes, in bytes
 *
 * Return: 0; -EBADMSG: a tree of this size does not have so many.
 */
int gth_frontier_set(struct gth_frontier *f, uint64_t size, const void *hashes, size_t len)
{
	if (size > INT64_MAX || len != gth_frontier_width(size) * (size_t)HASH)
		return -EBADMSG;
	memset(f, 0, sizeof(*f));
	f->size = size;
	if (len)
		memcpy(f->hash, hashes, len);
	return 0;
}

/* gth_frontier_add() - one more leaf. Return: 0; -EOVERFLOW; -ENOMEM: it is as it was. */
int gth_frontier_add(struct gth_frontier *f, const uint8_t leaf[HASH])
{
	unsigned int had = gth_frontier_width(f->size), n = had;
	uint8_t hash[HASH];
	int err = 0;

	if (f->size >= INT64_MAX)
		return -EOVERFLOW;
	memcpy(hash, leaf, HASH);
	for (uint64_t left = f->size; left & 1 && !err; left >>= 1)
		err = gth_merkle_node(f->hash[--n], hash, hash);
	if (err)
		return err;
	/* Joined hashes are cleared: one tree has one form. */
	memset(f->hash[n], 0, (had - n) * (size_t)HASH);
	memcpy(f->hash[n], hash, HASH);
	f->size++;
	return 0;
}

/* gth_frontier_root() - the root of the tree. Return: 0 or -ENOMEM. */
int gth_frontier_root(const struct gth_frontier *f, uint8_t out[HASH])
{
	unsigned int n = gth_frontier_width(f->size);
	int err = 0;

	if (!n)
		return gth_sha256("", 0, out);
	memcpy(out, f->hash[--n], HASH);
	while (n && !err)
		err = gth_merkle_node(f->hash[--n], out, out);
	return err;
}
