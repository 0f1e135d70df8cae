// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * rehash_limit.c - the bound on hashing files that are rewritten and reopened all day:
 * what it leaves open, for how long, and what it never bounds.
 */
#include "test.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* So large that it gets hot soon, and so small that it does not stay so for long. */
#define HOT_SIZE (256 << 10)
/* Enough for the fastest processor. */
#define TRIES 20000

FIXTURE(heat)
{
	struct gth_place place;
	struct gth_file f, bad;
	uint8_t image[GTH_PROGRAM_SIZE];
	int fd; /* from before the file was hot */
};

FIXTURE_SETUP(heat)
{
	ASSERT_EQ(0, gth_begin(&self->place, TMPFS));
	gth_program(self->image, NULL, 0x400000, 2);
	gth_sha256(self->image, sizeof(self->image), self->bad.digest);
	ASSERT_EQ(0, gth_make_size(&self->f, &self->place, "log", HOT_SIZE));
	ASSERT_EQ(0, chmod(self->f.path, 0755));
	self->fd = gth_open_fd(self->f.path, O_RDONLY);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, gth_list(&self->bad, GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
}

FIXTURE_TEARDOWN_PARENT(heat)
{
	gth_end(&self->place);
}

/* A change, and a read of it. Return: 1: the open was allowed, unhashed; 0: the file was hashed. */
static int change_and_read(const char *path)
{
	gth_u64 skipped = gth_stat("skipped_hot");
	static unsigned int n;
	char line[32];
	int len = snprintf(line, sizeof(line), "#!/nowhere %u\n", n++), ret;

	ret = gth_overwrite(path, 0, line, (size_t)len);
	if (!ret)
		ret = gth_open(path, O_RDONLY);
	return ret ? ret : (int)(gth_stat("skipped_hot") - skipped);
}

/* Until an open was let pass unhashed: 1 */
static int make_hot(const char *path)
{
	int i, ret = 0;

	for (i = 0; !ret && i < TRIES; i++)
		ret = change_and_read(path);
	return ret;
}

static bool is_denied(void *path)
{
	return gth_open(path, O_RDONLY) == -EPERM;
}

static bool is_hashed(void *path)
{
	return !change_and_read(path);
}

/* At an open it is the one or the other: let pass, or hashed and denied. */
TEST_F(heat, listed_content_in_a_hot_file_is_denied_before_long)
{
	gth_u64 skipped, hashes;
	int ret;

	ASSERT_EQ(1, make_hot(self->f.path));
	skipped = gth_stat("skipped_hot");
	hashes = gth_stat("hashes");
	ASSERT_EQ(0, gth_overwrite(self->f.path, O_TRUNC, self->image, sizeof(self->image)));
	ret = gth_open(self->f.path, O_RDONLY);
	EXPECT_EQ(ret ? -EPERM : 0, ret);
	EXPECT_EQ(skipped + !ret, gth_stat("skipped_hot"));
	EXPECT_EQ(hashes + !!ret, gth_stat("hashes"));
	EXPECT_TRUE(gth_wait_until(is_denied, self->f.path));
	EXPECT_EQ(hashes + 1, gth_stat("hashes"));
	/* And that stays. */
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	EXPECT_EQ(hashes + 1, gth_stat("hashes"));
}

/* Never bounded, each on a file of its own */

TEST_F(heat, exec_of_a_hot_file_is_judged)
{
	gth_u64 hashes;

	ASSERT_EQ(1, make_hot(self->f.path));
	ASSERT_EQ(0, gth_overwrite(self->f.path, O_TRUNC, self->image, sizeof(self->image)));
	hashes = gth_stat("hashes");
	EXPECT_EQ(-EPERM, gth_exec(self->f.path));
	EXPECT_EQ(hashes + 1, gth_stat("hashes"));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
}

TEST_F(heat, mapping_of_a_hot_file_as_code_is_judged)
{
	gth_u64 hashes;

	ASSERT_EQ(1, make_hot(self->f.path));
	ASSERT_EQ(0, gth_overwrite(self->f.path, O_TRUNC, self->image, sizeof(self->image)));
	hashes = gth_stat("hashes");
	EXPECT_EQ(-EPERM, gth_map(self->fd, PROT_READ | PROT_EXEC));
	EXPECT_EQ(hashes + 1, gth_stat("hashes"));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
}

TEST_F(heat, mapping_of_a_hot_file_does_not_become_code)
{
	ASSERT_EQ(1, make_hot(self->f.path));
	ASSERT_EQ(0, gth_overwrite(self->f.path, O_TRUNC, self->image, sizeof(self->image)));
	EXPECT_EQ(-EPERM, gth_map_gains_exec(self->fd));
}

TEST_F(heat, kernel_read_of_a_hot_file_is_judged)
{
	gth_u64 hashes;

	ASSERT_EQ(1, make_hot(self->f.path));
	/* A file that is not a module is read, and found not to be one. */
	EXPECT_EQ(-1, syscall(SYS_finit_module, self->fd, "", 0));
	EXPECT_EQ(ENOEXEC, errno);
	ASSERT_EQ(1, make_hot(self->f.path));
	ASSERT_EQ(0, gth_overwrite(self->f.path, O_TRUNC, self->image, sizeof(self->image)));
	hashes = gth_stat("hashes");
	EXPECT_EQ(-1, syscall(SYS_finit_module, self->fd, "", 0));
	EXPECT_EQ(EPERM, errno);
	EXPECT_EQ(hashes + 1, gth_stat("hashes"));
}

/* Heat belongs to the inode: who replaces the file instead of rewriting it is judged. */
TEST_F(heat, file_that_replaces_a_hot_one_is_judged)
{
	struct gth_file fresh;

	ASSERT_EQ(1, make_hot(self->f.path));
	ASSERT_EQ(0,
		  gth_make(&fresh, &self->place, "fresh", 0644, self->image, sizeof(self->image)));
	ASSERT_EQ(0, rename(fresh.path, self->f.path));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
}

/* All on one processor: what runs there takes it from who is idle. */
static int pin(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	return sched_setaffinity(0, sizeof(set), &set);
}

/* Returns at once; runs until it is killed, which it is with its parent. */
static pid_t start_spinner(void)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (!pin())
		for (;;)
			;
	_exit(1);
}

/* Has the file hashed by a task that gets hardly any time. */
static int read_starved(const char *path)
{
	static const struct sched_param none;
	pid_t pid = fork();

	if (pid)
		return gth_wait_child(pid);
	if (pin() || sched_setscheduler(0, SCHED_IDLE, &none))
		_exit(100);
	_exit(-gth_open(path, O_RDONLY));
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The hashing that makes a file hot: GTH_REHASH_CREDIT_MS / GTH_REHASH_SHARE. */
#define HOT_SECONDS 0.25

TEST_F(heat, starved_reader_does_not_make_a_file_hot)
{
	double took = 0, before;
	gth_u64 skipped, hashes;
	pid_t spinner;
	int i;

	spinner = start_spinner();
	ASSERT_LT(0, spinner);
	for (i = 0; i < 100 && took < 2 * HOT_SECONDS; i++) {
		gth_u64 ns = gth_stat("hash_ns");
		char line[32];
		int len = snprintf(line, sizeof(line), "#!/starved %d\n", i);

		ASSERT_EQ(0, gth_overwrite(self->f.path, 0, line, (size_t)len));
		before = seconds();
		ASSERT_EQ(0, read_starved(self->f.path));
		took = (double)(gth_stat("hash_ns") - ns) / 1e9;
		ASSERT_LE(took, seconds() - before);
	}
	kill(spinner, SIGKILL);
	waitpid(spinner, NULL, 0);
	/* It happened: the hash took longer than what makes a file hot. */
	ASSERT_LE(2 * HOT_SECONDS, took);
	skipped = gth_stat("skipped_hot");
	hashes = gth_stat("hashes");
	ASSERT_EQ(0, gth_overwrite(self->f.path, O_TRUNC, self->image, sizeof(self->image)));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	EXPECT_EQ(skipped, gth_stat("skipped_hot"));
	EXPECT_EQ(hashes + 1, gth_stat("hashes"));
}

TEST_F(heat, hot_file_is_hashed_again_in_time)
{
	gth_u64 hashes;

	ASSERT_EQ(1, make_hot(self->f.path));
	hashes = gth_stat("hashes");
	EXPECT_TRUE(gth_wait_until(is_hashed, self->f.path));
	EXPECT_EQ(hashes + 1, gth_stat("hashes"));
}

TEST_HARNESS_MAIN
