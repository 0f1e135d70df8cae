// SPDX-License-Identifier: GPL-2.0-or-later
/* listen.c - the socket that endpoints connect to (see listen.h). */
#include "listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/util/number.h"

#define BACKLOG 128

static int resolve(const char *place, struct addrinfo **info)
{
	const struct addrinfo hints = { .ai_family = AF_UNSPEC,
					.ai_socktype = SOCK_STREAM,
					.ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV };
	const char *colon = strrchr(place, ':'), *host = place;
	size_t len = colon ? (size_t)(colon - place) : 0;
	unsigned long long port;
	char address[64];

	if (!colon || gth_number_parse(colon + 1, USHRT_MAX, &port))
		return -EINVAL;
	if (len > 2 && host[0] == '[' && host[len - 1] == ']') {
		host++;
		len -= 2;
	} else if (memchr(host, ':', len)) {
		return -EINVAL;
	}
	if (!len || len >= sizeof(address))
		return -EINVAL;
	snprintf(address, sizeof(address), "%.*s", (int)len, host);
	return getaddrinfo(address, colon + 1, &hints, info) ? -EINVAL : 0;
}

/**
 * region_listen() - a listening socket
 * @place: ADDRESS:PORT or [ADDRESS]:PORT; port 0: any free port
 *
 * Return: a descriptor; -EINVAL: @place is malformed; or an errno.
 */
int region_listen(const char *place)
{
	struct addrinfo *info;
	int fd, one = 1, err = resolve(place, &info);

	if (err)
		return err;
	fd = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) ||
	    bind(fd, info->ai_addr, info->ai_addrlen) || listen(fd, BACKLOG)) {
		err = -errno;
		if (fd >= 0)
			close(fd);
	}
	freeaddrinfo(info);
	return err ? err : fd;
}

/* The address and port at which it listens. */
int region_place(int socket, char place[REGION_PLACE_SIZE])
{
	struct sockaddr_storage name;
	socklen_t len = sizeof(name);
	char host[64], port[8];

	if (getsockname(socket, (struct sockaddr *)&name, &len))
		return -errno;
	if (getnameinfo((struct sockaddr *)&name, len, host, sizeof(host), port, sizeof(port),
			NI_NUMERICHOST | NI_NUMERICSERV))
		return -EINVAL;
	snprintf(place, REGION_PLACE_SIZE, strchr(host, ':') ? "[%s]:%s" : "%s:%s", host, port);
	return 0;
}
