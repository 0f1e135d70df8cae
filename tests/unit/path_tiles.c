// SPDX-License-Identifier: GPL-2.0-or-later
/* path_tiles.c - a witness needs no other tiles of a log than these, and finds one that was
 * changed.
 */
#include <errno.h>

#include "lib/log/proof.h"
#include "region/path_tiles.h"
#include "tests/unit/random.h"
#include "tests/unit/tlog_dir.h"

#include "tests/unit/tap.h"

#define SIZE 66000 /* three levels of tiles */
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static int whole; /* the log */

static void must(bool right)
{
	if (!right)
		abort();
}

static void make_log(char path[PATH_MAX])
{
	struct gth_signer key;
	struct gth_tlog *log;

	whole = scratch_dir(path);
	must(!gth_signer_create(&key, "example.org/log") &&
	     !gth_tlog_open_public(&log, whole, &key));
	for (uint64_t size; (size = gth_tlog_size(log)) < SIZE;)
		must(!append_entries(log, size, SIZE - size < 500 ? SIZE - size : 500, NULL));
	gth_tlog_close(log);
}

/* The tiles that a witness asks for, and no other file. Return: how many are full. */
static unsigned int copy_tiles(int to, uint64_t size, uint64_t older)
{
	struct gth_tile tiles[REGION_PATH_TILES];
	unsigned int n = region_path_tiles(size, older, tiles), full = 0;
	char path[GTH_TILE_PATH_SIZE];
	uint8_t *data;
	size_t len;

	must(n <= COUNT(tiles));
	for (unsigned int i = 0; i < n; i++) {
		must(gth_tile_find(whole, &tiles[i], &data, &len) >= 0);
		gth_tile_path(&tiles[i], path);
		must(!gth_tile_make_dirs(to, path, 0700, false) &&
		     write_whole(to, path, data, len));
		free(data);
		full += tiles[i].width == GTH_TILE_FULL;
	}
	return full;
}

static struct gth_tree tree_of(int dir, uint64_t size)
{
	struct gth_tree t = { .size = size };

	must(!gth_tlog_root(dir, size, t.root));
	return t;
}

static bool shown(int dir, uint64_t size, uint64_t older)
{
	struct gth_tree now = tree_of(whole, size), then = tree_of(whole, older), here;
	struct gth_tree_proof proof;

	if (gth_tlog_root(dir, size, here.root) || memcmp(here.root, now.root, sizeof(now.root)))
		return false;
	return !older || (!gth_tlog_prove_older(dir, size, older, &proof) &&
			  !gth_proof_check_older(&proof, &then, &now));
}

/* Each full tile, with a bit flipped. */
static bool finds_changes(int dir, uint64_t size, uint64_t older)
{
	struct gth_tile tiles[REGION_PATH_TILES];
	unsigned int n = region_path_tiles(size, older, tiles);
	char path[GTH_TILE_PATH_SIZE];
	bool good = !region_path_check(dir, size, older);

	for (unsigned int i = 0; i < n && good; i++) {
		size_t len = 0, at = random_u64() % (GTH_TILE_FULL * GTH_MERKLE_HASH);
		uint8_t *data;

		if (tiles[i].width != GTH_TILE_FULL)
			continue;
		gth_tile_path(&tiles[i], path);
		data = read_whole(dir, path, &len);
		must(data && at < len);
		data[at] ^= 1;
		must(write_whole(dir, path, data, len));
		good = region_path_check(dir, size, older) == -EBADMSG;
		data[at] ^= 1;
		must(write_whole(dir, path, data, len));
		free(data);
	}
	return good;
}

static unsigned int changed; /* tiles in which a bit was flipped */

static bool good_pair(uint64_t size, uint64_t older)
{
	char path[PATH_MAX];
	int dir = scratch_dir(path);
	bool good;

	changed += copy_tiles(dir, size, older);
	good = shown(dir, size, older) && finds_changes(dir, size, older);
	if (!good)
		tap_note("%llu of %llu", (unsigned long long)older, (unsigned long long)size);
	close(dir);
	remove_tree(path);
	return good;
}

int main(void)
{
	static const uint64_t sizes[] = { 1,	 2,	3,     255,   256,   257,   511,
					  512,	 513,	1000,  32767, 32768, 65279, 65280,
					  65281, 65535, 65536, 65537, 65792, 65793, SIZE };
	unsigned int bad = 0, none = 0;
	char path[PATH_MAX];

	random_start();
	make_log(path);
	for (size_t i = 0; i < COUNT(sizes); i++)
		for (size_t j = 0; j <= i; j++)
			bad += !good_pair(sizes[i], sizes[j]);
	tap_is(bad, 0, "at_the_edges_of_tiles");
	for (bad = 0; none < COUNT(sizes); none++)
		bad += !good_pair(sizes[none], 0);
	tap_is(bad, 0, "the_root_alone");
	bad = 0;
	for (int i = 0; i < 300; i++) {
		uint64_t size = 1 + random_u64() % SIZE;

		bad += !good_pair(size, 1 + random_u64() % size);
	}
	tap_is(bad, 0, "of_random_sizes");
	tap_note("%u tiles changed", changed);
	tap_ok(changed > 300, "changed_tiles_were_found");
	close(whole);
	remove_tree(path);
	return tap_done();
}
