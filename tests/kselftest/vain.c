// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vain.c - a wait for an answer that did not come is not repeated for a while, unless
 * something changes.
 *
 * The test itself serves, is exempt, and answers nothing.
 */
#include "test.h"

#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "hold_helpers.h"

#define PATIENCE 30000
#define TIMEOUT 3000
#define SOON 300
#define CODE 7
/* exec looks at a program when it is opened, before it is run, and when it is mapped. */
#define LOOKS 3

FIXTURE(vain)
{
	struct gth_place place;
	struct gth_file f;
	int server;
	gth_u64 begin; /* of the first wait, ms */
};

static gth_u64 now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (gth_u64)t.tv_sec * 1000 + (gth_u64)t.tv_nsec / 1000000;
}

static int become_server(void)
{
	int server = gth_serve();

	if (server >= 0 && ioctl(server, GTH_IOC_EXEMPT))
		return -errno;
	return server;
}

/* Unknown programs are held, and the caller is to answer. */
static int serve(void)
{
	char ms[16];
	int ret;

	snprintf(ms, sizeof(ms), "%d", TIMEOUT);
	ret = gth_set("hold_timeout_ms", ms);
	ret = ret ? ret : gth_set("exec_unknown", "hold");
	ret = ret ? ret : gth_set("mode", "enforce");
	return ret ? ret : become_server();
}

FIXTURE_SETUP(vain)
{
	ASSERT_EQ(0, gth_begin(&self->place, TMPFS));
	ASSERT_EQ(0, gth_make_program(&self->f, &self->place, "program", NULL, CODE));
	self->server = serve();
	ASSERT_LE(0, self->server);
	self->begin = now_ms();
}

FIXTURE_TEARDOWN_PARENT(vain)
{
	gth_end(&self->place);
}

/* A child starts a program; the program's exit status, or an errno */
static int start(const char *path)
{
	return gth_hold_ended(gth_hold_start(path, true), PATIENCE);
}

/* A wait lasts TIMEOUT, and is remembered as long again. */
#define REMEMBERED() (now_ms() - self->begin < 2 * TIMEOUT)
#define IF_REMEMBERED()                                                                            \
	do {                                                                                       \
		if (!REMEMBERED())                                                                 \
			SKIP(return, "this machine took too long");                                \
	} while (0)

TEST_F(vain, one_start_of_a_program_waits_once)
{
	gth_u64 requests = gth_stat("requests"), expired = gth_stat("hold_expired");
	gth_u64 held = gth_stat("held");
	struct gth_request r;

	EXPECT_EQ(CODE, start(self->f.path));
	EXPECT_LE(TIMEOUT, now_ms() - self->begin);
	EXPECT_EQ(requests + 1, gth_stat("requests"));
	EXPECT_EQ(held + LOOKS, gth_stat("held"));
	EXPECT_EQ(expired + LOOKS, gth_stat("hold_expired"));
	EXPECT_EQ(-ETIME, gth_next_request(self->server, &r, 0));
}

TEST_F(vain, next_start_does_not_wait)
{
	gth_u64 requests = gth_stat("requests"), expired = gth_stat("hold_expired");
	int status;

	EXPECT_EQ(CODE, start(self->f.path));
	status = start(self->f.path);
	IF_REMEMBERED();
	EXPECT_EQ(CODE, status);
	EXPECT_EQ(requests + 1, gth_stat("requests"));
	EXPECT_EQ(expired + 2 * LOOKS, gth_stat("hold_expired"));
	/* The policy decides each time; its change has the program asked for once more. */
	ASSERT_EQ(0, gth_set("hold_expired", "deny"));
	EXPECT_EQ(EPERM, start(self->f.path));
	EXPECT_EQ(EPERM, start(self->f.path));
	EXPECT_EQ(requests + 2, gth_stat("requests"));
}

TEST_F(vain, wait_is_forgotten_after_as_long_again)
{
	gth_u64 requests = gth_stat("requests");

	EXPECT_EQ(CODE, start(self->f.path));
	usleep((TIMEOUT + 100) * 1000);
	EXPECT_EQ(CODE, start(self->f.path));
	EXPECT_EQ(requests + 2, gth_stat("requests"));
}

TEST_F(vain, verdict_that_comes_late_counts_at_once)
{
	gth_u64 requests = gth_stat("requests");
	int status;

	EXPECT_EQ(CODE, start(self->f.path));
	ASSERT_EQ(0, gth_verdict(self->f.digest, GTH_CLASS_MALICIOUS, 0));
	EXPECT_EQ(EPERM, start(self->f.path));
	ASSERT_EQ(0, gth_verdict(self->f.digest, GTH_CLASS_TRUSTED, 0));
	status = start(self->f.path);
	EXPECT_EQ(CODE, status);
	EXPECT_EQ(requests + 1, gth_stat("requests"));
}

/* An exec does not wait for what an open has waited for. */
TEST_F(vain, one_wait_counts_for_every_operation)
{
	gth_u64 requests;
	int status;

	ASSERT_EQ(0, gth_set("open_unknown", "hold"));
	requests = gth_stat("requests");
	self->begin = now_ms();
	EXPECT_EQ(0, gth_hold_ended(gth_hold_start(self->f.path, false), PATIENCE));
	status = start(self->f.path);
	IF_REMEMBERED();
	EXPECT_EQ(CODE, status);
	EXPECT_EQ(requests + 1, gth_stat("requests"));
}

TEST_F(vain, script_waits_once_and_its_interpreter_once)
{
	gth_u64 requests = gth_stat("requests"), expired = gth_stat("hold_expired");
	struct gth_file script;

	ASSERT_EQ(0, gth_make_script(&script, &self->place, "script", self->f.path));
	EXPECT_EQ(CODE, start(script.path));
	EXPECT_LE(2 * TIMEOUT, now_ms() - self->begin);
	EXPECT_EQ(requests + 2, gth_stat("requests"));
	/* The script is opened and looked at before it is run; it is not mapped. */
	EXPECT_EQ(expired + LOOKS - 1 + LOOKS, gth_stat("hold_expired"));
}

TEST_F(vain, verdict_on_another_file_changes_nothing)
{
	gth_u64 requests = gth_stat("requests");
	struct gth_file other;
	int status;

	ASSERT_EQ(0, gth_make_program(&other, &self->place, "other", NULL, CODE));
	EXPECT_EQ(CODE, start(self->f.path));
	ASSERT_EQ(0, gth_verdict(other.digest, GTH_CLASS_TRUSTED, 0));
	status = start(self->f.path);
	IF_REMEMBERED();
	EXPECT_EQ(CODE, status);
	EXPECT_EQ(requests + 1, gth_stat("requests"));
}

/* Changes after which a program is asked for anew */

FIXTURE(change)
{
	struct gth_place place;
	struct gth_file f, other;
	int server;
	gth_u64 begin;
};

FIXTURE_VARIANT(change)
{
	const char *what;
};

FIXTURE_VARIANT_ADD(change, table) { .what = "table" };
FIXTURE_VARIANT_ADD(change, policy) { .what = "policy" };
FIXTURE_VARIANT_ADD(change, verdict) { .what = "verdict" };
FIXTURE_VARIANT_ADD(change, server) { .what = "server" };

FIXTURE_SETUP(change)
{
	ASSERT_EQ(0, gth_begin(&self->place, TMPFS));
	ASSERT_EQ(0, gth_make_program(&self->f, &self->place, "program", NULL, CODE));
	ASSERT_EQ(0, gth_make_program(&self->other, &self->place, "other", NULL, CODE));
	self->server = serve();
	ASSERT_LE(0, self->server);
	self->begin = now_ms();
}

FIXTURE_TEARDOWN_PARENT(change)
{
	gth_end(&self->place);
}

static int make_change(const char *what, int *server, const struct gth_file *f,
		       const struct gth_file *other)
{
	switch (*what) {
	case 't':
		return gth_list(other, GTH_CLASS_TRUSTED);
	case 'p':
		return gth_set("suspicious", "deny");
	case 'v':
		return gth_verdict(f->digest, GTH_CLASS_UNKNOWN, 0);
	default:
		close(*server);
		*server = become_server();
		return *server < 0 ? *server : 0;
	}
}

TEST_F(change, has_the_program_asked_for_anew)
{
	gth_u64 requests = gth_stat("requests");
	struct gth_request r;
	bool remembered;
	pid_t pid;

	EXPECT_EQ(CODE, start(self->f.path));
	EXPECT_EQ(requests + 1, gth_stat("requests"));
	ASSERT_EQ(0, make_change(variant->what, &self->server, &self->f, &self->other));
	pid = gth_hold_start(self->f.path, true);
	ASSERT_EQ(0, gth_next_request(self->server, &r, PATIENCE));
	remembered = REMEMBERED();
	EXPECT_EQ(0, memcmp(self->f.digest, r.digest, sizeof(r.digest)));
	close(r.fd);
	EXPECT_EQ(requests + 2, gth_stat("requests"));
	ASSERT_EQ(0, gth_verdict(self->f.digest, GTH_CLASS_TRUSTED, 0));
	EXPECT_EQ(CODE, gth_hold_ended(pid, PATIENCE));
	if (!remembered)
		SKIP(return, "this machine took too long");
}

TEST_HARNESS_MAIN
