// SPDX-License-Identifier: GPL-2.0-or-later
/* clamd.c - questions to clamd, at its unix socket (see clamd.h). */
#include "clamd.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/util/clock.h"
#include "lib/util/io.h"
#include "region/patience.h"
#include "region/state.h"

#define ASK_MS 10000
#define SCAN_MS 300000
#define CHUNK (64U << 10)

static int dial(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd, err;

	if (strlen(path) >= sizeof(to.sun_path))
		return -ENAMETOOLONG;
	memcpy(to.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	if (!connect(fd, (struct sockaddr *)&to, sizeof(to)))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

static int put(int fd, const void *data, size_t len, uint64_t until, const atomic_bool *stop)
{
	const char *at = data;

	while (len) {
		ssize_t n = send(fd, at, len, MSG_NOSIGNAL);
		int err;

		if (n >= 0) {
			at += n;
			len -= (size_t)n;
			continue;
		}
		if (errno != EAGAIN && errno != EINTR)
			return -errno;
		err = region_patience(fd, POLLOUT, until, stop);
		if (err)
			return err;
	}
	return 0;
}

/* One reply, with its NUL. Return: its length, or an errno. */
static ssize_t get(int fd, char reply[REGION_REPLY_MAX], uint64_t until, const atomic_bool *stop)
{
	size_t have = 0;

	while (have < REGION_REPLY_MAX) {
		ssize_t n = recv(fd, reply + have, REGION_REPLY_MAX - have, 0);
		int err;

		if (n > 0) {
			have += (size_t)n;
			if (!reply[have - 1])
				return (ssize_t)have;
			continue;
		}
		if (!n)
			return -ECONNRESET;
		if (errno != EAGAIN && errno != EINTR)
			return -errno;
		err = region_patience(fd, POLLIN, until, stop);
		if (err)
			return err;
	}
	return -EMSGSIZE;
}

/* region_clamd_ask() - the engine's version and database; 0 or an errno */
int region_clamd_ask(const char *socket, struct region_engine *e, const atomic_bool *stop)
{
	uint64_t until = gth_monotonic_ms() + ASK_MS;
	char reply[REGION_REPLY_MAX];
	int fd = dial(socket), err;
	ssize_t n;

	if (fd < 0)
		return fd;
	err = put(fd, "zVERSION", sizeof("zVERSION"), until, stop);
	n = err ? err : get(fd, reply, until, stop);
	close(fd);
	return n < 0 ? (int)n : region_clamd_version(e, reply, (size_t)n);
}

/* Sends the whole file in chunks, each with its length before it; a length of 0 ends it. */
static int stream(int to, int fd, uint64_t until, const atomic_bool *stop)
{
	char *chunk = malloc(4 + CHUNK);
	off_t at = 0;
	int err = chunk ? 0 : -ENOMEM;

	while (!err) {
		ssize_t n = gth_pread_full(fd, chunk + 4, CHUNK, at);
		uint32_t len = htonl((uint32_t)n);

		if (n < 0) {
			err = (int)n;
			break;
		}
		memcpy(chunk, &len, 4);
		err = put(to, chunk, 4 + (size_t)n, until, stop);
		if (!n)
			break;
		at += n;
	}
	free(chunk);
	return err;
}

/**
 * region_clamd_scan() - have clamd scan a file
 * @fd: the file, read from its beginning
 *
 * The finding for a file that is too large for clamd is UNKNOWN.
 *
 * Return: 0; -EAGAIN: it could not be scanned now; or an errno.
 */
int region_clamd_scan(const char *socket, int fd, struct region_finding *f, const atomic_bool *stop)
{
	uint64_t until = gth_monotonic_ms() + SCAN_MS;
	char reply[REGION_REPLY_MAX];
	int to = dial(socket), err;
	ssize_t n;

	if (to < 0)
		return to;
	err = put(to, "zINSTREAM", sizeof("zINSTREAM"), until, stop);
	if (!err)
		err = stream(to, fd, until, stop);
	/* clamd closes the connection if the file is too large, after a reply that says so. */
	if (err == -EPIPE || err == -ECONNRESET)
		err = 0;
	n = err ? err : get(to, reply, until, stop);
	close(to);
	return n < 0 ? (int)n : region_clamd_reply(f, reply, (size_t)n);
}
