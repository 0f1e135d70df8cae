// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * unread.c - events whose output is not read: lost events are counted, and nothing
 * waits for a reader.
 */
#include "test.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DAEMON "/usr/sbin/gotthardd"
#define FIFO "/tmp/unread"
#define READY "/tmp/unread-ready"
#define EVENTS 20000 /* more than pipe and ring buffer hold */

FIXTURE(unread)
{
	struct gth_place place;
	struct gth_file f;
};

FIXTURE_SETUP(unread)
{
	ASSERT_EQ(0, gth_begin(&self->place, MNT));
	ASSERT_EQ(0, gth_make_program(&self->f, &self->place, "f", NULL, 5));
	ASSERT_EQ(0, gth_list(&self->f, GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	ASSERT_TRUE(gth_end_daemon(SIGTERM));
	ASSERT_EQ(0, mkfifo(FIFO, 0600));
}

FIXTURE_TEARDOWN_PARENT(unread)
{
	if (gth_daemon())
		gth_end_daemon(SIGKILL);
	unlink(FIFO);
	unlink(READY);
	gth_start_daemon();
	gth_end(&self->place);
}

static bool exists(void *path)
{
	return !access(path, F_OK);
}

static bool is_stuck(void *arg)
{
	(void)arg;
	return gth_lines_with(GTH_LOG, "their reader does not read") > 0;
}

static bool loses(void *before)
{
	return gth_stat("events_lost") > *(gth_u64 *)before;
}

TEST_F(unread, fifo_without_a_reader_holds_up_nothing)
{
	static const char *const argv[] = { DAEMON, "--events", FIFO, "--ready-file", READY, NULL };
	gth_u64 lost = gth_stat("events_lost");

	ASSERT_LT(0, gth_spawn(argv, GTH_LOG));
	ASSERT_TRUE(gth_wait_until(exists, READY));
	for (int i = 0; i < EVENTS && gth_stat("events_lost") == lost; i++)
		ASSERT_EQ(0, gth_set("mode", i % 2 ? "enforce" : "monitor"));
	EXPECT_TRUE(gth_wait_until(loses, &lost));
	EXPECT_TRUE(gth_wait_until(is_stuck, NULL));
	EXPECT_EQ(1, gth_lines_with(GTH_LOG, "their reader does not read"));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	EXPECT_EQ(-EPERM, gth_exec(self->f.path));
	/* It ends when it is told to, although its writer waits. */
	EXPECT_TRUE(gth_end_daemon(SIGTERM));
	EXPECT_EQ(1, gth_lines_with(GTH_LOG, "one event could not be written and is lost"));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
}

TEST_HARNESS_MAIN
