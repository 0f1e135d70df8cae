// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * proof.c - proofs about logs of 1 to 300 entries: each holds, and none that was changed does.
 *
 * tests/unit/region_witness.sh has Go's logs judge such proofs.
 */
#include <errno.h>

#include "lib/log/proof.h"
#include "tests/unit/tap.h"
#include "tests/unit/tlog_dir.h"

#define MOST 300
#define HASH GTH_MERKLE_HASH

static struct gth_signer signer;
static uint8_t leaves[MOST][HASH];
static struct gth_tree trees[MOST + 1];

/* Numbers below @n, all of a small one. Return: the one after @i. */
static uint64_t next(uint64_t i, uint64_t n)
{
	uint64_t step = n / 24 + 1;

	return i + step < n || i >= n - 1 ? i + step : n - 1;
}

static bool make_all(int dir)
{
	uint8_t entry[16];
	int err = grow(dir, &signer, 0, MOST) ? 0 : -1;

	for (uint64_t i = 0; i < MOST && !err; i++)
		err = gth_merkle_leaf(entry, make_entry(i, entry), leaves[i]);
	for (uint64_t n = 0; n <= MOST && !err; n++) {
		trees[n].size = n;
		err = gth_tlog_root(dir, n, trees[n].root);
	}
	return !err;
}

static bool entry_holds(const struct gth_tree_proof *p, uint64_t n, uint64_t i)
{
	return !gth_proof_check_entry(p, &trees[n], i, leaves[i]);
}

static bool older_holds(const struct gth_tree_proof *p, uint64_t n, uint64_t older)
{
	return !gth_proof_check_older(p, &trees[older], &trees[n]);
}

/* Calls @holds for every change of the proof. Return: the number of those that hold. */
static int changed(const struct gth_tree_proof *p, uint64_t n, uint64_t i,
		   bool (*holds)(const struct gth_tree_proof *p, uint64_t n, uint64_t i))
{
	struct gth_tree_proof bad = *p;
	int held = 0;

	for (unsigned int at = 0; at < p->n; at++) {
		bad.hash[at][at % HASH] ^= 1;
		held += holds(&bad, n, i);
		bad.hash[at][at % HASH] ^= 1;
	}
	if (p->n) {
		bad.n--;
		held += holds(&bad, n, i);
	}
	if (p->n < GTH_PROOF_MAX) {
		bad.n = p->n + 1;
		memcpy(bad.hash[p->n], trees[n].root, HASH);
		held += holds(&bad, n, i);
	}
	bad.n = GTH_PROOF_MAX + 1;
	return held + holds(&bad, n, i);
}

static void test_entries(int dir)
{
	int made = 0, hold = 0, bad = 0, elsewhere = 0;
	struct gth_tree_proof p;

	for (uint64_t n = 1; n <= MOST; n++)
		for (uint64_t i = 0; i < n; i = next(i, n)) {
			made++;
			hold += !gth_tlog_prove_entry(dir, n, i, &p) && entry_holds(&p, n, i);
			bad += changed(&p, n, i, entry_holds);
			elsewhere += i && !gth_proof_check_entry(&p, &trees[n], i - 1, leaves[i]);
			elsewhere += !gth_proof_check_entry(&p, &trees[n], i + 1, leaves[i]);
			elsewhere += entry_holds(&p, n % MOST + 1, i) && n % MOST + 1 > i;
		}
	tap_is(hold, made, "every_entry_is_proved");
	tap_is(bad, 0, "no_changed_proof_of_an_entry_holds");
	tap_is(elsewhere, 0, "nor_one_of_another_place_or_tree");
	tap_is(gth_tlog_prove_entry(dir, 5, 5, &p), -ENOENT, "an_entry_that_is_not_there_has_none");
	tap_is(gth_proof_check_entry(&p, &trees[0], 0, leaves[0]), -EBADMSG,
	       "nothing_is_in_an_empty_tree");
}

static void test_older(int dir)
{
	int made = 0, hold = 0, bad = 0, fork = 0;
	struct gth_tree_proof p;

	for (uint64_t n = 1; n <= MOST; n++)
		for (uint64_t m = 1; m <= n; m = next(m, n + 1)) {
			struct gth_tree other = trees[m];

			made++;
			hold += !gth_tlog_prove_older(dir, n, m, &p) && older_holds(&p, n, m);
			bad += changed(&p, n, m, older_holds);
			other.root[7] ^= 4;
			fork += !gth_proof_check_older(&p, &other, &trees[n]);
		}
	tap_is(hold, made, "every_older_tree_is_proved");
	tap_is(bad, 0, "no_changed_proof_of_an_older_tree_holds");
	tap_is(fork, 0, "nor_one_of_a_fork");
	p.n = 0;
	tap_is(gth_proof_check_older(&p, &trees[0], &trees[9]), 0, "every_tree_continues_none");
	tap_is(gth_proof_check_older(&p, &(struct gth_tree) { 0 }, &trees[9]), -EBADMSG,
	       "whose_root_is_known_too");
	tap_is(gth_proof_check_older(&p, &trees[9], &trees[8]), -EBADMSG,
	       "a_smaller_tree_does_not");
	tap_is(gth_tlog_prove_older(dir, 8, 9, &p), -ENOENT, "there_is_no_proof_that_it_does");
}

static void test_damage(int dir)
{
	struct gth_tree_proof p;

	tap_ok(!unlinkat(dir, "tile/0/001.p/44", 0) &&
		       gth_tlog_prove_entry(dir, MOST, 299, &p) == -EBADMSG,
	       "a_missing_tile_is_found");
	tap_ok(write_whole(dir, "tile/0/001.p/44", "torn", 4) &&
		       gth_tlog_prove_entry(dir, MOST, 299, &p) == -EBADMSG,
	       "a_torn_tile_is_found");
	tap_is(gth_tlog_prove_entry(dir, 256, 17, &p), 0, "what_does_not_need_it_is_proved");
}

int main(void)
{
	char path[PATH_MAX];
	int dir = scratch_dir(path), status = 1;

	if (gth_signer_create(&signer, "test/proof") || !make_all(dir)) {
		fputs("the log is not made\n", stderr);
	} else {
		test_entries(dir);
		test_older(dir);
		test_damage(dir);
		status = tap_done();
	}
	close(dir);
	remove_tree(path);
	return status;
}
