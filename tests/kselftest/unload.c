// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * unload.c - protection goes when it is told to: gotthardd --unload detaches the
 * hooks wherever they are pinned, or says that it did not, and the module goes.
 */
#include "links.h"

#include <sys/file.h>
#include <sys/stat.h>

#define DAEMON "/usr/sbin/gotthardd"

static int run(const char *const argv[])
{
	unlink(GTH_LOG);
	return gth_run(argv, GTH_LOG);
}

static bool executes(void *path)
{
	return gth_exec(path) == 5;
}

GTH_FIXTURE_LINKS(unload)

/* --unload takes all programs away. */
#define EXPECT_UNLOADS()                                                                           \
	do {                                                                                       \
		EXPECT_EQ(0, gth_unload());                                                        \
		EXPECT_EQ(1, gth_lines_with(GTH_LOG, "hooks detached"));                           \
		EXPECT_EQ(0, gth_read_number(GTH_ROOT "health/hooks"));                            \
		ASSERT_TRUE(gth_wait_until(none_left, NULL))                                       \
		{                                                                                  \
			TH_LOG("%u programs are left", gth_bpf_programs());                        \
		}                                                                                  \
		EXPECT_TRUE(gth_wait_until(opens, self->f.path));                                  \
	} while (0)

#define EXPECT_MODULE_GOES()                                                                       \
	do {                                                                                       \
		EXPECT_TRUE(gth_module_goes());                                                    \
		ASSERT_EQ(0, gth_modprobe(NULL));                                                  \
		ASSERT_TRUE(gth_start_daemon());                                                   \
		ASSERT_EQ(0, protect(&self->f));                                                   \
		EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));                               \
	} while (0)

TEST_F(unload, detaches)
{
	ASSERT_TRUE(gth_end_daemon(SIGTERM));
	ASSERT_EQ(0, gth_unload());
	EXPECT_TRUE(log_has("hooks detached"));
	EXPECT_TRUE(gth_wait_until(opens, self->f.path));
	EXPECT_TRUE(gth_wait_until(executes, self->f.path));
	EXPECT_NE(0, access(GTH_PINS, F_OK));
	/* A second time is not an error. */
	EXPECT_EQ(0, gth_unload());
	ASSERT_TRUE(gth_start_daemon());
	EXPECT_TRUE(log_has("hooks attached"));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
}

/* The running daemon stands back, and ends; its event file has who did it. */
TEST_F(unload, ends_a_running_daemon)
{
	const char *const argv[] = { DAEMON, "--unload", NULL };
	const char *needles[] = { "\"type\":\"hooks\"", "\"new\":\"0\"", "\"uid\":0", NULL, NULL };
	char who[32], asker[64];
	struct stat st;
	pid_t pid;

	ASSERT_LE(0, gth_events_fence());
	ASSERT_EQ(0, stat(GTH_EVENTS, &st));
	/*
	 * The output of this process and the daemon; a daemon that was started keeps
	 * its own file.
	 */
	pid = gth_spawn(argv, "/tmp/unload.log");
	EXPECT_EQ(0, gth_wait_child(pid));
	EXPECT_EQ(1, gth_lines_with("/tmp/unload.log", "this machine is not protected"));
	EXPECT_EQ(0, gth_lines_with("/tmp/unload.log", "in use"));
	EXPECT_EQ(0, gth_daemon());
	snprintf(asker, sizeof(asker), "were detached by pid %d (uid 0)", pid);
	EXPECT_TRUE(log_has(asker));
	snprintf(who, sizeof(who), "\"pid\":%d,", pid);
	needles[3] = who;
	EXPECT_EQ(1, gth_events_count(st.st_size, st.st_size + (1 << 20), needles, NULL, 0));
	EXPECT_TRUE(gth_wait_until(opens, self->f.path));
	ASSERT_TRUE(gth_start_daemon());
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
}

/* It cannot be asked: nothing is detached. */
TEST_F(unload, is_refused_while_the_daemon_does_not_answer)
{
	const char *const argv[] = { DAEMON, "--unload", NULL };
	int device;

	ASSERT_TRUE(gth_end_daemon(SIGTERM));
	device = gth_device();
	ASSERT_LE(0, device);
	ASSERT_EQ(0, flock(device, LOCK_EX | LOCK_NB));
	EXPECT_EQ(1, run(argv));
	EXPECT_TRUE(log_has("stop it first"));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	close(device);
	ASSERT_TRUE(gth_start_daemon());
}

TEST_F(unload, module_goes_and_comes_again)
{
	const char *const argv[] = { DAEMON, NULL };
	int i;

	for (i = 0; i < 2; i++) {
		ASSERT_TRUE(gth_end_daemon(SIGTERM));
		ASSERT_EQ(0, gth_unload());
		ASSERT_TRUE(gth_module_goes());
		EXPECT_NE(0, access(GTH_DEVICE, F_OK));
		EXPECT_NE(0, access(GTH_ROOT, F_OK));
		/* There is nothing to attach to. */
		EXPECT_EQ(3, run(argv));
		EXPECT_TRUE(log_has("modprobe gotthard"));
		EXPECT_EQ(0, gth_open(self->f.path, O_RDONLY));
		ASSERT_EQ(0, gth_modprobe(NULL));
		ASSERT_TRUE(gth_start_daemon());
		ASSERT_EQ(0, gth_list(&self->f, GTH_CLASS_MALICIOUS));
		ASSERT_EQ(0, gth_set("mode", "enforce"));
		EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	}
}

TEST_F(unload, without_pins_are_detached)
{
	ASSERT_TRUE(gth_end_daemon(SIGTERM));
	ASSERT_LE(2 * HOOKS, remove_pins());
	EXPECT_UNLOADS();
	EXPECT_STREQ("not attached", status());
	EXPECT_MODULE_GOES();
}

TEST_F(unload, half_pinned_are_detached)
{
	ASSERT_TRUE(gth_end_daemon(SIGTERM));
	ASSERT_EQ(0, unlink(GTH_PINS "/link_gth_mmap_file"));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	EXPECT_UNLOADS();
	EXPECT_MODULE_GOES();
}

/* The pins are in the first one still, where no path leads any more. */
TEST_F(unload, pinned_where_another_bpffs_is_mounted_are_detached)
{
	unsigned int hooks = HOOKS;

	ASSERT_TRUE(gth_end_daemon(SIGTERM));
	ASSERT_EQ(0, mount("bpf", BPFFS, "bpf", 0, NULL));
	self->covered = true;
	ASSERT_NE(0, access(GTH_PINS, F_OK));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	ASSERT_TRUE(gth_start_daemon());
	EXPECT_EQ(1, gth_lines_with(GTH_LOG, "took over the hooks"));
	EXPECT_EQ(HOOKS, gth_read_number(GTH_ROOT "health/hooks"));
	/* One set: what the loaded programs were compared with has gone again. */
	EXPECT_TRUE(gth_wait_until(so_many, &hooks));
	EXPECT_EQ(0, access(GTH_PINS "/link_gth_file_open", F_OK));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	ASSERT_TRUE(gth_end_daemon(SIGTERM));
	EXPECT_UNLOADS();
}

/* Where --unload cannot reach: it must not say that they are gone. */
TEST_F(unload, pinned_elsewhere_are_not_said_to_be_detached)
{
	int pin = -1;

	ASSERT_TRUE(gth_end_daemon(SIGTERM));
	pin = get_pin(GTH_PINS "/link_gth_file_open");
	ASSERT_LE(0, pin);
	EXPECT_EQ(1, gth_unload());
	EXPECT_EQ(1, gth_lines_with(GTH_LOG, "hooks stay attached"));
	EXPECT_EQ(0, gth_lines_with(GTH_LOG, "not protected"));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	close(pin);
	EXPECT_TRUE(gth_wait_until(none_left, NULL));
	EXPECT_TRUE(gth_wait_until(opens, self->f.path));
	EXPECT_EQ(0, gth_unload());
	ASSERT_TRUE(gth_start_daemon());
}

TEST_HARNESS_MAIN
