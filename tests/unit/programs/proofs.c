// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * proofs.c - proofs of logs of 1 to 300 entries, each checked by us, for tests/unit/proof_check; a
 * proof that was damaged, or is of another entry or size, must not hold.
 */
#include <stdbool.h>

#include "lib/log/proof.h"
#include "lib/util/base64.h"
#include "tests/unit/tlog_dir.h"

#define MOST 300

static uint8_t leaf[MOST][GTH_MERKLE_HASH];
static struct gth_tree tree[MOST + 1];

static void check(bool right, const char *what, uint64_t size, uint64_t other)
{
	if (right)
		return;
	fprintf(stderr, "%s: size %llu, %llu\n", what, (unsigned long long)size,
		(unsigned long long)other);
	exit(1);
}

static void put(const uint8_t hash[GTH_MERKLE_HASH])
{
	char text[GTH_BASE64_LEN(GTH_MERKLE_HASH) + 1];

	gth_base64_encode(text, hash, GTH_MERKLE_HASH);
	printf(" %s", text);
}

static void print(const char *kind, uint64_t size, uint64_t other, const uint8_t *second,
		  const struct gth_tree_proof *p)
{
	printf("%s %llu %llu", kind, (unsigned long long)size, (unsigned long long)other);
	put(tree[size].root);
	put(second);
	for (unsigned int i = 0; i < p->n; i++)
		put(p->hash[i]);
	putchar('\n');
}

static void entry(int dir, uint64_t size, uint64_t index)
{
	struct gth_tree_proof p;

	check(!gth_tlog_prove_entry(dir, size, index, &p), "prove entry", size, index);
	check(!gth_proof_check_entry(&p, &tree[size], index, leaf[index]), "entry", size, index);
	print("entry", size, index, leaf[index], &p);
	check(index + 1 == MOST ||
		      gth_proof_check_entry(&p, &tree[size], index, leaf[index + 1]) != 0,
	      "other entry", size, index);
	check(size == 1 || gth_proof_check_entry(&p, &tree[size], index ^ 1, leaf[index]) != 0,
	      "other index", size, index);
	check(gth_proof_check_entry(&p, &tree[size], size, leaf[index]) != 0, "index beyond", size,
	      index);
	for (unsigned int i = 0; i < p.n; i++) {
		p.hash[i][i % 32] ^= 1;
		check(gth_proof_check_entry(&p, &tree[size], index, leaf[index]) != 0, "damaged",
		      size, index);
		p.hash[i][i % 32] ^= 1;
	}
	p.n++;
	check(gth_proof_check_entry(&p, &tree[size], index, leaf[index]) != 0, "a hash more", size,
	      index);
	p.n -= 2;
	check(size == 1 || gth_proof_check_entry(&p, &tree[size], index, leaf[index]) != 0,
	      "a hash less", size, index);
}

static void older(int dir, uint64_t size, uint64_t then)
{
	struct gth_tree other = tree[then];
	struct gth_tree_proof p;

	check(!gth_tlog_prove_older(dir, size, then, &p), "prove older", size, then);
	check(!gth_proof_check_older(&p, &tree[then], &tree[size]), "older", size, then);
	if (then)
		print("older", size, then, tree[then].root, &p);
	other.root[then % 32] ^= 1;
	check(gth_proof_check_older(&p, &other, &tree[size]) != 0, "fork", size, then);
	check(then == size || gth_proof_check_older(&p, &tree[size], &tree[then]) != 0, "rollback",
	      size, then);
	for (unsigned int i = 0; i < p.n; i++) {
		p.hash[i][i % 32] ^= 1;
		check(gth_proof_check_older(&p, &tree[then], &tree[size]) != 0, "damaged", size,
		      then);
		p.hash[i][i % 32] ^= 1;
	}
	p.n++;
	check(gth_proof_check_older(&p, &tree[then], &tree[size]) != 0, "a hash more", size, then);
}

int main(void)
{
	uint8_t data[16];
	char path[PATH_MAX];
	int dir = scratch_dir(path);
	struct gth_signer s;

	if (gth_signer_create(&s, "proofs.example") || !grow(dir, &s, 0, MOST))
		return 1;
	for (uint64_t n = 0; n <= MOST; n++) {
		tree[n].size = n;
		check(!gth_tlog_root(dir, n, tree[n].root), "root", n, 0);
		if (n < MOST)
			check(!gth_merkle_leaf(data, make_entry(n, data), leaf[n]), "leaf", n, 0);
	}
	/* All of the small ones, and around a full tile; of the others a few of each size. */
	for (uint64_t n = 1; n <= MOST; n++) {
		uint64_t step = n <= 40 || (n >= 255 && n <= 258) ? 1 : 29;

		for (uint64_t i = 0; i < n; i += step)
			entry(dir, n, i);
		entry(dir, n, n - 1);
		for (uint64_t i = 0; i <= n; i += step)
			older(dir, n, i);
		older(dir, n, n - 1);
	}
	close(dir);
	remove_tree(path);
	return 0;
}
