// SPDX-License-Identifier: GPL-2.0-or-later
/* server_process.c - servers that run in processes of their own, as long as the test. */
#include "tests/unit/lib/server_process.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/lib/must.h"

struct seen *seen;

void make_seen(void)
{
	seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	must(seen != MAP_FAILED);
}

static int listen_on(int *port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t len = sizeof(a);

	must(!bind(fd, (struct sockaddr *)&a, len) && !listen(fd, 32) &&
	     !getsockname(fd, (struct sockaddr *)&a, &len));
	*port = ntohs(a.sin_port);
	return fd;
}

struct server run_server(void (*answer)(int peer, const void *arg), const void *arg)
{
	struct server server;
	int fd = listen_on(&server.port);

	fflush(stdout);
	server.pid = fork();
	must(server.pid >= 0);
	if (server.pid) {
		close(fd);
		return server;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int peer = accept(fd, NULL, NULL);

		if (peer < 0)
			continue;
		if (!fork()) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			answer(peer, arg);
			_exit(0);
		}
		close(peer);
	}
}

void stop_server(struct server *s)
{
	kill(s->pid, SIGKILL);
	waitpid(s->pid, NULL, 0);
}
