// SPDX-License-Identifier: GPL-2.0-or-later
/* control_socket.c - the socket on which gotthardctl asks the daemon (see control_socket.h). */
#include "daemon/broker/control_socket.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 16

/**
 * gth_control_socket_listen() - a socket that is listened to, for its owner only
 * @path: of the socket; one that an ended daemon left is replaced: the caller
 *        holds the lock that makes it the only daemon
 *
 * Return: the descriptor; -ENAMETOOLONG; -EEXIST: something else is there; or
 * another errno.
 */
int gth_control_socket_listen(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct stat st;
	mode_t mask;
	int fd, err;

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, strlen(path) + 1);
	if (!lstat(path, &st)) {
		if (!S_ISSOCK(st.st_mode))
			return -EEXIST;
		if (unlink(path))
			return -errno;
	}
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	mask = umask(0177);
	err = bind(fd, (struct sockaddr *)&address, sizeof(address)) || listen(fd, BACKLOG) ? -errno
											    : 0;
	umask(mask);
	if (!err)
		return fd;
	close(fd);
	return err;
}
