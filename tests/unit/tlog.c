// SPDX-License-Identifier: GPL-2.0-or-later
/* tlog.c - logs that grow: against a naive RFC 6962, and across tiles. */
#include <errno.h>

#include "lib/log/checkpoint.h"
#include "lib/log/merkle.h"
#include "lib/log/tile.h"
#include "lib/util/sha256.h"
#include "tests/unit/tap.h"
#include "tests/unit/tlog_dir.h"

#define MANY 600

static struct gth_signer signer;

/* RFC 6962, section 2.1, word for word. */
static void naive_root(uint64_t first, uint64_t n, uint8_t out[32])
{
	uint8_t bytes[1 + 64] = { 1 };
	uint64_t k = 1;

	if (!n) {
		gth_sha256("", 0, out);
	} else if (n == 1) {
		bytes[0] = 0;
		gth_sha256(bytes, 1 + make_entry(first, bytes + 1), out);
	} else {
		while (2 * k < n)
			k *= 2;
		naive_root(first, k, bytes + 1);
		naive_root(first + k, n - k, bytes + 33);
		gth_sha256(bytes, sizeof(bytes), out);
	}
}

static void count_file(const char *path, void *arg)
{
	(void)path;
	++*(int *)arg;
}

/* The checkpoint, the full tiles, and at each level the edge if it is not empty. */
static int wanted_files(uint64_t size)
{
	int n = 1;

	for (int level = GTH_TILE_ENTRIES; level < GTH_MERKLE_LEVELS; level++) {
		struct gth_tile t = gth_tile_edge(size, level);

		n += (int)t.n + !!t.width;
	}
	return n;
}

static void test_paths(void)
{
	static const struct {
		struct gth_tile t;
		const char *path;
	} cases[] = {
		{ { 0, 0, 256 }, "tile/0/000" },
		{ { 0, 0, 1 }, "tile/0/000.p/1" },
		{ { 1, 999, 255 }, "tile/1/999.p/255" },
		{ { 2, 1000, 256 }, "tile/2/x001/000" },
		{ { GTH_TILE_ENTRIES, 1234067, 256 }, "tile/entries/x001/x234/067" },
		{ { GTH_TILE_ENTRIES, 1234067, 8 }, "tile/entries/x001/x234/067.p/8" },
		{ { 7, UINT64_MAX >> 8, 9 }, "tile/7/x072/x057/x594/x037/x927/935.p/9" },
	};
	char path[GTH_TILE_PATH_SIZE];
	bool good = true;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		gth_tile_path(&cases[i].t, path);
		good &= !strcmp(path, cases[i].path);
	}
	tap_ok(good, "paths_are_those_of_c2sp_tlog_tiles");
}

static void test_growth(void)
{
	bool roots = true, origins = true, files = true, whole = true, reads = true;
	struct gth_checkpoint c;
	char path[PATH_MAX];
	int dir = scratch_dir(path);
	struct gth_tlog *log;
	uint8_t root[32], wanted[16];
	void *entry;
	size_t len;

	if (!tap_is(gth_tlog_open(&log, dir, &signer), 0, "empty_directory_becomes_log"))
		return;
	for (uint64_t n = 0; n <= MANY; n++) {
		int count = 0;

		roots &= !gth_tlog_checkpoint(dir, &signer.verifier, &c) && c.size == n;
		naive_root(0, n, root);
		roots &= !memcmp(root, c.root, 32);
		origins &= !strcmp(c.origin, signer.verifier.name);
		each_file(path, count_file, &count);
		files &= count == wanted_files(n);
		whole &= made_size(dir, &signer.verifier) == (long long)n;
		if (n) {
			uint64_t some = n * 2654435761U % n;

			reads &= !gth_tlog_read(dir, n, some, &entry, &len) &&
				 len == make_entry(some, wanted) && !memcmp(entry, wanted, len);
			free(entry);
		}
		if (append_entry(log, n))
			break;
	}
	tap_ok(roots, "root_of_each_size_is_that_of_rfc_6962");
	tap_ok(origins, "origin_is_the_signers_name");
	tap_ok(files, "superseded_partial_tiles_are_removed");
	tap_ok(whole, "log_of_each_size_verifies");
	tap_ok(reads, "entries_are_read_back");
	tap_is(gth_tlog_read(dir, 600, 600, &entry, &len), -ENOENT,
	       "entry_behind_the_end_is_not_there");
	gth_tlog_close(log);

	for (uint64_t n = MANY + 1; whole && n < MANY + 170; n++)
		whole &= grow(dir, &signer, n, n + 1);
	tap_ok(whole && made_size(dir, &signer.verifier) == MANY + 170,
	       "log_that_is_reopened_for_each_entry_grows");
	close(dir);
	remove_tree(path);
}

/* Many at once, as many as come: the log is the same as with one at a time. */
static void test_batches(void)
{
	unsigned int appends = 0, sizes[] = { 1, 3, 256, 40, 7, 255, 1, 2, 512, 9, 100 };
	struct gth_tlog_entry bad[2] = { { "a", 1 }, { "b", GTH_TLOG_ENTRY_MAX + 1 } };
	struct gth_checkpoint c;
	char path[PATH_MAX];
	int dir = scratch_dir(path), count = 0;
	bool roots = true;
	struct gth_tlog *log;
	uint64_t size = 0;
	uint8_t root[32];
	size_t added = 7;

	if (gth_tlog_open(&log, dir, &signer))
		return;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		roots &= !append_entries(log, size, sizes[i], &appends);
		size += sizes[i];
		naive_root(0, size, root);
		roots &= !gth_tlog_checkpoint(dir, &signer.verifier, &c) && c.size == size &&
			 !memcmp(root, c.root, 32);
		if (i % 3 == 2) {
			gth_tlog_close(log);
			roots &= !gth_tlog_open(&log, dir, &signer);
		}
	}
	tap_ok(roots, "many_at_once_hash_as_one_at_a_time");
	tap_is(made_size(dir, &signer.verifier), size, "and_every_entry_is_there");
	/* Each call's first, and one more at each end of a tile and for the first in the next. */
	tap_ok(appends < 11 + 2 * (size / 256 + 1),
	       "in_as_few_appends_as_there_are_calls_and_tiles");
	each_file(path, count_file, &count);
	tap_is(count, wanted_files(size), "and_no_file_is_left_that_it_does_not_need");
	tap_is(gth_tlog_append_all(log, bad, 2, &added), -EMSGSIZE, "one_too_long_adds_none");
	tap_ok(!added && gth_tlog_size(log) == size, "of_all_that_came_with_it");
	gth_tlog_close(log);
	close(dir);
	remove_tree(path);
}

/* A log of @size made entries, as if it had grown; tiles only. */
static bool build(int dir, uint64_t size)
{
	struct gth_merkle *m = calloc(1, sizeof(*m));
	uint8_t *entries = malloc((size_t)GTH_TILE_FULL * 16);
	struct gth_checkpoint c = { .size = size };
	char path[GTH_TILE_PATH_SIZE];
	size_t len = 0;
	bool visible, good = true;

	for (uint64_t i = 0; i < size && good; i++) {
		size_t n = make_entry(i, entries + len + 2);
		struct gth_tile t;
		uint8_t leaf[32];
		int levels;

		gth_merkle_leaf(entries + len + 2, n, leaf);
		entries[len++] = 0;
		entries[len++] = (uint8_t)n;
		len += n;
		levels = gth_merkle_stage(m, (const uint8_t(*)[32]) & leaf, 1);
		for (int level = GTH_TILE_ENTRIES; level < levels; level++) {
			t = gth_tile_edge(i, level);
			t.width++;
			if (t.width < GTH_TILE_FULL && i + 1 < size &&
			    (level <= 0 || size >> (8 * level) != (i + 1) >> (8 * level)))
				continue;
			gth_tile_path(&t, path);
			good &= !gth_tile_make_dirs(dir, path, 0700, false);
			good &= level < 0 ? write_whole(dir, path, entries, len)
					  : write_whole(dir, path, m->hash[level],
							(size_t)t.width * 32);
		}
		m->size++;
		if (!gth_merkle_width(m->size, 0))
			len = 0;
	}
	strcpy(c.origin, signer.verifier.name);
	gth_merkle_root(m, size, c.root);
	good &= !gth_checkpoint_write(dir, &c, &signer, 0600, &visible);
	free(entries);
	free(m);
	return good;
}

static void test_third_level(void)
{
	struct gth_checkpoint c;
	char path[PATH_MAX];
	int dir = scratch_dir(path);
	bool good = true;
	uint8_t root[32];

	tap_ok(build(dir, 65530), "log_of_65530_is_built");
	for (uint64_t n = 65530; n < 65540; n++) {
		good &= grow(dir, &signer, n, n + 1);
		good &= !gth_tlog_checkpoint(dir, &signer.verifier, &c) && c.size == n + 1;
		naive_root(0, n + 1, root);
		good &= !memcmp(root, c.root, 32);
	}
	tap_ok(good, "roots_around_65536_are_those_of_rfc_6962");
	tap_is(made_size(dir, &signer.verifier), 65540, "log_with_tile_of_level_2_verifies");
	close(dir);
	remove_tree(path);
}

static void test_entry_sizes(void)
{
	static uint8_t big[GTH_TLOG_ENTRY_MAX + 1];
	char path[PATH_MAX];
	int dir = scratch_dir(path);
	struct gth_tlog *log;
	uint64_t index;
	void *entry = NULL;
	size_t len = 0;

	memset(big, 'x', sizeof(big));
	gth_tlog_open(&log, dir, &signer);
	tap_is(gth_tlog_append(log, big, sizeof(big), &index), -EMSGSIZE,
	       "entry_of_65536_is_refused");
	tap_is(gth_tlog_append(log, big, sizeof(big) - 1, &index), 0, "entry_of_65535_is_taken");
	tap_is(gth_tlog_append(log, NULL, 0, &index), 0, "empty_entry_is_taken");
	tap_ok(!gth_tlog_read(dir, 2, 0, &entry, &len) && len == sizeof(big) - 1 &&
		       !memcmp(entry, big, len),
	       "entry_of_65535_is_read_back");
	free(entry);
	gth_tlog_close(log);
	close(dir);
	remove_tree(path);
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (gth_signer_create(&signer, "tlog.example/egress"))
		return 1;
	test_paths();
	test_growth();
	test_batches();
	test_third_level();
	test_entry_sizes();
	return tap_done();
}
