// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * daemon.c - protection outlives gotthardd (unload.c has how it is ended).
 *
 * The tests follow one another: each leaves a daemon running, as it found one.
 */
#include "test.h"

#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define DAEMON "/usr/sbin/gotthardd"

static int run(const char *const argv[])
{
	unlink(GTH_LOG);
	return gth_run(argv, GTH_LOG);
}

static bool log_has(const char *words)
{
	char text[4096];
	FILE *f = fopen(GTH_LOG, "re");
	size_t n = f ? fread(text, 1, sizeof(text) - 1, f) : 0;

	if (f)
		fclose(f);
	text[n] = '\0';
	return strstr(text, words);
}

FIXTURE(daemon)
{
	struct gth_place place;
	struct gth_file f;
};

FIXTURE_SETUP(daemon)
{
	/* A test before may have left without the module. */
	if (access(GTH_DEVICE, F_OK))
		gth_modprobe(NULL);
	if (!gth_daemon())
		gth_start_daemon();
	ASSERT_NE(0, gth_daemon());
	ASSERT_EQ(0, gth_begin(&self->place, MNT));
	ASSERT_EQ(0, gth_make_program(&self->f, &self->place, "f", NULL, 5));
	ASSERT_EQ(0, gth_list(&self->f, GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	ASSERT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
}

FIXTURE_TEARDOWN_PARENT(daemon)
{
	gth_end(&self->place);
}

TEST_F(daemon, killed_leaves_protection_on)
{
	char line[64];

	ASSERT_TRUE(gth_end_daemon(SIGKILL));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	EXPECT_EQ(-EPERM, gth_exec(self->f.path));
	ASSERT_EQ(0, gth_read_line(GTH_ROOT "health/daemon", line, sizeof(line)));
	EXPECT_STREQ("absent", line);
	ASSERT_TRUE(gth_start_daemon());
	EXPECT_TRUE(log_has("took over the hooks that were attached"));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	ASSERT_EQ(0, gth_read_line(GTH_ROOT "health/daemon", line, sizeof(line)));
	EXPECT_STREQ("present", line);
}

TEST_F(daemon, terminated_leaves_protection_on)
{
	ASSERT_TRUE(gth_end_daemon(SIGTERM));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	ASSERT_TRUE(gth_start_daemon());
	EXPECT_TRUE(log_has("took over the hooks that were attached"));
}

TEST_F(daemon, events_of_a_time_without_daemon_are_written_later)
{
	const char *needles[] = { "\"type\":\"decision\"", self->f.path, NULL };
	gth_u64 lost = gth_stat("events_lost");
	off_t from = gth_events_fence(), to;

	ASSERT_LE(0, from);
	ASSERT_TRUE(gth_end_daemon(SIGKILL));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	ASSERT_TRUE(gth_start_daemon());
	to = gth_events_fence();
	ASSERT_LE(0, to);
	EXPECT_EQ(2, gth_events_count(from, to, needles, NULL, 0));
	EXPECT_EQ(lost, gth_stat("events_lost"));
}

static bool exists(void *path)
{
	return !access(path, F_OK);
}

TEST_F(daemon, events_file_is_opened_anew_at_hangup)
{
	const char *needles[] = { "\"type\":\"decision\"", self->f.path, NULL };
	static const char old[] = GTH_EVENTS ".1";
	off_t from, to;

	ASSERT_LE(0, gth_events_fence());
	ASSERT_EQ(0, rename(GTH_EVENTS, old));
	ASSERT_EQ(0, kill(gth_daemon(), SIGHUP));
	ASSERT_TRUE(gth_wait_until(exists, GTH_EVENTS));
	from = gth_events_fence();
	ASSERT_LE(0, from);
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	to = gth_events_fence();
	ASSERT_LE(0, to);
	EXPECT_EQ(1, gth_events_count(from, to, needles, NULL, 0));
	EXPECT_EQ(0, unlink(old));
}

#define SMALL "/tmp/small"
#define SMALL_EVENTS SMALL "/events"

/* A daemon that writes its events to a small disk; true: it is ready. */
static bool start_on_small_disk(void)
{
	static const char *const argv[] = { DAEMON,	    "--events",	    SMALL_EVENTS,
					    "--ready-file", SMALL "/ready", NULL };

	unlink(SMALL "/ready");
	return gth_spawn(argv, GTH_LOG) > 0 && gth_wait_until(exists, SMALL "/ready");
}

/* The lines of its file; -1: one of them is not a whole one. */
static int whole_lines(void)
{
	FILE *f = fopen(SMALL_EVENTS, "re");
	char line[4096];
	int n = 0;

	while (f && n >= 0 && fgets(line, sizeof(line), f))
		n = !strncmp(line, "{\"time\":", 8) && strstr(line, "}\n") ? n + 1 : -1;
	if (f)
		fclose(f);
	return n;
}

static bool is_stuck(void *arg)
{
	(void)arg;
	return gth_lines_with(GTH_LOG, "the disk is full") > 0;
}

static bool more_lines_than(void *n)
{
	return whole_lines() > *(int *)n;
}

TEST_F(daemon, full_disk_leaves_no_half_line)
{
	int i, n;

	ASSERT_EQ(0, mkdir(SMALL, 0700));
	ASSERT_EQ(0, mount("tmpfs", SMALL, "tmpfs", 0, "size=16k"));
	ASSERT_TRUE(gth_end_daemon(SIGTERM));
	ASSERT_TRUE(start_on_small_disk());
	for (i = 0; i < 100; i++)
		ASSERT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	EXPECT_TRUE(gth_wait_until(is_stuck, NULL));
	ASSERT_TRUE(gth_end_daemon(SIGTERM));
	EXPECT_EQ(1, gth_lines_with(GTH_LOG, "one event could not be written and is lost"));
	n = whole_lines();
	EXPECT_LT(0, n);
	EXPECT_GT(100, n);
	ASSERT_EQ(0, mount(NULL, SMALL, NULL, MS_REMOUNT, "size=1m"));
	ASSERT_TRUE(start_on_small_disk());
	/* The rest has waited in the ring buffer: all but one, and those of the daemon itself. */
	n = 99;
	EXPECT_TRUE(gth_wait_until(more_lines_than, &n));
	ASSERT_TRUE(gth_end_daemon(SIGTERM));
	EXPECT_LT(99, whole_lines());
	/* A process that has ended closes its files a little later. */
	ASSERT_EQ(0, umount2(SMALL, MNT_DETACH));
	ASSERT_EQ(0, rmdir(SMALL));
	ASSERT_TRUE(gth_start_daemon());
}

TEST_F(daemon, second_one_refuses)
{
	const char *const argv[] = { DAEMON, NULL };
	pid_t first = gth_daemon();

	EXPECT_EQ(1, run(argv));
	EXPECT_TRUE(log_has("another gotthardd is running"));
	EXPECT_EQ(first, gth_daemon());
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
}

/* Starts a daemon in which standard input, output and error are closed. */
static pid_t start_closed(const char *const argv[])
{
	pid_t pid = fork();

	if (pid)
		return pid;
	for (int fd = 0; fd < 3; fd++)
		close(fd);
	setsid();
	execv(argv[0], (char *const *)argv);
	_exit(127);
}

TEST_F(daemon, closed_descriptors_are_not_the_device)
{
	const char *const plain[] = { DAEMON, NULL };
	const char *const file[] = { DAEMON,	     "--events",	  GTH_EVENTS,
				     "--ready-file", "/tmp/closed.ready", NULL };
	char path[64], target[64];
	pid_t pid;

	ASSERT_TRUE(gth_end_daemon(SIGTERM));
	/* There is nowhere to write the events to. */
	EXPECT_EQ(1, gth_wait_child(start_closed(plain)));

	unlink("/tmp/closed.ready");
	pid = start_closed(file);
	ASSERT_LT(0, pid);
	ASSERT_TRUE(gth_wait_until(exists, "/tmp/closed.ready"));
	for (int fd = 0; fd < 3; fd++) {
		snprintf(path, sizeof(path), "/proc/%d/fd/%d", pid, fd);
		memset(target, 0, sizeof(target));
		EXPECT_LT(0, readlink(path, target, sizeof(target) - 1));
		EXPECT_STREQ("/dev/null", target);
	}
	EXPECT_LE(0, gth_events_fence());
}

TEST_F(daemon, check_says_that_this_kernel_can_be_protected)
{
	const char *const argv[] = { DAEMON, "--check", NULL };
	const char *const odd[] = { DAEMON, "--bogus", NULL };

	EXPECT_EQ(0, run(argv));
	EXPECT_EQ(64, run(odd));
}

/* A symbol list without the function that the fix brought stands for a kernel without the fix. */
static bool hide_symbol(const char *symbol)
{
	FILE *from = fopen("/proc/kallsyms", "re"), *to = fopen("/tmp/kallsyms", "we");
	bool hidden = false;
	char line[1024];

	while (from && to && fgets(line, sizeof(line), from)) {
		if (strstr(line, symbol))
			hidden = true;
		else
			fputs(line, to);
	}
	if (from)
		fclose(from);
	if (to)
		fclose(to);
	return hidden && !mount("/tmp/kallsyms", "/proc/kallsyms", NULL, MS_BIND, NULL);
}

TEST_F(daemon, refuses_kernel_that_skips_hooks_while_another_task_sleeps_in_one)
{
	const char *const check[] = { DAEMON, "--check", NULL };

	ASSERT_TRUE(hide_symbol("__bpf_prog_enter_sleepable_recur"));
	EXPECT_EQ(3, run(check));
	EXPECT_TRUE(log_has("update the kernel"));
	ASSERT_EQ(0, umount("/proc/kallsyms"));
	EXPECT_EQ(0, run(check));
}

TEST_F(daemon, refuses_to_run_without_privilege)
{
	pid_t pid = fork();
	int code;

	if (!pid) {
		const char *const argv[] = { DAEMON, NULL };

		int fd = open("/dev/null", O_WRONLY);

		if (fd < 0 || dup2(fd, 2) < 0 || setgid(GTH_USER) || setuid(GTH_USER))
			_exit(126);
		execv(argv[0], (char *const *)argv);
		_exit(127);
	}
	code = gth_wait_child(pid);
	EXPECT_EQ(true, code == 1 || code == 3);
}

TEST_F(daemon, module_cannot_be_removed_while_attached)
{
	int err;

	ASSERT_TRUE(gth_end_daemon(SIGKILL));
	/* No task has the device open: the BPF programs alone hold the module. */
	err = gth_remove_module();
	EXPECT_EQ(true, err == -EAGAIN || err == -EBUSY);
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	ASSERT_TRUE(gth_start_daemon());
}

TEST_F(daemon, half_attached_hooks_are_replaced)
{
	ASSERT_TRUE(gth_end_daemon(SIGKILL));
	ASSERT_EQ(0, unlink(GTH_PINS "/link_gth_file_open"));
	/* The daemon cannot tell it from a set that another program has pinned there. */
	ASSERT_TRUE(gth_start_daemon());
	EXPECT_TRUE(log_has("hooks attached in place of others"));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
}

TEST_HARNESS_MAIN
