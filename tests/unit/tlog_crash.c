// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * tlog_crash.c - a writer that is killed, loses power or meets an error at each
 * call that changes something: what was acknowledged is there, and the log goes on.
 */
#include <sys/wait.h>

#include "tests/unit/tlog_disk.h"

#include "tests/unit/tap.h"

#define MORE 2 /* entries that each run appends */

static struct gth_signer signer;
static unsigned int batch = 1; /* entries that are appended together */

/* A log of so many entries, to be copied for each run. */
static struct {
	uint64_t size;
	char path[PATH_MAX];
	int dir;
} seed;

static void seed_start(uint64_t size)
{
	seed.size = size;
	seed.dir = scratch_dir(seed.path);
	if (size && !grow(seed.dir, &signer, 0, size))
		exit(1);
}

static void seed_end(void)
{
	close(seed.dir);
	remove_tree(seed.path);
}

/* Appends, and tells by a byte each time that an entry is acknowledged. */
static void work(int dir, uint64_t from, int pipe)
{
	struct gth_tlog *log;
	int err = gth_tlog_open(&log, dir, &signer);

	for (uint64_t i = from; i < from + MORE * batch && !err; i += batch) {
		err = append_entries(log, i, batch, NULL);
		for (unsigned int n = 0; n < batch && !err; n++)
			syscall(SYS_write, pipe, "", 1);
	}
	gth_tlog_close(log);
	_exit(err ? 1 : 0);
}

/* Is the log of at least @acked and at most @most entries, and does it go on? */
static bool survives(int dir, uint64_t acked, uint64_t most)
{
	struct gth_tlog *log;
	long long size;
	int err = gth_tlog_open(&log, dir, &signer);

	if (err) {
		tap_note("open: %d", err);
		return false;
	}
	size = made_size(dir, &signer.verifier);
	if (size < (long long)acked || size > (long long)most) {
		tap_note("%lld entries, %llu were acknowledged", size, (unsigned long long)acked);
		err = -1;
	}
	for (uint64_t i = 0; i < 2 && !err; i++)
		err = append_entry(log, (uint64_t)size + i);
	gth_tlog_close(log);
	return !err && made_size(dir, &signer.verifier) == size + 2;
}

/*
 * One run that ends at the call number @at. Return: 1: it ended there; 0: it came
 * to its end; -1: an entry was lost.
 */
static int run(enum disk_end end, unsigned long at)
{
	char path[PATH_MAX], left[PATH_MAX];
	int dir = scratch_dir(path), to = scratch_dir(left);
	int acks[2], status, ret = 1;
	uint64_t from = seed.size, acked = from;
	pid_t child;
	char ack;

	copy_tree(seed.path, seed.dir, dir);
	if (pipe(acks))
		return -1;
	fflush(stdout);
	child = fork();
	if (!child) {
		disk.to = to;
		disk_start(end, at, dir);
		work(dir, from, acks[1]);
	}
	close(acks[1]);
	while (read(acks[0], &ack, 1) == 1)
		acked++;
	close(acks[0]);
	waitpid(child, &status, 0);
	if (WIFEXITED(status))
		ret = status ? -1 : 0;
	else if (WTERMSIG(status) != SIGKILL)
		ret = -1;
	if (!survives(end == DISK_CUT && ret == 1 ? to : dir, acked, acked + batch))
		ret = -1;
	if (ret < 0)
		tap_note("from %llu entries, at call %lu, %s", (unsigned long long)from, at, left);
	else
		remove_tree(left);
	close(dir);
	close(to);
	remove_tree(path);
	return ret;
}

static void test_each_call(enum disk_end end, uint64_t from, const char *name)
{
	unsigned long at = 0;
	int ret;

	seed_start(from);
	do {
		at++;
		ret = run(end, at);
		/* Of the many states that a power cut may leave, some. */
		for (int i = 0; i < 2 && ret == 1 && end == DISK_CUT; i++) {
			disk.torn = true;
			random_u64();
			ret = run(end, at);
			disk.torn = false;
		}
	} while (ret == 1);
	seed_end();
	tap_note("%lu calls", at - 1);
	tap_ok(!ret && at > MORE * 10, name);
}

/* An error at one call: the entry is refused, or is there; the next one is taken. */
static bool meets_error(unsigned long at, int error, bool *met)
{
	char path[PATH_MAX];
	int dir = scratch_dir(path), err = 0;
	struct gth_tlog *log = NULL;
	struct gth_checkpoint c;
	uint64_t from = seed.size, index = 0, acked = from, refused = 0;
	char bad[64];
	bool good;

	copy_tree(seed.path, seed.dir, dir);
	disk.error = -error;
	disk_start(DISK_FAILS, at, dir);
	if (gth_tlog_open(&log, dir, &signer))
		err = gth_tlog_open(&log, dir, &signer);
	for (uint64_t i = 0; i < MORE && !err; i++) {
		if (!gth_tlog_append(log, "abc", 3, &index))
			acked++;
		else if (refused++)
			err = -1;
	}
	*met = disk.calls >= at;
	disk.end = DISK_GOES_ON;
	if (!err)
		err = gth_tlog_append(log, "abc", 3, &index);
	acked++;
	gth_tlog_close(log);
	good = !err && !gth_tlog_verify(dir, &signer.verifier, NULL, NULL, &c, bad) &&
	       c.size >= acked && c.size <= acked + refused && index == c.size - 1;
	if (!good)
		tap_note("from %llu entries, at call %lu: %d, %llu of %llu",
			 (unsigned long long)from, at, err, (unsigned long long)c.size,
			 (unsigned long long)acked);
	else if (gth_tlog_open(&log, dir, &signer))
		good = false;
	if (good)
		gth_tlog_close(log);
	close(dir);
	remove_tree(path);
	return good;
}

static void test_errors(uint64_t from, int error, const char *name)
{
	bool met = true, good = true;
	unsigned long at;

	seed_start(from);
	for (at = 1; met && good; at++)
		good = meets_error(at, error, &met);
	seed_end();
	tap_ok(good && at > MORE * 10, name);
}

int main(void)
{
	random_start();
	if (gth_signer_create(&signer, "tlog.example"))
		return 1;
	test_each_call(DISK_KILLED, 0, "killed_while_log_begins");
	test_each_call(DISK_KILLED, 3, "killed_within_a_tile");
	test_each_call(DISK_KILLED, 255, "killed_while_tile_becomes_full");
	test_each_call(DISK_CUT, 0, "power_cut_while_log_begins");
	test_each_call(DISK_CUT, 3, "power_cut_within_a_tile");
	test_each_call(DISK_CUT, 255, "power_cut_while_tile_becomes_full");
	batch = 7;
	test_each_call(DISK_KILLED, 0, "killed_while_log_begins_with_many_at_once");
	test_each_call(DISK_KILLED, 250, "killed_while_many_cross_the_end_of_a_tile");
	test_each_call(DISK_CUT, 3, "power_cut_while_many_go_into_a_tile");
	test_each_call(DISK_CUT, 250, "power_cut_while_many_cross_the_end_of_a_tile");
	batch = 1;
	test_errors(0, -ENOSPC, "disk_full_while_log_begins");
	test_errors(255, -ENOSPC, "disk_full_while_tile_becomes_full");
	test_errors(3, -EIO, "error_of_disk_within_a_tile");
	test_errors(255, -EIO, "error_of_disk_while_tile_becomes_full");
	return tap_done();
}
