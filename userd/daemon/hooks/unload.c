// SPDX-License-Identifier: GPL-2.0-or-later
/* unload.c - `gotthardd --unload` asks the running daemon (see unload.h). */
#include "daemon/hooks/unload.h"

#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#define GO 'g' /* the daemon's one byte: go ahead */
#define WAIT_MS 60000

/* An abstract name, which needs no directory and ends with the daemon. Both ends check the peer's
 * user. */
static const struct sockaddr_un address = { .sun_family = AF_UNIX,
					    .sun_path = "\0gotthardd/unload" };
#define ADDRESS_SIZE (offsetof(struct sockaddr_un, sun_path) + sizeof("\0gotthardd/unload") - 1)

/* Permits root of the initial user namespace and the user of this process. */
static int check_peer(int fd, struct ucred *peer)
{
	socklen_t len = sizeof(*peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, peer, &len))
		return -errno;
	return peer->uid && peer->uid != geteuid() ? -EPERM : 0;
}

/* gth_unload_listen() - for the daemon: a descriptor that is readable when a client asks; or -errno
 */
int gth_unload_listen(void)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), err;

	if (fd < 0)
		return -errno;
	if (!bind(fd, (const struct sockaddr *)&address, ADDRESS_SIZE) && !listen(fd, 4))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

/**
 * gth_unload_accept() - for the daemon: let a client detach the hooks
 * @listener: of gth_unload_listen()
 * @peer: set to the client's ids
 *
 * Return: a descriptor that hangs up when the client is done or has ended; or
 * -errno.
 */
int gth_unload_accept(int listener, struct ucred *peer)
{
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	static const char go = GO;
	int err;

	if (fd < 0)
		return -errno;
	err = check_peer(fd, peer);
	if (!err && send(fd, &go, sizeof(go), MSG_NOSIGNAL) != sizeof(go))
		err = -errno;
	if (!err)
		return fd;
	close(fd);
	return err;
}

static int wait_for(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int n = poll(&p, 1, WAIT_MS);

	return n < 0 ? -errno : n ? 0 : -ETIMEDOUT;
}

/**
 * gth_unload_ask() - for the client: ask the daemon not to attach the hooks again
 * @daemon: set to the daemon's ids
 *
 * Return: a descriptor to be given to gth_unload_done() when the hooks are detached;
 * or -errno: it does not answer.
 */
int gth_unload_ask(struct ucred *daemon)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0), err = 0;
	char answer = 0;

	if (fd < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)&address, ADDRESS_SIZE))
		err = -errno;
	if (!err)
		err = check_peer(fd, daemon);
	if (!err)
		err = wait_for(fd);
	if (!err && (recv(fd, &answer, sizeof(answer), 0) != sizeof(answer) || answer != GO))
		err = -EPROTO;
	if (!err)
		return fd;
	close(fd);
	return err;
}

/* gth_unload_done() - tell the daemon, and wait until it has ended */
void gth_unload_done(int fd)
{
	shutdown(fd, SHUT_WR);
	wait_for(fd);
	close(fd);
}
