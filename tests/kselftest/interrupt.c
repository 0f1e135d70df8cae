// SPDX-License-Identifier: GPL-2.0-or-later
/* interrupt.c - loads that stand still, are interrupted or meet another one. */
#include "load.h"

#include <pthread.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

/* A load that stands still, because its body is a pipe */

struct slow {
	pthread_t thread;
	int manifest, pipe[2];
	int result;
	bool done;
};

static void *load_slowly(void *arg)
{
	struct slow *s = arg;

	s->result = gth_load_fds(s->manifest, s->pipe[0]);
	__atomic_store_n(&s->done, true, __ATOMIC_RELEASE);
	return NULL;
}

static bool pipe_was_read(void *arg)
{
	struct slow *s = arg;
	int unread = 0;

	return s->done || (!ioctl(s->pipe[0], FIONREAD, &unread) && !unread);
}

/* Starts one and feeds it a part of the body; true: it has read that, and waits for more. */
static bool start_slow(struct slow *s, const struct gth_db *db, size_t part)
{
	*s = (struct slow) { .manifest = manifest_fd(db) };
	if (pipe2(s->pipe, O_CLOEXEC) || write(s->pipe[1], db->record, part) != (ssize_t)part ||
	    pthread_create(&s->thread, NULL, load_slowly, s))
		return false;
	return gth_wait_until(pipe_was_read, s) && !s->done;
}

TEST_F(load, takes_a_body_through_a_pipe)
{
	size_t body = self->db.n * sizeof(struct gth_record);
	struct slow s;

	ASSERT_TRUE(start_slow(&s, &self->db, 50));
	EXPECT_UNCHANGED();
	ASSERT_EQ((ssize_t)body - 50, write(s.pipe[1], (char *)self->db.record + 50, body - 50));
	close(s.pipe[1]);
	pthread_join(s.thread, NULL);
	EXPECT_EQ(0, s.result);
	EXPECT_EQ(3, gth_table("entries"));
}

TEST_F(load, second_load_at_the_same_time_is_busy)
{
	size_t body = self->db.n * sizeof(struct gth_record);
	struct gth_db second = self->db;
	struct slow s;

	ASSERT_TRUE(start_slow(&s, &self->db, 10));
	second.version++;
	EXPECT_REFUSED(-EBUSY, gth_db_load(&second));
	/* Judging goes on, and so does reading what is in force. */
	EXPECT_UNCHANGED();
	ASSERT_EQ((ssize_t)body - 10, write(s.pipe[1], (char *)self->db.record + 10, body - 10));
	close(s.pipe[1]);
	pthread_join(s.thread, NULL);
	EXPECT_EQ(0, s.result);
	EXPECT_EQ(self->db.version, gth_table("version"));
	EXPECT_EQ(0, gth_db_load(&second));
}

TEST_F(load, body_that_ends_early_in_a_pipe_is_refused)
{
	struct slow s;

	ASSERT_TRUE(start_slow(&s, &self->db, 40));
	close(s.pipe[1]);
	pthread_join(s.thread, NULL);
	EXPECT_REFUSED(-ENODATA, s.result);
}

static volatile sig_atomic_t alarms;
static int end_of_pipe;

static void on_alarm(int signal)
{
	(void)signal;
	/* A load that is restarted for ever shall end, and be seen. */
	if (++alarms == 20)
		close(end_of_pipe);
}

static int interrupted_load(const struct gth_db *db, int flags)
{
	struct itimerval tick = { .it_value.tv_usec = 100000, .it_interval.tv_usec = 100000 };
	struct itimerval none = { .it_value.tv_sec = 0 };
	struct sigaction act = { .sa_handler = on_alarm, .sa_flags = flags };
	int pipe_fd[2], ret;

	if (pipe2(pipe_fd, O_CLOEXEC) || write(pipe_fd[1], db->record, 34) != 34)
		return -EIO;
	end_of_pipe = pipe_fd[1];
	sigaction(SIGALRM, &act, NULL);
	setitimer(ITIMER_REAL, &tick, NULL);
	ret = gth_load_fds(manifest_fd(db), pipe_fd[0]);
	setitimer(ITIMER_REAL, &none, NULL);
	return ret;
}

TEST_F(load, signal_interrupts_and_the_table_stays)
{
	EXPECT_REFUSED(-EINTR, interrupted_load(&self->db, 0));
	EXPECT_EQ(0, gth_db_load(&self->db));
}

/* Data that was read from a pipe is gone: to begin again would be wrong. */
TEST_F(load, interrupted_load_is_not_restarted)
{
	EXPECT_REFUSED(-EINTR, interrupted_load(&self->db, SA_RESTART));
	EXPECT_EQ(0, gth_db_load(&self->db));
}

TEST_F(load, interrupted_load_is_reported_as_such)
{
	char line[640];

	EXPECT_REFUSED(-EINTR, interrupted_load(&self->db, 0));
	ASSERT_EQ(0, gth_read_line(GTH_ROOT "health/last_error", line, sizeof(line)));
	EXPECT_STREQ("-4 kselftest", line);
}

/* Loads against each other, and against those who look */

struct racer {
	pthread_t thread;
	struct gth_db db;
	const char *listed;
	int loaded, busy, stale, other, opened;
};

static volatile bool race_over;

static void *race_load(void *arg)
{
	struct racer *r = arg;
	struct gth_db fresh;
	int i, ret;

	for (i = 0; i < 20; i++) {
		gth_db_init(&fresh);
		r->db.version = fresh.version;
		ret = gth_db_load(&r->db);
		if (!ret)
			r->loaded++;
		else if (ret == -EBUSY)
			r->busy++;
		else if (ret == -ESTALE)
			r->stale++;
		else
			r->other++;
	}
	return NULL;
}

static void *race_open(void *arg)
{
	struct racer *r = arg;

	/* This thread alone: so many denials use up the events of the user they are of. */
	if (syscall(SYS_setresuid, GTH_USER, GTH_USER, GTH_USER))
		r->opened++;
	while (!race_over)
		if (gth_open(r->listed, O_RDONLY) != -EPERM)
			r->opened++;
	return NULL;
}

TEST_F(load, loads_at_once_never_open_a_gap)
{
	static struct racer racer[5];
	int i, loaded = 0;

	ASSERT_EQ(0, gth_db_load(&self->db));
	for (i = 0; i < 5; i++) {
		racer[i].db = self->db;
		racer[i].listed = self->listed.path;
		ASSERT_EQ(0, pthread_create(&racer[i].thread, NULL, i < 3 ? race_load : race_open,
					    &racer[i]));
	}
	for (i = 0; i < 5; i++) {
		if (i == 3)
			race_over = true;
		pthread_join(racer[i].thread, NULL);
		EXPECT_EQ(0, racer[i].other);
		EXPECT_EQ(0, racer[i].opened);
		loaded += racer[i].loaded;
	}
	EXPECT_LE(1, loaded);
	EXPECT_EQ(3, gth_table("entries"));
	EXPECT_EQ(-EPERM, gth_open(self->fresh.path, O_RDONLY));
}

TEST_HARNESS_MAIN
