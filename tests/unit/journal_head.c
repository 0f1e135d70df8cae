// SPDX-License-Identifier: GPL-2.0-or-later
/* journal_head.c - how far a log has come, kept by a process that sees only hashes of leaves. */
#include <errno.h>

#include "lib/text/journal_head.h"
#include "lib/util/root_dir.h"
#include "lib/util/sha256.h"
#include "tests/unit/tap.h"
#include "tests/unit/tlog_dir.h"

#define MANY 1100

static struct gth_signer signer;
static uint8_t roots[MANY + 1][32];

/* A log of MANY entries, and the root that it had at each size. */
static struct gth_tlog *make_log(int dir)
{
	struct gth_checkpoint c;
	struct gth_tlog *log;
	uint8_t entry[64];
	uint64_t index;

	if (gth_tlog_open(&log, dir, &signer))
		exit(1);
	for (uint64_t n = 0; n <= MANY; n++) {
		if (gth_tlog_checkpoint(dir, &signer.verifier, &c) || c.size != n)
			exit(1);
		memcpy(roots[n], c.root, 32);
		if (n < MANY && gth_tlog_append(log, entry, make_entry(n, entry), &index))
			exit(1);
	}
	return log;
}

static void test_log(void)
{
	uint8_t leaf[GTH_TLOG_LEAVES_MAX][32], root[32];
	bool follows = true, earlier = true, asked = true;
	struct gth_frontier f = { 0 }, again, late;
	struct gth_tlog *log;
	char path[PATH_MAX];
	int dir = scratch_dir(path), n;

	log = make_log(dir);
	while (f.size < MANY && follows) {
		n = gth_tlog_leaves(log, f.size, leaf);
		follows = n > 0;
		for (int i = 0; i < n && follows; i++) {
			follows = !gth_frontier_add(&f, leaf[i]) && !gth_frontier_root(&f, root) &&
				  !memcmp(root, roots[f.size], 32);
			if (f.size == 513)
				late = f;
		}
	}
	tap_ok(follows && f.size == MANY, "leaves_alone_give_every_later_root");
	tap_is(gth_tlog_leaves(log, 511, leaf), 1, "leaves_end_with_their_tile");
	tap_is(gth_tlog_leaves(log, MANY - 3, leaf), 3, "the_newest_leaves_are_given");
	tap_is(gth_tlog_leaves(log, MANY, leaf), -EINVAL, "none_are_behind_the_end");

	tap_ok(!gth_frontier_set(&again, late.size, late.hash, 2 * 32) &&
		       !memcmp(&again, &late, sizeof(late)),
	       "what_was_told_is_the_same_tree");
	tap_is(gth_frontier_set(&again, late.size, late.hash, 3 * 32), -EBADMSG,
	       "a_hash_too_many_is_refused");
	tap_is(gth_frontier_set(&again, late.size, late.hash, 2 * 32 - 1), -EBADMSG,
	       "a_torn_hash_is_refused");
	tap_is(gth_frontier_set(&again, UINT64_MAX, late.hash, 64 * 32), -EBADMSG,
	       "a_size_that_no_log_has_is_refused");

	for (uint64_t size = 0; size <= MANY; size++)
		earlier &= !gth_tlog_root(dir, size, root) && !memcmp(root, roots[size], 32);
	tap_ok(earlier, "every_earlier_root_is_found_in_the_tiles");
	asked = gth_tlog_root(dir, MANY + 1, root) == -EBADMSG;
	tap_ok(asked, "no_root_of_more_than_there_is");
	unlinkat(dir, "tile/0/002", 0);
	tap_is(gth_tlog_root(dir, 700, root), -EBADMSG, "no_root_from_a_tile_that_is_missing");
	tap_is(gth_tlog_leaves(log, 700, leaf), -EBADMSG, "nor_leaves");
	gth_tlog_close(log);
	close(dir);
	remove_tree(path);
}

static struct gth_journal_head sample(uint64_t size)
{
	struct gth_journal_head h = { .key = signer.verifier };

	for (uint64_t i = 0; i < size; i++) {
		uint8_t leaf[32];

		if (gth_sha256(&i, sizeof(i), leaf) || gth_frontier_add(&h.tree, leaf))
			exit(1);
	}
	return h;
}

/* The text of a head with one piece of it changed. */
static bool refused(const struct gth_journal_head *h, const char *piece, const char *by)
{
	struct gth_journal_head got;
	char *text, *at, *bad = NULL;
	int err;

	if (gth_journal_head_format(h, &text))
		return false;
	at = strstr(text, piece);
	if (!at || asprintf(&bad, "%.*s%s%s", (int)(at - text), text, by, at + strlen(piece)) < 0)
		return false;
	err = gth_journal_head_parse(&got, bad, strlen(bad));
	free(text);
	free(bad);
	return err == -EBADMSG || err == -E2BIG;
}

static void test_text(void)
{
	struct gth_journal_head h = sample(5), got, none = sample(0);
	char *text;

	tap_ok(!gth_journal_head_format(&h, &text) &&
		       !gth_journal_head_parse(&got, text, strlen(text)) &&
		       !memcmp(&got, &h, sizeof(h)),
	       "text_gives_back_the_head");
	free(text);
	tap_ok(!gth_journal_head_format(&none, &text) && strstr(text, "\nedge: none\n") &&
		       !gth_journal_head_parse(&got, text, strlen(text)) && !got.tree.size,
	       "so_does_that_of_an_empty_journal");
	free(text);
	tap_ok(refused(&h, "size: 5", "size: 7"), "a_size_of_more_hashes_is_refused");
	tap_ok(refused(&h, "root: sha256:", "root: sha256:00"), "longer_root_is_refused");
	tap_ok(refused(&h, "edge: ", "edge: 00"), "longer_edge_is_refused");
	tap_ok(refused(&none, "edge: none", "edge: 00"), "edge_of_an_empty_journal_is_refused");
	tap_ok(refused(&h, "accepted-by: 0", "accepted-by: 7"),
	       "who_accepted_without_a_time_is_refused");
	tap_ok(refused(&h, "journal-head 1", "journal-head 2"), "a_later_version_is_refused");
	h.accepted = 1800000000;
	h.accepted_by = 1000;
	h.replaced_size = 9;
	memset(h.replaced_root, 7, 32);
	tap_ok(!gth_journal_head_format(&h, &text) &&
		       !gth_journal_head_parse(&got, text, strlen(text)) &&
		       !memcmp(&got, &h, sizeof(h)),
	       "who_accepted_what_in_place_of_what_is_kept");
	free(text);
}

static void test_file(void)
{
	struct gth_journal_head h = sample(300), got;
	char path[PATH_MAX], beside[PATH_MAX];
	int dir = scratch_dir(path), fd;

	tap_is(gth_journal_head_read(&got, dir, GTH_JOURNAL_HEAD_FILE), -ENOENT,
	       "no_file_is_told_from_a_damaged_one");
	tap_ok(!gth_journal_head_write(&h, dir, GTH_JOURNAL_HEAD_FILE) &&
		       !gth_journal_head_read(&got, dir, GTH_JOURNAL_HEAD_FILE) &&
		       !memcmp(&got, &h, sizeof(h)),
	       "file_gives_back_the_head");
	fd = openat(dir, GTH_JOURNAL_HEAD_FILE, O_WRONLY | O_TRUNC | O_CLOEXEC);
	close(fd);
	tap_is(gth_journal_head_read(&got, dir, GTH_JOURNAL_HEAD_FILE), -EBADMSG,
	       "an_empty_file_is_damaged");

	fd = gth_root_dir_open(path);
	tap_ok(fd >= 0, "a_directory_of_its_owner_is_taken");
	close(fd);
	if (chmod(path, 0770))
		exit(1);
	tap_is(gth_root_dir_open(path), -EPERM, "one_that_others_write_to_is_not");
	tap_ok(!gth_journal_head_path(beside, sizeof(beside), "/var/lib/gotthard//") &&
		       !strcmp(beside, "/var/lib/gotthard-root"),
	       "it_stands_beside_the_state_directory");
	tap_is(gth_journal_head_path(beside, 12, "/var/lib/x"), -ENAMETOOLONG,
	       "a_name_that_is_too_long_is_told");
	close(dir);
	remove_tree(path);
}

static bool is_accepted(uint64_t by, uint64_t at, uint64_t size, uint8_t root, const char *wanted)
{
	struct gth_journal_head h = { .accepted = at, .accepted_by = by, .replaced_size = size };
	char text[GTH_JOURNAL_ACCEPTED_SIZE];

	memset(h.replaced_root, root, sizeof(h.replaced_root));
	gth_journal_head_accepted(&h, text);
	if (strcmp(text, wanted) != 0)
		tap_note("%s", text);
	return !strcmp(text, wanted);
}

static void test_accepted(void)
{
	tap_ok(is_accepted(1000, 1700000000, 300, 1,
			   "by uid 1000 at 1700000000 in place of 300 entries, root "
			   "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="),
	       "who_accepted_it_and_what_it_replaced_is_a_text");
	tap_ok(is_accepted(0, 1, 0, 0,
			   "by uid 0 at 1 in place of one whose head could not be read"),
	       "also_where_nobody_knows_what_it_replaced");
	tap_ok(is_accepted(UINT64_MAX, UINT64_MAX, UINT64_MAX, 0xff,
			   "by uid 18446744073709551615 at 18446744073709551615 in place of "
			   "18446744073709551615 entries, root "
			   "//////////////////////////////////////////8="),
	       "with_the_largest_numbers_too");
	tap_ok(is_accepted(0, 0, 0, 0, ""), "never_accepted_there_is_none");
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (gth_signer_create(&signer, "tlog.example/egress"))
		return 1;
	test_log();
	test_text();
	test_file();
	test_accepted();
	return tap_done();
}
