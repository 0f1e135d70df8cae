// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * tlog_damage.c - logs that a person or a disk has changed: verify names the change,
 * open refuses the log.
 */
#include <errno.h>

#include "lib/log/tile.h"
#include "lib/util/sha256.h"
#include "tests/unit/tap.h"
#include "tests/unit/tlog_dir.h"

static struct gth_signer signer, stranger;

struct hunt {
	int dir;
	uint64_t size;
	unsigned long flips;
	bool found, named, refused, kept;
};

static struct gth_checkpoint c;
static char bad[64];

static int verify(int dir)
{
	return gth_tlog_verify(dir, &signer.verifier, NULL, NULL, &c, bad);
}

/* The errors that say: this is not the log that was signed. */
static bool is_damage(int err)
{
	return err == -EBADMSG || err == -EKEYREJECTED || err == -ENOKEY;
}

static bool names(const char *path)
{
	unsigned long long entry;

	if (!strncmp(path, "tile/entries/", 13) && sscanf(bad, "entry %llu", &entry) == 1)
		return true;
	return !strcmp(path, bad);
}

static bool on_edge(const struct hunt *h, const char *path)
{
	char edge[GTH_TILE_PATH_SIZE];

	for (int level = GTH_TILE_ENTRIES; level < GTH_MERKLE_LEVELS; level++) {
		struct gth_tile t = gth_tile_edge(h->size, level);

		gth_tile_path(&t, edge);
		if (t.width && !strcmp(edge, path))
			return true;
	}
	return !strcmp(path, "checkpoint");
}

/* Names, sizes and contents of all files, as one digest. */
static void add_file(const char *path, void *arg)
{
	struct gth_sha256 *h = arg;
	char whole[PATH_MAX];
	uint8_t *data;
	size_t len = 0;

	snprintf(whole, sizeof(whole), "%s", path);
	data = read_whole(AT_FDCWD, whole, &len);
	gth_sha256_update(h, whole, strlen(whole) + 1);
	gth_sha256_update(h, &len, sizeof(len));
	gth_sha256_update(h, data, len);
	free(data);
}

static void digest_tree(int dir, uint8_t out[32])
{
	struct gth_sha256 h;
	int here = open(".", O_RDONLY | O_DIRECTORY);

	gth_sha256_init(&h);
	if (!fchdir(dir))
		each_file(".", add_file, &h);
	gth_sha256_final(&h, out);
	gth_sha256_free(&h);
	if (fchdir(here))
		exit(1);
	close(here);
}

/* Does open refuse it, and leave every byte as it is? */
static void try_open(struct hunt *h)
{
	uint8_t before[32], after[32];
	struct gth_tlog *log;

	digest_tree(h->dir, before);
	h->refused &= gth_tlog_open(&log, h->dir, &signer) == -EBADMSG && !log;
	digest_tree(h->dir, after);
	h->kept &= !memcmp(before, after, 32);
}

static void hunt_file(const char *path, void *arg)
{
	struct hunt *h = arg;
	size_t len = 0;
	uint8_t *data = read_whole(h->dir, path, &len);
	bool edge = on_edge(h, path);

	/* One bit of each byte; then the last byte missing, one too many, and no file. */
	for (size_t i = 0; i < len; i++) {
		data[i] ^= (uint8_t)(1U << i % 8);
		write_whole(h->dir, path, data, len);
		if (!is_damage(verify(h->dir))) {
			tap_note("%s: byte %zu is not missed", path, i);
			h->found = false;
		} else if (!names(path)) {
			tap_note("%s: byte %zu is said to be %s", path, i, bad);
			h->named = false;
		}
		if (edge && (i < 8 || i % 61 == 0))
			try_open(h);
		data[i] ^= (uint8_t)(1U << i % 8);
		h->flips++;
	}
	for (int change = -1; change <= 1; change += 2) {
		write_whole(h->dir, path, data, len + (size_t)change);
		h->found &= is_damage(verify(h->dir));
		h->named &= names(path);
		if (edge)
			try_open(h);
	}
	unlinkat(h->dir, path, 0);
	if (strcmp(path, "checkpoint")) {
		h->found &= is_damage(verify(h->dir));
		h->named &= names(path);
	} else {
		h->found &= verify(h->dir) == -ENOENT;
	}
	if (edge)
		try_open(h);
	write_whole(h->dir, path, data, len);
	free(data);
}

static void collect(const char *path, void *arg)
{
	char(*paths)[64] = arg;
	int i = 0;

	while (*paths[i])
		i++;
	snprintf(paths[i], sizeof(paths[i]), "%s", path);
}

static void test_every_byte(uint64_t size, const char *names_of[4])
{
	struct hunt h = {
		.size = size, .found = true, .named = true, .refused = true, .kept = true
	};
	static char paths[32][64];
	char path[PATH_MAX];

	h.dir = scratch_dir(path);
	grow(h.dir, &signer, 0, size);
	/* Of a listing that is finished: the files are written anew. */
	memset(paths, 0, sizeof(paths));
	each_file(path, collect, paths);
	for (int i = 0; *paths[i]; i++)
		hunt_file(paths[i], &h);
	tap_note("%lu bytes", h.flips);
	tap_ok(h.found && h.flips > size, names_of[0]);
	tap_ok(h.named, names_of[1]);
	tap_ok(h.refused, names_of[2]);
	tap_ok(h.kept, names_of[3]);
	tap_ok(made_size(h.dir, &signer.verifier) == (long long)size &&
		       grow(h.dir, &signer, size, size + 1),
	       "log_that_was_mended_goes_on");
	close(h.dir);
	remove_tree(path);
}

/* A checkpoint that was true once must not take back what was written since. */
static void test_old_checkpoint(uint64_t then, uint64_t now, const char *name)
{
	struct hunt h = { .refused = true, .kept = true };
	char path[PATH_MAX];
	size_t len = 0;
	uint8_t *old;

	h.dir = scratch_dir(path);
	grow(h.dir, &signer, 0, then);
	old = read_whole(h.dir, "checkpoint", &len);
	grow(h.dir, &signer, then, now);
	write_whole(h.dir, "checkpoint", old, len);
	try_open(&h);
	tap_ok(verify(h.dir) == -EBADMSG && h.refused && h.kept, name);
	free(old);
	close(h.dir);
	remove_tree(path);
}

static void test_owner(void)
{
	struct gth_signer namesake;
	char path[PATH_MAX];
	int dir = scratch_dir(path);
	struct gth_tlog *log;

	gth_signer_create(&namesake, signer.verifier.name);
	grow(dir, &signer, 0, 3);
	tap_is(gth_tlog_open(&log, dir, &stranger), -EBADMSG, "log_of_another_name_is_refused");
	tap_is(gth_tlog_open(&log, dir, &namesake), -EBADMSG, "log_of_another_key_is_refused");
	tap_is(gth_tlog_verify(dir, &stranger.verifier, NULL, NULL, &c, bad), -ENOKEY,
	       "checkpoint_of_unknown_key_is_told");
	tap_ok(!strcmp(bad, "checkpoint"), "checkpoint_of_unknown_key_is_named");
	tap_is(made_size(dir, &signer.verifier), 3, "log_that_was_refused_is_whole");
	close(dir);
	remove_tree(path);
}

/* Only what is wrong with the log may be called damage: it makes the caller set it aside. */
static void test_other_errors(void)
{
	char path[PATH_MAX];
	int dir = scratch_dir(path);
	struct gth_tlog *log = NULL;
	int file;

	write_whole(dir, "file", "", 0);
	file = openat(dir, "file", O_RDONLY);
	tap_is(gth_tlog_open(&log, file, &signer), -ENOTDIR, "no_directory_is_not_damage");
	tap_is(gth_tlog_open(&log, -1, &signer), -EBADF, "no_descriptor_is_not_damage");
	close(file);
	mkdirat(dir, "checkpoint", 0700);
	tap_ok(gth_tlog_open(&log, dir, &signer) < 0 && !log,
	       "directory_for_checkpoint_is_refused");
	close(dir);
	remove_tree(path);
}

static int stop(uint64_t index, const void *entry, size_t len, void *arg)
{
	(void)entry;
	(void)len;
	*(uint64_t *)arg = index;
	return index == 270 ? -ECANCELED : 0;
}

static void test_callbacks(void)
{
	char path[PATH_MAX];
	int dir = scratch_dir(path);
	uint64_t last = 0;

	grow(dir, &signer, 0, 300);
	tap_ok(gth_tlog_verify(dir, &signer.verifier, stop, &last, &c, bad) == -ECANCELED &&
		       last == 270,
	       "callback_ends_verification");
	tap_ok(gth_tlog_each(dir, 300, 268, stop, &last) == -ECANCELED && last == 270,
	       "callback_ends_listing");
	tap_ok(!gth_tlog_each(dir, 300, 271, stop, &last) && last == 299,
	       "listing_begins_where_it_is_told");
	last = 7;
	tap_ok(!gth_tlog_each(dir, 300, 300, stop, &last) && last == 7,
	       "listing_from_the_end_is_empty");
	close(dir);
	remove_tree(path);
}

int main(void)
{
	static const char *small[] = { "every_flipped_byte_is_found", "what_was_changed_is_named",
				       "open_refuses_changed_edge", "open_leaves_it_as_it_is" };
	static const char *large[] = { "every_flipped_byte_of_two_levels_is_found",
				       "what_was_changed_in_two_levels_is_named",
				       "open_refuses_changed_edge_of_two_levels",
				       "open_leaves_two_levels_as_they_are" };

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (gth_signer_create(&signer, "tlog.example") || gth_signer_create(&stranger, "other"))
		return 1;
	test_every_byte(5, small);
	test_every_byte(260, large);
	test_old_checkpoint(5, 10, "old_checkpoint_within_a_tile_is_refused");
	test_old_checkpoint(250, 300, "old_checkpoint_before_a_full_tile_is_refused");
	test_old_checkpoint(255, 300, "old_checkpoint_just_before_a_full_tile_is_refused");
	test_old_checkpoint(256, 300, "old_checkpoint_at_a_full_tile_is_refused");
	test_old_checkpoint(256, 600, "old_checkpoint_far_back_is_refused");
	test_old_checkpoint(0, 2, "checkpoint_of_empty_log_is_refused");
	test_owner();
	test_other_errors();
	test_callbacks();
	return tap_done();
}
