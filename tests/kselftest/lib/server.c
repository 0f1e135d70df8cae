// SPDX-License-Identifier: GPL-2.0-or-later
/* server.c - who answers for held files, and who is held (see hold_helpers.h). */
#include "hold_helpers.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* gth_serve() - a descriptor that serves, and reads without waiting; -errno */
int gth_serve(void)
{
	int fd = open(GTH_DEVICE, O_RDWR | O_NONBLOCK | O_CLOEXEC), ret;

	if (fd < 0)
		return -errno;
	if (!ioctl(fd, GTH_IOC_SERVE))
		return fd;
	ret = -errno;
	close(fd);
	return ret;
}

/* gth_next_request() - waits for one; 0, -ETIME after ms, or what read gives */
int gth_next_request(int server, struct gth_request *r, int ms)
{
	struct pollfd p = { .fd = server, .events = POLLIN };
	int n = poll(&p, 1, ms);
	ssize_t len;

	if (n <= 0)
		return n ? -errno : -ETIME;
	len = read(server, r, sizeof(*r));
	if (len != sizeof(*r))
		return len < 0 ? -errno : -EIO;
	return 0;
}

/* gth_hold_fork() - a child that is gone with its parent, and keeps no descriptor of who serves */
pid_t gth_hold_fork(void)
{
	pid_t pid = fork();

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close_range(3, ~0U, 0);
	}
	return pid;
}

/* gth_hold_start() - a child opens, or executes, path; its exit status tells what came of it */
pid_t gth_hold_start(const char *path, bool exec)
{
	pid_t pid = gth_hold_fork();
	int ret;

	if (pid)
		return pid;
	ret = exec ? gth_exec(path) : gth_open(path, O_RDONLY);
	_exit(ret < 0 ? -ret : ret);
}

/* gth_hold_ended() - the child's exit status, or -ETIME: it is still held after ms */
int gth_hold_ended(pid_t pid, int ms)
{
	int status;

	for (; ms >= 0; ms -= 10) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return WIFEXITED(status) ? WEXITSTATUS(status) : -EINTR;
		usleep(10000);
	}
	return -ETIME;
}
