// SPDX-License-Identifier: GPL-2.0-or-later
/* proof.c - proofs about trees, checked (see proof.h), by the algorithms of RFC 9162, section 2.1.
 */
#include "lib/log/proof.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#define HASH GTH_MERKLE_HASH

/* A place in the tree on its way to the root: its number in its row, and that of the last one. */
struct place {
	uint64_t at, last;
};

/* Whether the hash of the proof is the left one; moves the place past the rows without a neighbour.
 */
static bool neighbour_is_left(struct place *p)
{
	bool left = p->at & 1 || p->at == p->last;

	while (left && !(p->at & 1) && p->at) {
		p->at >>= 1;
		p->last >>= 1;
	}
	p->at >>= 1;
	p->last >>= 1;
	return left;
}

/**
 * gth_proof_check_entry() - is an entry in a tree?
 * @index: its number, from 0 on
 * @leaf: its hash (gth_merkle_leaf())
 *
 * Return: 0; -EBADMSG: the proof does not show it; -ENOMEM.
 */
int gth_proof_check_entry(const struct gth_tree_proof *p, const struct gth_tree *tree,
			  uint64_t index, const uint8_t leaf[HASH])
{
	struct place place = { index, tree->size - 1 };
	uint8_t root[HASH];
	int err = 0;

	if (index >= tree->size || p->n > GTH_PROOF_MAX)
		return -EBADMSG;
	memcpy(root, leaf, HASH);
	for (unsigned int i = 0; i < p->n && !err; i++) {
		if (!place.last)
			return -EBADMSG;
		if (neighbour_is_left(&place))
			err = gth_merkle_node(p->hash[i], root, root);
		else
			err = gth_merkle_node(root, p->hash[i], root);
	}
	if (!err && (place.last || memcmp(root, tree->root, HASH) != 0))
		err = -EBADMSG;
	return err;
}

/* @first: the root of the largest whole subtree at the end of the older tree */
static int check_path(const struct gth_tree_proof *p, unsigned int i, const uint8_t first[HASH],
		      const struct gth_tree *older, const struct gth_tree *tree)
{
	struct place place = { older->size - 1, tree->size - 1 };
	uint8_t old_root[HASH], root[HASH];
	int err = 0;

	while (place.at & 1) {
		place.at >>= 1;
		place.last >>= 1;
	}
	memcpy(old_root, first, HASH);
	memcpy(root, first, HASH);
	for (; i < p->n && !err; i++) {
		if (!place.last)
			return -EBADMSG;
		if (neighbour_is_left(&place)) {
			err = gth_merkle_node(p->hash[i], old_root, old_root);
			if (!err)
				err = gth_merkle_node(p->hash[i], root, root);
		} else {
			err = gth_merkle_node(root, p->hash[i], root);
		}
	}
	if (!err && (place.last || memcmp(root, tree->root, HASH) != 0 ||
		     memcmp(old_root, older->root, HASH) != 0))
		err = -EBADMSG;
	return err;
}

/**
 * gth_proof_check_older() - is a tree the beginning of another one?
 * @older: of any size; every tree continues the one of no entries
 *
 * Return: 0; -EBADMSG: the proof does not show it; -ENOMEM.
 */
int gth_proof_check_older(const struct gth_tree_proof *p, const struct gth_tree *older,
			  const struct gth_tree *tree)
{
	uint8_t empty[HASH];
	int err;

	if (older->size > tree->size || p->n > GTH_PROOF_MAX)
		return -EBADMSG;
	if (!older->size) {
		err = gth_merkle_root(&(struct gth_merkle) { 0 }, 0, empty);
		return err ? err : p->n || memcmp(empty, older->root, HASH) != 0 ? -EBADMSG : 0;
	}
	if (older->size == tree->size)
		return p->n || memcmp(older->root, tree->root, HASH) != 0 ? -EBADMSG : 0;
	/* A power of two is a whole subtree, whose root is known. */
	if (!(older->size & (older->size - 1)))
		return check_path(p, 0, older->root, older, tree);
	return p->n ? check_path(p, 1, p->hash[0], older, tree) : -EBADMSG;
}
