// SPDX-License-Identifier: GPL-2.0-or-later
/* proxy.c - an HTTP proxy that knows one place. */
#include "tests/unit/lib/proxy.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct place {
	int port;
	bool refuse;
};

static void copy_both(int a, int b)
{
	struct pollfd p[] = { { .fd = a, .events = POLLIN }, { .fd = b, .events = POLLIN } };
	char block[4096];

	while (poll(p, 2, -1) > 0) {
		for (int i = 0; i < 2; i++) {
			ssize_t n;

			if (!p[i].revents)
				continue;
			n = read(p[i].fd, block, sizeof(block));
			if (n <= 0 || write(p[!i].fd, block, (size_t)n) != n)
				return;
		}
	}
}

static void answer(int peer, const void *arg)
{
	const struct place *place = arg;
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
				 .sin_port = htons((uint16_t)place->port) };
	int to = socket(AF_INET, SOCK_STREAM, 0), wanted = 0;
	static const char no[] =
		"HTTP/1.1 403 Forbidden\r\nRetry-After: 9\r\nContent-Length: 0\r\n\r\n";
	static const char yes[] = "HTTP/1.1 200 Connected\r\n\r\n";
	char line[2048] = "";
	size_t have = 0;

	while (!strstr(line, "\r\n\r\n") && have < sizeof(line) - 1 &&
	       read(peer, line + have, 1) == 1)
		line[++have] = '\0';
	if (place->refuse || sscanf(line, "CONNECT localhost:%d", &wanted) != 1 ||
	    wanted != place->port || connect(to, (struct sockaddr *)&a, sizeof(a))) {
		if (write(peer, no, sizeof(no) - 1) < 0)
			_exit(1);
		return;
	}
	seen->tunnels++;
	if (write(peer, yes, sizeof(yes) - 1) > 0)
		copy_both(peer, to);
}

struct server start_proxy(int port, bool refuse)
{
	const struct place place = { port, refuse };

	return run_server(answer, &place);
}
