// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hold.c - tasks wait for a verdict on an unknown file: as long as policy says,
 * never longer, and never without a daemon.
 */
#include "hold_fixture.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "stress.h"

GTH_FIXTURE_HOLD(hold)

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
	/* No task waits any more: there is nothing to read. */
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
		/* And no task is held from then on. */
		EXPECT_EQ(i ? EPERM : 0,
			  gth_hold_ended(gth_hold_start(self->f.path, false), PATIENCE));
		self->server = gth_serve();
		ASSERT_LE(0, self->server);
		ASSERT_EQ(0, ioctl(self->server, GTH_IOC_EXEMPT));
	}
	/* An open that was allowed because there is no daemon is not kept. */
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
	/* No task is held in monitor. */
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

TEST_HARNESS_MAIN
