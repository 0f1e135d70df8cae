// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * leases.c - opens of a file on which another task has a lease, and which has to
 * be read to be judged: they wait, return and are interrupted as without the
 * module.
 */
#include "test.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "hold_helpers.h"
#include "waits.h"

#define ALLOWANCE 5000 /* ms; the kernel breaks a lease after 45 s */
#define PATIENCE 20000
#define SOON 500

FIXTURE(lease)
{
	struct gth_place place;
	struct gth_file f, free;
	struct gth_lease lease;
};

FIXTURE_VARIANT(lease)
{
	const char *mode;
};

FIXTURE_VARIANT_ADD(lease, by_default) { .mode = "monitor" };
FIXTURE_VARIANT_ADD(lease, enforced) { .mode = "enforce" };

FIXTURE_SETUP(lease)
{
	ASSERT_EQ(0, gth_begin(&self->place, MNT));
	ASSERT_EQ(0, gth_set("mode", variant->mode));
	ASSERT_EQ(0, gth_make_program(&self->f, &self->place, "f", NULL, 0));
	ASSERT_EQ(0, gth_make_program(&self->free, &self->place, "free", NULL, 0));
	ASSERT_EQ(0, gth_lease_begin(&self->lease, self->f.path));
}

FIXTURE_TEARDOWN_PARENT(lease)
{
	gth_end(&self->place);
}

TEST_F(lease, open_that_is_not_to_wait_does_not)
{
	long start = gth_ms(), without, beside;

	ASSERT_EQ(0, gth_open(self->free.path, O_RDONLY | O_NONBLOCK));
	without = gth_ms() - start;
	start = gth_ms();
	EXPECT_EQ(-EWOULDBLOCK, gth_open(self->f.path, O_RDONLY | O_NONBLOCK));
	beside = gth_ms() - start;
	printf("# %s, %s: without %ld ms, beside %ld ms\n", _metadata->name, variant->mode, without,
	       beside);
	EXPECT_LE(beside, 2 * without + ALLOWANCE);
}

TEST_F(lease, open_ends_when_it_is_given_up)
{
	pid_t pid = gth_hold_start(self->f.path, false);

	EXPECT_EQ(-ETIME, gth_hold_ended(pid, SOON));
	ASSERT_EQ(0, gth_lease_give_up(&self->lease));
	EXPECT_EQ(0, gth_hold_ended(pid, PATIENCE));
}

TEST_F(lease, listed_content_is_denied_after_it_is_given_up)
{
	pid_t pid;

	ASSERT_EQ(0, gth_list(&self->f, GTH_CLASS_MALICIOUS));
	pid = gth_hold_start(self->f.path, false);
	EXPECT_EQ(-ETIME, gth_hold_ended(pid, SOON));
	ASSERT_EQ(0, gth_lease_give_up(&self->lease));
	EXPECT_EQ(strcmp(variant->mode, "enforce") ? 0 : EPERM, gth_hold_ended(pid, PATIENCE));
}

static void on_signal(int signal)
{
	(void)signal;
}

struct stack {
	pid_t pid;
};

static bool waits_for_lease(void *arg)
{
	return gth_waits(((struct stack *)arg)->pid, "__break_lease");
}

/* A child that opens the file, waits for the lease and gets a signal. */
static pid_t interrupted(FIXTURE_DATA(lease) * self, int flags)
{
	struct sigaction act = { .sa_handler = on_signal, .sa_flags = flags };
	struct stack s = { .pid = gth_hold_fork() };

	if (!s.pid) {
		sigaction(SIGUSR1, &act, NULL);
		_exit(-gth_open(self->f.path, O_RDONLY));
	}
	if (!gth_wait_until(waits_for_lease, &s) || kill(s.pid, SIGUSR1))
		return -1;
	return s.pid;
}

TEST_F(lease, signal_interrupts_the_open)
{
	pid_t pid = interrupted(self, 0);

	ASSERT_LT(0, pid);
	EXPECT_EQ(EINTR, gth_hold_ended(pid, PATIENCE));
}

TEST_F(lease, signal_that_restarts_calls_lets_the_open_go_on)
{
	pid_t pid = interrupted(self, SA_RESTART);

	ASSERT_LT(0, pid);
	EXPECT_EQ(-ETIME, gth_hold_ended(pid, SOON));
	ASSERT_EQ(0, gth_lease_give_up(&self->lease));
	EXPECT_EQ(0, gth_hold_ended(pid, PATIENCE));
}

TEST_HARNESS_MAIN
