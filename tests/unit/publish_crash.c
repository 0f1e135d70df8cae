// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * publish_crash.c - gotthard-region publish that is killed, loses power or meets a full disk at
 * each call that changes something: the log is whole, what it promises is there, and the same
 * command, given again, ends the work.
 */

#include "core/limits.h"
#include "lib/log/proof_text.h"
#include "lib/text/manifest_text.h"
#include "lib/util/sha256.h"
#include "region/log_dir.h"
#include "region/region.h"
#include "tests/unit/tlog_disk.h"

#include "tests/unit/tap.h"

#define FIRST "tests/vectors/small"
static char second[PATH_MAX]; /* the release after FIRST: the body of another one, under its name */

/* Calls in a row whose errors are ignored, as those are that remove what a killed writer may have
 * left. */
#define CALM 40

static const char *const names[] = { "manifest", "body" };
static struct gth_signer signer;
static char key_path[PATH_MAX];

/* A log of so many releases, to be copied for each run. */
static struct {
	char path[PATH_MAX];
	int dir;
	uint64_t size;
} seed;

struct publication {
	const char *path, *release; /* the log's path is for messages alone */
};

static int publish(const void *arg)
{
	const struct publication *p = arg;
	char *args[] = { "gotthard-region publish",
			 (char *)p->path,
			 (char *)p->release,
			 "--unsigned",
			 "--key",
			 key_path,
			 NULL };

	return region_publish(6, args);
}

static int run_publish(const char *path, int dir, const char *release, enum disk_end end,
		       unsigned long at, int to)
{
	const struct publication p = { path, release };

	return disk_run(end, at, dir, to, publish, &p);
}

static bool same_file(int a, const char *a_path, int b, const char *b_path)
{
	size_t a_len = 0, b_len = 0;
	uint8_t *x = read_whole(a, a_path, &a_len), *y = read_whole(b, b_path, &b_len);
	bool same = x && y && a_len == b_len && !memcmp(x, y, a_len);

	free(x);
	free(y);
	return same;
}

/* The files of an entry, which the log promises. */
static int is_there(uint64_t index, const void *entry, size_t len, void *arg)
{
	const char *const versions[] = { "1700000000", "1700000001" };
	const char *const from[] = { FIRST, second };
	int dir = *(int *)arg;

	(void)entry;
	(void)len;
	if (index > 1)
		return -1;
	for (int i = 0; i < 2; i++) {
		char a[256], b[256];

		snprintf(a, sizeof(a), "releases/main/%s/%s", versions[index], names[i]);
		snprintf(b, sizeof(b), "%s/%s", from[index], names[i]);
		if (!same_file(dir, a, AT_FDCWD, b))
			return -1;
	}
	return 0;
}

/* Return: entries, all of whose files are there; -1: it is not such a log. */
static long long whole(int dir)
{
	struct gth_checkpoint c;
	char bad[64];
	int err = gth_tlog_verify(dir, &signer.verifier, is_there, &dir, &c, bad);

	if (err)
		tap_note("verify: %d, %s", err, bad);
	return err ? -1 : (long long)c.size;
}

/* The proof of the last release is whole, and readers are told of it. */
static bool is_announced(int dir)
{
	const char *version = seed.size ? "1700000001" : "1700000000";
	char path[64];
	size_t len = 0, latest_len = 0;
	struct gth_proof_text t;
	struct gth_tree tree;
	struct gth_checkpoint c;
	uint8_t leaf[GTH_MERKLE_HASH], *text, *manifest, *latest;
	size_t text_len, manifest_len = 0;
	bool good;

	snprintf(path, sizeof(path), "releases/main/%s/proof", version);
	text = read_whole(dir, path, &len);
	snprintf(path, sizeof(path), "releases/main/%s/manifest", version);
	manifest = read_whole(dir, path, &manifest_len);
	latest = read_whole(dir, "releases/main/latest", &latest_len);
	good = text && manifest && latest && latest_len == strlen(version) + 1 &&
	       !memcmp(latest, version, latest_len - 1) && latest[latest_len - 1] == '\n' &&
	       !gth_proof_parse(&t, (char *)text, len) &&
	       !gth_note_verify(t.note, t.note_len, &signer.verifier, 1, &text_len) &&
	       !gth_checkpoint_parse(&c, t.note, text_len) &&
	       !gth_merkle_leaf(manifest, manifest_len, leaf);
	if (good) {
		tree.size = c.size;
		memcpy(tree.root, c.root, sizeof(tree.root));
		good = !gth_proof_check_entry(&t.proof, &tree, seed.size, leaf);
	}
	free(text);
	free(manifest);
	free(latest);
	return good;
}

/* The same command ends it, or finds it done; and again. */
static bool goes_on(const char *path, int dir)
{
	const char *release = seed.size ? second : FIRST;
	long long size = whole(dir);
	bool good = size == (long long)seed.size || size == (long long)seed.size + 1;
	struct stat st;

	if (!good)
		tap_note("%lld entries", size);
	for (int i = 0; i < 2 && good; i++)
		good = !run_publish(path, dir, release, DISK_GOES_ON, 0, -1) &&
		       whole(dir) == (long long)seed.size + 1;
	return good && is_announced(dir) && fstatat(dir, "releases/.staging", &st, 0) &&
	       errno == ENOENT;
}

/* Return: 1: it ended, or met the error, at the call number @at; 0: it came to its end; -1: bad. */
static int run(enum disk_end end, unsigned long at)
{
	char path[PATH_MAX], left[PATH_MAX];
	int dir = scratch_dir(path), to = scratch_dir(left), status, ret;
	bool cut;

	copy_tree(seed.path, seed.dir, dir);
	status = run_publish(path, dir, seed.size ? second : FIRST, end, at, to);
	ret = disk_ended(end, status);
	cut = end == DISK_CUT && ret == 1;
	if (ret >= 0 && !goes_on(cut ? left : path, cut ? to : dir))
		ret = -1;
	if (ret < 0)
		tap_note("at call %lu: status %#x, %s, %s", at, (unsigned int)status, path, left);
	else
		remove_tree(left);
	if (ret >= 0)
		remove_tree(path);
	close(dir);
	close(to);
	return ret;
}

static void seed_start(uint64_t size)
{
	seed.size = size;
	seed.dir = scratch_dir(seed.path);
	if (region_log_init(seed.dir, &signer) ||
	    (size && run_publish(seed.path, seed.dir, FIRST, DISK_GOES_ON, 0, -1)) ||
	    whole(seed.dir) != (long long)size)
		exit(1);
}

static void seed_end(void)
{
	close(seed.dir);
	remove_tree(seed.path);
}

/* Errors of calls that only clean up are not the command's: it may succeed before the last call. */
static void test_each_call(enum disk_end end, uint64_t size, const char *name)
{
	unsigned long at = 0, met = 0, calm = 0;
	int ret;

	seed_start(size);
	do {
		ret = run(end, ++at);
		for (int i = 0; i < 2 && ret == 1 && end == DISK_CUT; i++) {
			disk.torn = true;
			random_u64();
			ret = run(end, at);
			disk.torn = false;
		}
		met += ret == 1;
		calm = ret ? 0 : calm + 1;
	} while (ret == 1 || (!ret && end == DISK_FAILS && calm < CALM));
	seed_end();
	tap_note("%lu calls", met);
	tap_ok(!ret && met > 20, name);
}

static bool make_second(const char *path)
{
	size_t len = 0, body_len = 0;
	uint8_t *text = read_whole(AT_FDCWD, FIRST "/manifest", &len);
	uint8_t *other = read_whole(AT_FDCWD, "tests/vectors/domains/manifest", &body_len);
	uint8_t *body = read_whole(AT_FDCWD, "tests/vectors/domains/body", &body_len);
	char manifest[GTH_MANIFEST_MAX];
	struct gth_manifest m, first;
	int dir, n;

	snprintf(second, sizeof(second), "%.200s/second", path);
	dir = mkdir(second, 0700) ? -1 : open(second, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0 || gth_manifest_parse(&first, (char *)text, len) ||
	    gth_manifest_parse(&m, (char *)other, strlen((char *)other)) ||
	    gth_sha256(text, len, m.prev))
		return false;
	memcpy(m.name, first.name, sizeof(m.name));
	m.version = first.version + 1;
	n = gth_manifest_format(&m, manifest, sizeof(manifest));
	free(text);
	free(other);
	n = n > 0 && write_whole(dir, "manifest", manifest, (size_t)n) &&
	    write_whole(dir, "body", body, body_len);
	free(body);
	close(dir);
	return n;
}

int main(void)
{
	char dir[PATH_MAX], text[GTH_NOTE_KEY_SIZE];

	random_start();
	close(scratch_dir(dir));
	snprintf(key_path, sizeof(key_path), "%.200s/key", dir);
	if (gth_signer_create(&signer, "example.org/releases") ||
	    gth_signer_format(&signer, text) ||
	    !write_whole(AT_FDCWD, key_path, text, strlen(text)))
		return 1;
	if (!make_second(dir))
		return 1;
	test_each_call(DISK_KILLED, 0, "killed_in_the_first_release");
	test_each_call(DISK_KILLED, 1, "killed_in_the_second_release");
	test_each_call(DISK_CUT, 0, "power_cut_in_the_first_release");
	test_each_call(DISK_CUT, 1, "power_cut_in_the_second_release");
	test_each_call(DISK_FAILS, 0, "disk_full_in_the_first_release");
	test_each_call(DISK_FAILS, 1, "disk_full_in_the_second_release");
	remove_tree(dir);
	return tap_done();
}
