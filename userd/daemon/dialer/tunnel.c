// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * tunnel.c - CONNECT through the owner's proxy (see tunnel.h).
 *
 * The dialer does it, so that the courier never has a connection on which it could name another
 * destination. This code does not use libcurl, which would bring threads and twice the system calls
 * into the one process that may connect.
 */
#include "daemon/dialer/tunnel.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/util/clock.h"

#define ANSWER_MAX 8192 /* bytes of the proxy's header */

/* Return: 0; -ETIMEDOUT; or another errno of poll(2). */
static int wait_for(int fd, short events, int64_t until)
{
	struct pollfd p = { .fd = fd, .events = events };
	int n;

	do {
		int64_t left = until - (int64_t)gth_monotonic_ms();

		n = poll(&p, 1, left > 0 ? (int)left : 0);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n ? 0 : -ETIMEDOUT;
}

static int say(int fd, const char *text, size_t len, int64_t until)
{
	while (len) {
		int err = wait_for(fd, POLLOUT, until);
		ssize_t n = err ? -1 : send(fd, text, len, MSG_NOSIGNAL);

		if (err)
			return err;
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return -errno;
		if (n > 0) {
			text += n;
			len -= (size_t)n;
		}
	}
	return 0;
}

/*
 * Reads the answer's header, one byte at a time: the bytes after it are of the
 * region and belong to TLS.
 */
static int hear(int fd, char *answer, int64_t until)
{
	static const char end[] = "\r\n\r\n";

	for (size_t len = 0; len < ANSWER_MAX; len++) {
		int err = wait_for(fd, POLLIN, until);
		ssize_t n = err ? -1 : recv(fd, answer + len, 1, 0);

		if (err)
			return err;
		if (!n)
			return -ECONNRESET;
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return -errno;
		if (n < 0) {
			len--;
			continue;
		}
		if (len + 1 >= 4 && !memcmp(answer + len - 3, end, 4)) {
			answer[len + 1] = '\0';
			return 0;
		}
	}
	return -EMSGSIZE;
}

/* Of "HTTP/1.x NNN ...". Return: the status; -EBADMSG: it is not such a line. */
static int status_of(const char *answer)
{
	static const char digits[] = "0123456789";

	if (strncmp(answer, "HTTP/1.", 7) != 0 || !strchr("01", answer[7]) || answer[8] != ' ' ||
	    strspn(answer + 9, digits) != 3)
		return -EBADMSG;
	return (answer[9] - '0') * 100 + (answer[10] - '0') * 10 + (answer[11] - '0');
}

/**
 * gth_tunnel_open() - make a connection to the proxy one to the region
 * @fd: connected, O_NONBLOCK
 * @to: the region
 * @ms: for all of it
 * @why: set to the error, for people
 * @size: bytes of @why
 *
 * Return: 0; -EACCES: the proxy refuses; -EBADMSG, -EMSGSIZE: it is not an HTTP
 * proxy; -ETIMEDOUT, or another errno of the socket.
 */
int gth_tunnel_open(int fd, const struct gth_hostport *to, int ms, char *why, size_t size)
{
	const char *open = to->literal ? "[" : "", *close = to->literal ? "]" : "";
	char request[2 * GTH_URL_SIZE + 128], answer[ANSWER_MAX + 1];
	int64_t until = (int64_t)gth_monotonic_ms() + ms;
	int len = snprintf(request, sizeof(request),
			   "CONNECT %s%s%s:%s HTTP/1.1\r\nHost: %s%s%s:%s\r\n\r\n", open, to->host,
			   close, to->port, open, to->host, close, to->port);
	int err = say(fd, request, (size_t)len, until), status;

	if (!err)
		err = hear(fd, answer, until);
	status = err ? err : status_of(answer);
	if (status >= 200 && status < 300)
		return 0;
	if (status < 0)
		snprintf(why, size, "the proxy does not answer as one: %s", strerror(-status));
	else
		snprintf(why, size, "the proxy answers %d", status);
	return status < 0 ? status : -EACCES;
}
