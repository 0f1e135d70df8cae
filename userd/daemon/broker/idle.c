// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * idle.c - the broker in the place of a store (see idle.h). One client at a time, without waiting.
 * Only root can connect, so a silent client delays root's other clients only.
 */
#include "daemon/broker/idle.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/util/json.h"

#define COMMAND_MAX 256 /* bytes, as the store's (control.c) */

void gth_idle_init(struct gth_idle *i, int control)
{
	*i = (struct gth_idle) { .control = control, .client = -1 };
}

void gth_idle_close(struct gth_idle *i)
{
	if (i->client >= 0)
		close(i->client);
	i->client = -1;
}

/* gth_idle_fd() - the descriptor to poll; -1: none, the store listens */
int gth_idle_fd(const struct gth_idle *i)
{
	if (i->client >= 0)
		return i->client;
	return i->why[0] ? i->control : -1;
}

static json_t *answer_to(const struct gth_idle *i, const char *command)
{
	json_t *why = gth_json_text(i->why);

	/*
	 * There is no store to do it. A client for which that is not an error can tell by "store".
	 */
	if (strcmp(command, "status") != 0)
		return json_pack("{s:b, s:o, s:b}", "ok", 0, "error", why, "store", 0);
	return json_pack("{s:b, s:s, s:s, s:s, s:b, s:o, s:s, s:s}", "ok", 1, "region", "",
			 "country", "", "own_country", "", "wrong", i->wrong, "statement", why,
			 "journal", "ok", "database", "ok");
}

static void answer_client(struct gth_idle *i)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);
	char command[COMMAND_MAX + 1], *text = NULL;
	json_t *answer;
	ssize_t n = recv(i->client, command, COMMAND_MAX, MSG_DONTWAIT | MSG_TRUNC);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0 && n <= COMMAND_MAX &&
	    !getsockopt(i->client, SOL_SOCKET, SO_PEERCRED, &peer, &len) &&
	    (!peer.uid || peer.uid == geteuid())) {
		command[n] = '\0';
		answer = answer_to(i, command);
		text = answer ? json_dumps(answer, JSON_COMPACT) : NULL;
		json_decref(answer);
	}
	if (text)
		send(i->client, text, strlen(text), MSG_DONTWAIT | MSG_NOSIGNAL);
	free(text);
	gth_idle_close(i);
}

/* gth_idle_answer() - the descriptor of gth_idle_fd() is readable */
void gth_idle_answer(struct gth_idle *i, int fd)
{
	if (fd == i->client)
		answer_client(i);
	else
		i->client = accept4(i->control, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
}
