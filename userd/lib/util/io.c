// SPDX-License-Identifier: GPL-2.0-or-later
/* io.c - read(2) and write(2) that finish what they began (see io.h). */
#include "lib/util/io.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

/* Return: 0 or a negative errno; then some of it may have been written. */
int gth_write_all(int fd, const void *data, size_t len)
{
	const char *at = data;

	while (len) {
		ssize_t n = write(fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

/* A pipe with room; before Linux 6.4 it takes so much as fits for certain. */
static ssize_t write_pipe(int fd, const void *data, size_t len)
{
	const struct iovec v = { .iov_base = (void *)data, .iov_len = len };
	ssize_t n = pwritev2(fd, &v, 1, -1, RWF_NOWAIT);

	if (n >= 0 || (errno != EOPNOTSUPP && errno != ENOSYS))
		return n;
	return write(fd, data, len < PIPE_BUF ? len : PIPE_BUF);
}

/**
 * gth_write_now() - write what there is room for, and wait for no reader
 * @fd: a descriptor that is shared with others, so O_NONBLOCK is not for this process to set
 * @data: to be written
 * @len: bytes of @data, not 0
 *
 * Files are written as ever: a disk is not a reader. Before Linux 6.4, two processes that write
 * into the last room of one pipe at the same moment can make one of them wait.
 *
 * Return: bytes that were written; -EAGAIN: there is no room; or another errno.
 */
ssize_t gth_write_now(int fd, const void *data, size_t len)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode) && !S_ISSOCK(st.st_mode) && poll(&p, 1, 0) < 1)
		return -EAGAIN;
	if (S_ISSOCK(st.st_mode))
		n = send(fd, data, len, MSG_DONTWAIT | MSG_NOSIGNAL);
	else if (S_ISFIFO(st.st_mode))
		n = write_pipe(fd, data, len);
	else
		n = write(fd, data, len);
	if (n < 0)
		return errno == EINTR ? -EAGAIN : -errno;
	return n;
}

/* Return: the bytes read, less than @len only at the end; or a negative errno. */
ssize_t gth_read_full(int fd, void *data, size_t len)
{
	size_t have = 0;

	while (have < len) {
		ssize_t n = read(fd, (char *)data + have, len - have);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			break;
		have += (size_t)n;
	}
	return (ssize_t)have;
}

/* The same at an offset. */
ssize_t gth_pread_full(int fd, void *data, size_t len, off_t offset)
{
	size_t have = 0;

	while (have < len) {
		ssize_t n = pread(fd, (char *)data + have, len - have, offset + (off_t)have);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			break;
		have += (size_t)n;
	}
	return (ssize_t)have;
}
