// SPDX-License-Identifier: GPL-2.0-or-later
/* serving.c - one process serves, and it alone reads requests; no request is lost. */
#include "hold_fixture.h"

#include <errno.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

GTH_FIXTURE_HOLD(serving)

TEST_F(serving, one_serves_and_only_who_serves_reads)
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

TEST_F(serving, request_that_cannot_be_handed_out_is_not_lost)
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

TEST_F(serving, poll_from_before_it_served_hears_of_requests)
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
