// SPDX-License-Identifier: GPL-2.0-or-later
/* action.c - what a test does to a file (see gth.h). */
#include "gth.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int gth_open_fd(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* gth_overwrite() - the first bytes, in place */
int gth_overwrite(const char *path, int flags, const void *data, size_t len)
{
	int fd = gth_open_fd(path, O_WRONLY | flags), ret = 0;

	if (fd < 0)
		return fd;
	if (write(fd, data, len) != (ssize_t)len)
		ret = -EIO;
	close(fd);
	return ret;
}

int gth_open(const char *path, int flags)
{
	int fd = gth_open_fd(path, flags);

	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

int gth_wait_child(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -EINTR;
}

/* The child tells of a failed execve through a pipe that closes when it succeeds. */
static int exec_child(const char *path, int fd)
{
	char *argv[] = { (char *)"test", NULL }, *envp[] = { NULL };
	int tell[2], err = 0, ret;
	pid_t pid;

	if (pipe2(tell, O_CLOEXEC))
		return -errno;
	pid = fork();
	if (!pid) {
		if (path)
			execve(path, argv, envp);
		else
			execveat(fd, "", argv, envp, AT_EMPTY_PATH);
		err = -errno;
		_exit(write(tell[1], &err, sizeof(err)) != sizeof(err));
	}
	close(tell[1]);
	if (pid < 0) {
		close(tell[0]);
		return -EAGAIN;
	}
	if (read(tell[0], &err, sizeof(err)) != sizeof(err))
		err = 0;
	close(tell[0]);
	ret = gth_wait_child(pid);
	return err ? err : ret;
}

int gth_exec(const char *path)
{
	return exec_child(path, -1);
}

int gth_exec_fd(int fd)
{
	return exec_child(NULL, fd);
}

int gth_map(int fd, int prot)
{
	void *p = mmap(NULL, 4096, prot, MAP_PRIVATE, fd, 0);

	if (p == MAP_FAILED)
		return -errno;
	munmap(p, 4096);
	return 0;
}

int gth_map_gains_exec(int fd)
{
	void *p = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
	int ret = 0;

	if (p == MAP_FAILED)
		return -errno;
	if (mprotect(p, 4096, PROT_READ | PROT_EXEC))
		ret = -errno;
	munmap(p, 4096);
	return ret;
}
