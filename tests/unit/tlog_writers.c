// SPDX-License-Identifier: GPL-2.0-or-later
/* tlog_writers.c - one writer at a time, readers beside it, and no room for what it writes. */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "tests/unit/tap.h"
#include "tests/unit/tlog_dir.h"

static struct gth_signer signer;

static void test_one_writer(void)
{
	char path[PATH_MAX];
	int dir = scratch_dir(path);
	struct gth_tlog *log, *second;
	int status;
	pid_t child;

	gth_tlog_open(&log, dir, &signer);
	tap_is(gth_tlog_open(&second, dir, &signer), -EBUSY, "second_writer_is_refused");
	child = fork();
	if (!child) {
		int again = open(path, O_RDONLY | O_DIRECTORY);

		_exit(gth_tlog_open(&second, again, &signer) == -EBUSY ? 0 : 1);
	}
	waitpid(child, &status, 0);
	tap_is(status, 0, "writer_in_another_process_is_refused");
	tap_is(append_entry(log, 0), 0, "first_writer_goes_on");
	gth_tlog_close(log);
	tap_ok(grow(dir, &signer, 1, 2), "next_writer_comes_when_it_is_closed");
	close(dir);
	remove_tree(path);
}

static void test_readers(void)
{
	char path[PATH_MAX];
	int dir = scratch_dir(path);
	bool good = true, last = true;
	struct gth_checkpoint c;
	int status = 0, rounds = 0;
	pid_t child;

	tap_ok(grow(dir, &signer, 0, 200), "log_for_readers_is_there");
	child = fork();
	if (!child)
		_exit(grow(dir, &signer, 200, 800) ? 0 : 1);
	while (good && last && waitpid(child, &status, WNOHANG) == 0) {
		uint8_t wanted[16];
		void *entry = NULL;
		size_t len = 0;

		good &= made_size(dir, &signer.verifier) >= 200;
		last &= !gth_tlog_checkpoint(dir, &signer.verifier, &c) &&
			!gth_tlog_read(dir, c.size, c.size - 1, &entry, &len) &&
			len == make_entry(c.size - 1, wanted) && !memcmp(entry, wanted, len);
		free(entry);
		rounds++;
	}
	if (!good || !last)
		waitpid(child, &status, 0);
	tap_note("%d rounds", rounds);
	tap_ok(good, "log_verifies_while_it_grows");
	tap_ok(last, "last_entry_is_read_while_it_grows");
	tap_ok(!status && made_size(dir, &signer.verifier) == 800, "readers_do_not_disturb");
	close(dir);
	remove_tree(path);
}

/* In a child: the disk gets full, then room again. Return: 0, or the step that failed; 77: no
 * mount. */
static int fill_disk(const char *path)
{
	static uint8_t big[4000], ballast[64000];
	struct gth_tlog *log;
	uint64_t n = 0, index;
	struct gth_checkpoint c;
	char bad[64];
	int dir, err = 0;

	if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("gth-test", path, "tmpfs", 0, "size=256k"))
		return 77;
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (!write_whole(dir, "ballast", ballast, sizeof(ballast)) ||
	    gth_tlog_open(&log, dir, &signer))
		return 1;
	for (n = 0; n < 1000 && !err; n++)
		err = gth_tlog_append(log, big, sizeof(big), &index);
	if (err != -ENOSPC)
		return 2;
	if (gth_tlog_verify(dir, &signer.verifier, NULL, NULL, &c, bad) || c.size != n - 1)
		return 3;
	if (gth_tlog_append(log, big, sizeof(big), &index) != -ENOSPC)
		return 4;
	unlinkat(dir, "ballast", 0);
	if (gth_tlog_append(log, "small", 5, &index) || index != n - 1)
		return 5;
	gth_tlog_close(log);
	if (gth_tlog_open(&log, dir, &signer) ||
	    gth_tlog_verify(dir, &signer.verifier, NULL, NULL, &c, bad) || c.size != n)
		return 6;
	gth_tlog_close(log);
	return 0;
}

static void test_full_disk(void)
{
	static const char name[] = "full_disk_refuses_entry_and_room_takes_the_next";
	char path[PATH_MAX];
	int dir = scratch_dir(path);
	int status;
	pid_t child = fork();

	if (!child)
		_exit(fill_disk(path));
	waitpid(child, &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		tap_skip(name, "no mount namespace");
	else
		tap_is(status, 0, name);
	close(dir);
	remove_tree(path);
}

/* The same by the limit of a file's size, which needs no privilege. */
static void test_file_limit(void)
{
	struct rlimit small = { .rlim_cur = 3000, .rlim_max = RLIM_INFINITY }, old;
	static uint8_t big[1000];
	struct gth_checkpoint c;
	struct gth_tlog *log;
	char path[PATH_MAX], bad[64];
	int dir = scratch_dir(path);
	uint64_t index;
	int err = 0;

	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	small.rlim_max = old.rlim_max;
	gth_tlog_open(&log, dir, &signer);
	setrlimit(RLIMIT_FSIZE, &small);
	for (int i = 0; i < 10 && !err; i++)
		err = gth_tlog_append(log, big, sizeof(big), &index);
	setrlimit(RLIMIT_FSIZE, &old);
	tap_is(err, -EFBIG, "entry_is_refused_when_files_may_not_grow");
	tap_ok(!gth_tlog_verify(dir, &signer.verifier, NULL, NULL, &c, bad) && c.size == 2,
	       "log_is_whole_after_refusal");
	tap_is(gth_tlog_append(log, big, sizeof(big), &index), 0, "next_entry_is_taken");
	gth_tlog_close(log);
	close(dir);
	remove_tree(path);
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (gth_signer_create(&signer, "tlog.example/egress"))
		return 1;
	test_one_writer();
	test_readers();
	test_full_disk();
	test_file_limit();
	return tap_done();
}
