/* SPDX-License-Identifier: GPL-2.0-or-later */
/* server_process.h - servers that run in processes of their own, as long as the test. */
#ifndef GTH_TEST_SERVER_PROCESS_H
#define GTH_TEST_SERVER_PROCESS_H

#include <stddef.h>
#include <sys/types.h>

/* Counts of all servers together; shared with the test. */
extern struct seen {
	unsigned int connections, requests, tunnels;
	char last[4096]; /* the last request's header */
	unsigned char body[1 << 16];
	size_t body_len;
} * seen;

/* Before the first server. */
void make_seen(void);

struct server {
	pid_t pid;
	int port;
};

/* Listens on a port of this machine; each connection has a process in which @answer is called. */
struct server run_server(void (*answer)(int peer, const void *arg), const void *arg);

void stop_server(struct server *s);

#endif /* GTH_TEST_SERVER_PROCESS_H */
