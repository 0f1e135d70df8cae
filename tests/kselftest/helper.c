// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * helper.c - a program that the kernel starts for itself is not held: a thread of the
 * kernel, or a task that dumps core, would wait with it.
 */
#include "test.h"

#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "hold_helpers.h"

#define CORE_PATTERN "/proc/sys/kernel/core_pattern"
#define PATIENCE 20000 /* ms; shorter than the hold */

FIXTURE(helper)
{
	struct gth_place place;
	struct gth_file f;
	char pattern[128]; /* as it was */
	int server;
};

FIXTURE_VARIANT(helper)
{
	const char *no_daemon, *counter;
};

FIXTURE_VARIANT_ADD(helper, allowed) { .no_daemon = "allow", .counter = "no_daemon" };
FIXTURE_VARIANT_ADD(helper, denied) { .no_daemon = "deny", .counter = "denied" };

FIXTURE_SETUP(helper)
{
	char pattern[sizeof(self->f.path) + 1];

	ASSERT_EQ(0, gth_begin(&self->place, MNT));
	ASSERT_EQ(0, gth_make_program(&self->f, &self->place, "program", NULL, 0));
	ASSERT_EQ(0, gth_read_line(CORE_PATTERN, self->pattern, sizeof(self->pattern)));
	snprintf(pattern, sizeof(pattern), "|%s", self->f.path);
	ASSERT_EQ(0, gth_write_file(CORE_PATTERN, pattern, strlen(pattern)));
	self->server = gth_serve();
	ASSERT_LE(0, self->server);
	ASSERT_EQ(0, ioctl(self->server, GTH_IOC_EXEMPT));
	ASSERT_EQ(0, gth_set("hold_timeout_ms", "30000"));
	ASSERT_EQ(0, gth_set("no_daemon", variant->no_daemon));
	ASSERT_EQ(0, gth_set("exec_unknown", "hold"));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
}

FIXTURE_TEARDOWN_PARENT(helper)
{
	gth_write_file(CORE_PATTERN, self->pattern, strlen(self->pattern));
	gth_end(&self->place);
}

TEST_F(helper, of_a_core_dump_goes_by_no_daemon_at_once)
{
	gth_u64 before = gth_stat(variant->counter), requests = gth_stat("requests");
	pid_t pid = gth_hold_fork();
	struct gth_request r;

	if (!pid) {
		raise(SIGSEGV);
		_exit(1);
	}
	/* Killed by the signal; the dump has ended before that is told. */
	EXPECT_EQ(-EINTR, gth_hold_ended(pid, PATIENCE));
	EXPECT_LT(before, gth_stat(variant->counter));
	EXPECT_EQ(requests, gth_stat("requests"));
	EXPECT_EQ(-ETIME, gth_next_request(self->server, &r, 0));

	/* The same program, started by a task that can wait. */
	pid = gth_hold_start(self->f.path, true);
	ASSERT_EQ(0, gth_next_request(self->server, &r, PATIENCE));
	close(r.fd);
	ASSERT_EQ(0, gth_verdict(self->f.digest, GTH_CLASS_TRUSTED, 0));
	EXPECT_EQ(0, gth_hold_ended(pid, PATIENCE));
}

TEST_HARNESS_MAIN
