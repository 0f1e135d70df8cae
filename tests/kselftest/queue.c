// SPDX-License-Identifier: GPL-2.0-or-later
/* queue.c - as many digests as tasks can wait for, and one more: of all users, and of one. */
#include "hold_fixture.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "stress.h"

#define REQUESTS_MAX 1024 /* GTH_REQUESTS_MAX */
#define REQUESTS_PER_USER 128

GTH_FIXTURE_HOLD(queue)

static void *open_one(void *arg)
{
	return (void *)(intptr_t)gth_open(arg, O_RDONLY);
}

/* In a child: opens n files at once. Exits with the number of those that were refused. */
static void open_all(struct gth_file *f, int n)
{
	pthread_t *thread = calloc((size_t)n, sizeof(*thread));
	struct rlimit files = { (rlim_t)n + 16, (rlim_t)n + 16 };
	pthread_attr_t small;
	int refused = 0;

	if (setrlimit(RLIMIT_NOFILE, &files))
		_exit(254);
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 64 << 10);
	for (int i = 0; i < n; i++)
		if (pthread_create(&thread[i], &small, open_one, f[i].path))
			_exit(255);
	for (int i = 0; i < n; i++) {
		void *err;

		pthread_join(thread[i], &err);
		refused += (intptr_t)err == -EPERM;
	}
	_exit(refused);
}

TEST_F(queue, more_than_can_be_waited_for_is_not_held)
{
	struct gth_file *f = calloc(REQUESTS_MAX + 1, sizeof(*f));
	gth_u64 full = gth_stat("queue_full"), requests = gth_stat("requests");
	char name[16];
	pid_t pid;
	int i;

	ASSERT_NE(NULL, f);
	ASSERT_EQ(0, gth_set("no_daemon", "deny"));
	for (i = 0; i <= REQUESTS_MAX; i++) {
		snprintf(name, sizeof(name), "f%d", i);
		ASSERT_EQ(0, gth_make_code(&f[i], &self->place, name));
	}
	pid = gth_hold_fork();
	if (!pid)
		open_all(f, REQUESTS_MAX + 1);
	for (i = 0; i < PATIENCE && gth_stat("queue_full") == full; i++)
		usleep(1000);
	EXPECT_EQ(full + 1, gth_stat("queue_full"));
	EXPECT_EQ(requests + REQUESTS_MAX, gth_stat("requests"));
	ASSERT_EQ(0, gth_set("open_unknown", "allow"));
	EXPECT_EQ(1, gth_hold_ended(pid, PATIENCE));
	free(f);
}

TEST_F(queue, one_user_does_not_take_it_all)
{
	struct gth_file *f = calloc(REQUESTS_PER_USER + 1, sizeof(*f));
	gth_u64 full = gth_stat("queue_full"), requests = gth_stat("requests");
	char name[16];
	pid_t pid, other;
	int i;

	ASSERT_NE(NULL, f);
	ASSERT_EQ(0, gth_set("no_daemon", "deny"));
	for (i = 0; i <= REQUESTS_PER_USER; i++) {
		snprintf(name, sizeof(name), "f%d", i);
		ASSERT_EQ(0, gth_make_code(&f[i], &self->place, name));
		ASSERT_EQ(0, chmod(f[i].path, 0644));
	}
	pid = gth_hold_fork();
	if (!pid) {
		if (gth_become_user())
			_exit(253);
		open_all(f, REQUESTS_PER_USER + 1);
	}
	for (i = 0; i < PATIENCE && gth_stat("queue_full") == full; i++)
		usleep(1000);
	EXPECT_EQ(full + 1, gth_stat("queue_full"));
	EXPECT_EQ(requests + REQUESTS_PER_USER, gth_stat("requests"));
	/* Root still waits. */
	other = gth_hold_start(self->f.path, false);
	EXPECT_EQ(-ETIME, gth_hold_ended(other, SOON));
	ASSERT_EQ(0, gth_set("open_unknown", "allow"));
	/* The one too many has waited, too: for room. */
	EXPECT_EQ(0, gth_hold_ended(pid, PATIENCE));
	EXPECT_EQ(0, gth_hold_ended(other, PATIENCE));
	free(f);
}

/* A user must not switch the holds of its own files off by asking for too many. */
TEST_F(queue, user_that_asks_for_too_many_is_not_let_go)
{
	struct gth_file *f = calloc(REQUESTS_PER_USER + 1, sizeof(*f));
	char name[16];
	pid_t pid;

	ASSERT_NE(NULL, f);
	ASSERT_EQ(0, gth_set("no_daemon", "allow"));
	ASSERT_EQ(0, gth_set("hold_expired", "deny"));
	ASSERT_EQ(0, gth_set("hold_timeout_ms", "3000"));
	for (int i = 0; i <= REQUESTS_PER_USER; i++) {
		snprintf(name, sizeof(name), "f%d", i);
		ASSERT_EQ(0, gth_make_code(&f[i], &self->place, name));
		ASSERT_EQ(0, chmod(f[i].path, 0644));
	}
	pid = gth_hold_fork();
	if (!pid) {
		if (gth_become_user())
			_exit(253);
		open_all(f, REQUESTS_PER_USER + 1);
	}
	EXPECT_EQ(REQUESTS_PER_USER + 1, gth_hold_ended(pid, PATIENCE));
	free(f);
}

TEST_HARNESS_MAIN
