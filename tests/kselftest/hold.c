// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hold.c - files that nobody knows wait for a verdict: as long as policy says,
 * never longer, and nobody waits for who is not there.
 *
 * The test's parent serves, and is exempt; its children are held.
 */
#include "test.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "crew.h"
#include "held.h"

#define REQUESTS_MAX 1024 /* GTH_REQUESTS_MAX */
#define REQUESTS_PER_USER 128
/* Long, where the answer is meant to come first; the guest's second may take ten of ours. */
#define PATIENCE 20000
#define SOON 300
#define CODE 7

FIXTURE(hold)
{
	struct gth_place place;
	struct gth_file f;
	int server;
};

FIXTURE_VARIANT(hold)
{
	const char *parent;
};

FIXTURE_VARIANT_ADD(hold, mnt) { .parent = MNT };
FIXTURE_VARIANT_ADD(hold, tmpfs) { .parent = TMPFS };

FIXTURE_SETUP(hold)
{
	ASSERT_EQ(0, gth_begin(&self->place, variant->parent));
	ASSERT_EQ(0, gth_make_program(&self->f, &self->place, "program", NULL, CODE));
	self->server = gth_serve();
	ASSERT_LE(0, self->server);
	ASSERT_EQ(0, ioctl(self->server, GTH_IOC_EXEMPT));
	ASSERT_EQ(0, gth_set("hold_timeout_ms", "30000"));
	ASSERT_EQ(0, gth_set("open_unknown", "hold"));
	ASSERT_EQ(0, gth_set("exec_unknown", "hold"));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
}

FIXTURE_TEARDOWN_PARENT(hold)
{
	gth_end(&self->place);
}

TEST_F(hold, request_tells_of_the_file_and_who_asked)
{
	char mine[GTH_PROGRAM_SIZE], theirs[GTH_PROGRAM_SIZE];
	struct gth_request r;
	struct stat st, got;
	pid_t pid;
	int fd;

	ASSERT_EQ(0, stat(self->f.path, &st));
	pid = gth_hold_start(self->f.path, false);
	ASSERT_EQ(0, gth_next_request(self->server, &r, PATIENCE));
	EXPECT_EQ(sizeof(r), r.size_of_record);
	EXPECT_EQ(GTH_OP_OPEN, r.op);
	EXPECT_EQ(GTH_DOMAIN_SHA256, r.domain);
	EXPECT_EQ(0, memcmp(self->f.digest, r.digest, sizeof(r.digest)));
	EXPECT_EQ(GTH_PROGRAM_SIZE, r.size);
	EXPECT_EQ(st.st_ino, r.ino);
	EXPECT_EQ(pid, (pid_t)r.pid);
	EXPECT_EQ(0, r.uid);
	EXPECT_STREQ(self->f.path, r.path);
	EXPECT_STREQ("hold", r.comm);
	ASSERT_LE(0, r.fd);
	ASSERT_EQ(0, fstat(r.fd, &got));
	EXPECT_EQ(st.st_ino, got.st_ino);
	EXPECT_EQ(O_RDONLY, fcntl(r.fd, F_GETFL) & O_ACCMODE);
	EXPECT_EQ(FD_CLOEXEC, fcntl(r.fd, F_GETFD));
	EXPECT_EQ(sizeof(theirs), read(r.fd, theirs, sizeof(theirs)));
	fd = open(self->f.path, O_RDONLY);
	EXPECT_EQ(sizeof(mine), read(fd, mine, sizeof(mine)));
	EXPECT_EQ(0, memcmp(mine, theirs, sizeof(mine)));
	close(fd);
	close(r.fd);
	/* Once is enough. */
	EXPECT_EQ(-ETIME, gth_next_request(self->server, &r, 0));
	EXPECT_EQ(-ETIME, gth_hold_ended(pid, SOON));
	ASSERT_EQ(0, gth_verdict(self->f.digest, GTH_CLASS_MALICIOUS, 0));
	EXPECT_EQ(EPERM, gth_hold_ended(pid, PATIENCE));
}

TEST_F(hold, read_waits_for_a_request)
{
	struct gth_request r;
	pid_t pid;

	ASSERT_EQ(0, fcntl(self->server, F_SETFL, 0));
	pid = gth_hold_fork();
	if (!pid) {
		usleep(100 * 1000);
		_exit(-gth_open(self->f.path, O_RDONLY));
	}
	ASSERT_EQ(sizeof(r), read(self->server, &r, sizeof(r)));
	EXPECT_EQ(pid, (pid_t)r.pid);
	close(r.fd);
	ASSERT_EQ(0, gth_verdict(self->f.digest, GTH_CLASS_TRUSTED, 0));
	EXPECT_EQ(0, gth_hold_ended(pid, PATIENCE));
}

TEST_F(hold, trusted_goes_on_and_is_not_asked_for_again)
{
	struct gth_request r;
	gth_u64 hashes, requests;
	pid_t pid = gth_hold_start(self->f.path, true);

	ASSERT_EQ(0, gth_next_request(self->server, &r, PATIENCE));
	EXPECT_EQ(GTH_OP_EXEC, r.op);
	close(r.fd);
	EXPECT_EQ(-ETIME, gth_hold_ended(pid, SOON));
	hashes = gth_stat("hashes");
	requests = gth_stat("requests");
	ASSERT_EQ(0, gth_verdict(self->f.digest, GTH_CLASS_TRUSTED, 0));
	EXPECT_EQ(CODE, gth_hold_ended(pid, PATIENCE));
	EXPECT_EQ(CODE, gth_hold_ended(gth_hold_start(self->f.path, true), PATIENCE));
	EXPECT_EQ(0, gth_hold_ended(gth_hold_start(self->f.path, false), PATIENCE));
	EXPECT_EQ(hashes, gth_stat("hashes"));
	EXPECT_EQ(requests, gth_stat("requests"));
}

#define MANY 40

TEST_F(hold, many_who_wait_are_one_request)
{
	gth_u64 requests = gth_stat("requests"), held = gth_stat("held");
	struct gth_request r;
	pid_t pid[MANY];
	int i;

	for (i = 0; i < MANY; i++)
		pid[i] = gth_hold_start(self->f.path, i % 2);
	for (i = 0; i < PATIENCE && gth_stat("held") < held + MANY; i++)
		usleep(1000);
	EXPECT_EQ(held + MANY, gth_stat("held"));
	EXPECT_EQ(requests + 1, gth_stat("requests"));
	ASSERT_EQ(0, gth_next_request(self->server, &r, PATIENCE));
	close(r.fd);
	EXPECT_EQ(-ETIME, gth_next_request(self->server, &r, 0));
	ASSERT_EQ(0, gth_verdict(self->f.digest, GTH_CLASS_TRUSTED, 0));
	for (i = 0; i < MANY; i++)
		EXPECT_EQ(i % 2 ? CODE : 0, gth_hold_ended(pid[i], PATIENCE));
}

TEST_F(hold, time_is_over_and_policy_decides)
{
	gth_u64 expired = gth_stat("hold_expired");
	struct gth_request r;

	ASSERT_EQ(0, gth_set("hold_timeout_ms", "50"));
	EXPECT_EQ(0, gth_hold_ended(gth_hold_start(self->f.path, false), PATIENCE));
	EXPECT_EQ(expired + 1, gth_stat("hold_expired"));
	/* Nobody waits any more: there is nothing to read. */
	EXPECT_EQ(-ETIME, gth_next_request(self->server, &r, 0));
	ASSERT_EQ(0, gth_set("hold_expired", "deny"));
	EXPECT_EQ(EPERM, gth_hold_ended(gth_hold_start(self->f.path, false), PATIENCE));
	EXPECT_EQ(expired + 2, gth_stat("hold_expired"));
}

TEST_F(hold, answer_that_nobody_knows_it_ends_the_wait)
{
	static const char *const words[] = { "allow", "deny" };

	for (int i = 0; i < 2; i++) {
		struct gth_request r;
		pid_t pid;

		ASSERT_EQ(0, gth_set("hold_expired", words[i]));
		pid = gth_hold_start(self->f.path, false);
		ASSERT_EQ(0, gth_next_request(self->server, &r, PATIENCE));
		close(r.fd);
		ASSERT_EQ(0, gth_verdict(self->f.digest, GTH_CLASS_UNKNOWN, 0));
		EXPECT_EQ(i ? EPERM : 0, gth_hold_ended(pid, PATIENCE));
	}
}

TEST_F(hold, killed_task_ends_and_so_does_its_request)
{
	struct gth_request r;
	pid_t pid = gth_hold_start(self->f.path, false);
	struct pollfd p = { .fd = self->server, .events = POLLIN };

	ASSERT_EQ(1, poll(&p, 1, PATIENCE));
	ASSERT_EQ(0, kill(pid, SIGKILL));
	EXPECT_EQ(-EINTR, gth_hold_ended(pid, PATIENCE));
	EXPECT_EQ(-ETIME, gth_next_request(self->server, &r, 0));
	EXPECT_EQ(-1, read(self->server, &r, sizeof(r)));
	EXPECT_EQ(EAGAIN, errno);
}

TEST_F(hold, server_that_goes_lets_all_go_on)
{
	static const char *const words[] = { "allow", "deny" };

	for (int i = 0; i < 2; i++) {
		pid_t read_one, unread;
		struct gth_request r;

		ASSERT_EQ(0, gth_set("no_daemon", words[i]));
		read_one = gth_hold_start(self->f.path, false);
		ASSERT_EQ(0, gth_next_request(self->server, &r, PATIENCE));
		close(r.fd);
		unread = gth_hold_start(self->f.path, true);
		EXPECT_EQ(-ETIME, gth_hold_ended(unread, SOON));
		close(self->server);
		EXPECT_EQ(i ? EPERM : 0, gth_hold_ended(read_one, PATIENCE));
		EXPECT_EQ(i ? EPERM : CODE, gth_hold_ended(unread, PATIENCE));
		/* And nobody is held from then on. */
		EXPECT_EQ(i ? EPERM : 0,
			  gth_hold_ended(gth_hold_start(self->f.path, false), PATIENCE));
		self->server = gth_serve();
		ASSERT_LE(0, self->server);
		ASSERT_EQ(0, ioctl(self->server, GTH_IOC_EXEMPT));
	}
	/* What was allowed for nobody being there is not kept. */
	ASSERT_EQ(0, gth_set("hold_timeout_ms", "50"));
	ASSERT_EQ(0, gth_set("hold_expired", "deny"));
	EXPECT_EQ(EPERM, gth_hold_ended(gth_hold_start(self->f.path, false), PATIENCE));
}

TEST_F(hold, table_and_policy_end_it)
{
	struct gth_request r;
	pid_t pid = gth_hold_start(self->f.path, false);

	ASSERT_EQ(0, gth_next_request(self->server, &r, PATIENCE));
	close(r.fd);
	ASSERT_EQ(0, gth_list(&self->f, GTH_CLASS_MALICIOUS));
	EXPECT_EQ(EPERM, gth_hold_ended(pid, PATIENCE));
	ASSERT_EQ(0, gth_drop());

	pid = gth_hold_start(self->f.path, false);
	ASSERT_EQ(0, gth_next_request(self->server, &r, PATIENCE));
	close(r.fd);
	ASSERT_EQ(0, gth_set("open_unknown", "allow"));
	EXPECT_EQ(0, gth_hold_ended(pid, PATIENCE));
}

TEST_F(hold, deleted_file_can_be_read_by_who_answers)
{
	struct gth_request r;
	char magic[4];
	pid_t pid = gth_hold_start(self->f.path, false);
	struct pollfd p = { .fd = self->server, .events = POLLIN };

	ASSERT_EQ(1, poll(&p, 1, PATIENCE));
	ASSERT_EQ(0, unlink(self->f.path));
	ASSERT_EQ(0, gth_next_request(self->server, &r, 0));
	ASSERT_LE(0, r.fd);
	EXPECT_EQ(4, read(r.fd, magic, sizeof(magic)));
	EXPECT_EQ(0, memcmp(magic, "\177ELF", 4));
	close(r.fd);
	ASSERT_EQ(0, gth_verdict(self->f.digest, GTH_CLASS_TRUSTED, 0));
	EXPECT_EQ(0, gth_hold_ended(pid, PATIENCE));
}

TEST_F(hold, content_that_changes_meanwhile_is_judged_as_it_is)
{
	struct gth_file other;
	struct gth_request r;
	char data[GTH_PROGRAM_SIZE];
	int from, to;
	pid_t pid;

	ASSERT_EQ(0, gth_make_program(&other, &self->place, "other", NULL, CODE + 1));
	ASSERT_EQ(0, gth_verdict(other.digest, GTH_CLASS_MALICIOUS, 0));
	pid = gth_hold_start(self->f.path, false);
	ASSERT_EQ(0, gth_next_request(self->server, &r, PATIENCE));
	close(r.fd);
	from = open(other.path, O_RDONLY);
	to = open(self->f.path, O_WRONLY);
	ASSERT_EQ(sizeof(data), read(from, data, sizeof(data)));
	ASSERT_EQ(sizeof(data), write(to, data, sizeof(data)));
	close(from);
	close(to);
	ASSERT_EQ(0, gth_verdict(self->f.digest, GTH_CLASS_TRUSTED, 0));
	EXPECT_EQ(EPERM, gth_hold_ended(pid, PATIENCE));
}

TEST_F(hold, who_may_not_wait_is_not_held)
{
	gth_u64 held = gth_stat("held");
	int fd;

	/* This process is exempt. */
	EXPECT_EQ(0, gth_open(self->f.path, O_RDONLY));
	fd = open(self->f.path, O_RDONLY);
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, gth_map(fd, PROT_READ | PROT_EXEC));
	close(fd);
	/* Nobody is held in monitor. */
	ASSERT_EQ(0, gth_set("mode", "monitor"));
	EXPECT_EQ(0, gth_hold_ended(gth_hold_start(self->f.path, false), PATIENCE));
	EXPECT_EQ(held, gth_stat("held"));
}

/* finit_module(2) of a file that is none: what comes of it tells whether it was let through. */
TEST_F(hold, kernel_read_is_held)
{
	struct gth_request r;
	pid_t pid;

	ASSERT_EQ(0, gth_set("open_unknown", "allow"));
	ASSERT_EQ(0, gth_set("kernel_unknown", "hold"));
	pid = gth_hold_fork();
	if (!pid) {
		int fd = open(self->f.path, O_RDONLY);

		_exit(syscall(SYS_finit_module, fd, "", 0) ? errno : 0);
	}
	ASSERT_EQ(0, gth_next_request(self->server, &r, PATIENCE));
	EXPECT_EQ(GTH_OP_KERNEL, r.op);
	close(r.fd);
	EXPECT_EQ(-ETIME, gth_hold_ended(pid, SOON));
	ASSERT_EQ(0, gth_verdict(self->f.digest, GTH_CLASS_TRUSTED, 0));
	EXPECT_EQ(ENOEXEC, gth_hold_ended(pid, PATIENCE));
}

TEST_F(hold, one_serves_and_only_who_serves_reads)
{
	char line[32];
	struct gth_request r;
	int other = open(GTH_DEVICE, O_RDWR | O_NONBLOCK);

	ASSERT_LE(0, other);
	EXPECT_EQ(-EBUSY, gth_serve());
	EXPECT_EQ(0, ioctl(self->server, GTH_IOC_SERVE));
	EXPECT_EQ(-1, read(other, &r, sizeof(r)));
	EXPECT_EQ(ENOTCONN, errno);
	EXPECT_EQ(-1, read(self->server, &r, sizeof(r) - 1));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, read(self->server, &r, sizeof(r)));
	EXPECT_EQ(EAGAIN, errno);
	close(other);
	ASSERT_EQ(0, gth_read_line(GTH_ROOT "health/daemon", line, sizeof(line)));
	EXPECT_STREQ("serving", line);
}

TEST_F(hold, request_that_cannot_be_handed_out_is_not_lost)
{
	struct rlimit old, none;
	struct gth_request r;
	pid_t pid = gth_hold_start(self->f.path, false);
	struct pollfd p = { .fd = self->server, .events = POLLIN };

	ASSERT_EQ(1, poll(&p, 1, PATIENCE));
	EXPECT_EQ(-1, syscall(SYS_read, self->server, 8L, sizeof(r)));
	EXPECT_EQ(EFAULT, errno);
	ASSERT_EQ(0, getrlimit(RLIMIT_NOFILE, &old));
	none = (struct rlimit) { 3, old.rlim_max };
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &none));
	EXPECT_EQ(-1, read(self->server, &r, sizeof(r)));
	EXPECT_EQ(EMFILE, errno);
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &old));
	ASSERT_EQ(0, gth_next_request(self->server, &r, 0));
	EXPECT_LE(0, r.fd);
	close(r.fd);
	ASSERT_EQ(0, gth_verdict(self->f.digest, GTH_CLASS_TRUSTED, 0));
	EXPECT_EQ(0, gth_hold_ended(pid, PATIENCE));
}

/* As many digests as can be waited for, and one more */

static void *open_one(void *arg)
{
	return (void *)(intptr_t)gth_open(arg, O_RDONLY);
}

/* In a child: opens n files at once; exits with how many were refused. */
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

TEST_F_TIMEOUT(hold, more_than_can_be_waited_for_is_not_held, 120 * GTH_SLOW)
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

TEST_F_TIMEOUT(hold, one_user_does_not_take_it_all, 120 * GTH_SLOW)
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
TEST_F_TIMEOUT(hold, user_that_asks_for_too_many_is_not_let_go, 120 * GTH_SLOW)
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

TEST_F(hold, what_is_in_force_counts_not_what_was_said_first)
{
	struct gth_verdict v[2] = { { .domain = GTH_DOMAIN_SHA256,
				      .class = GTH_CLASS_UNKNOWN,
				      .source = GTH_SOURCE_ROOT },
				    { .domain = GTH_DOMAIN_SHA256,
				      .class = GTH_CLASS_MALICIOUS,
				      .source = GTH_SOURCE_ROOT } };
	struct gth_request r;
	pid_t pid = gth_hold_start(self->f.path, false);

	ASSERT_EQ(0, gth_next_request(self->server, &r, PATIENCE));
	close(r.fd);
	for (int i = 0; i < 2; i++)
		memcpy(v[i].digest, self->f.digest, sizeof(v[i].digest));
	ASSERT_EQ(0, gth_verdicts(v, 2));
	EXPECT_EQ(EPERM, gth_hold_ended(pid, PATIENCE));
	EXPECT_EQ(0, gth_verdict(self->f.digest, GTH_CLASS_UNKNOWN, 0));
}

TEST_F(hold, lease_on_the_file_does_not_keep_the_reader_waiting)
{
	struct gth_request r;
	int ready[2];
	pid_t owner, pid;
	char byte;

	ASSERT_EQ(0, pipe(ready));
	owner = fork();
	if (!owner) {
		int fd = open(self->f.path, O_WRONLY);

		signal(SIGIO, SIG_IGN);
		if (fd < 0 || fcntl(fd, F_SETLEASE, F_WRLCK) || write(ready[1], "", 1) != 1)
			_exit(1);
		close(self->server);
		for (;;)
			pause();
	}
	close(ready[1]);
	EXPECT_EQ(1, read(ready[0], &byte, 1));
	close(ready[0]);
	pid = gth_hold_start(self->f.path, false);
	ASSERT_EQ(0, gth_next_request(self->server, &r, PATIENCE));
	EXPECT_EQ(-EAGAIN, r.fd);
	ASSERT_EQ(0, gth_verdict(self->f.digest, GTH_CLASS_TRUSTED, 0));
	kill(owner, SIGKILL);
	EXPECT_EQ(0, gth_hold_ended(pid, PATIENCE));
}

TEST_F(hold, poll_from_before_it_served_hears_of_requests)
{
	struct epoll_event e = { .events = EPOLLIN };
	int poller = epoll_create1(EPOLL_CLOEXEC), late;
	pid_t pid;

	close(self->server);
	late = open(GTH_DEVICE, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	ASSERT_LE(0, late);
	ASSERT_EQ(0, epoll_ctl(poller, EPOLL_CTL_ADD, late, &e));
	EXPECT_EQ(1, epoll_wait(poller, &e, 1, 0));
	EXPECT_EQ(EPOLLERR, e.events);
	ASSERT_EQ(0, ioctl(late, GTH_IOC_SERVE));
	ASSERT_EQ(0, ioctl(late, GTH_IOC_EXEMPT));
	EXPECT_EQ(0, epoll_wait(poller, &e, 1, 0));
	pid = gth_hold_start(self->f.path, false);
	EXPECT_EQ(1, epoll_wait(poller, &e, 1, PATIENCE));
	EXPECT_EQ(EPOLLIN, e.events);
	ASSERT_EQ(0, gth_verdict(self->f.digest, GTH_CLASS_TRUSTED, 0));
	EXPECT_EQ(0, gth_hold_ended(pid, PATIENCE));
	close(poller);
	close(late);
}

TEST_HARNESS_MAIN
