// SPDX-License-Identifier: GPL-2.0-or-later
/* clients.c - connections of gotthardctl, limited in number and time (see clients.h). */
#include "daemon/store/clients.h"

#include <sys/socket.h>
#include <unistd.h>

#include "daemon/store/context.h"
#include "daemon/store/control.h"
#include "lib/util/clock.h"

#define CLIENT_MS 5000 /* within which a client has to send its command */

void gth_clients_init(struct gth_clients *c)
{
	for (int i = 0; i < GTH_CLIENTS_MAX; i++)
		c->at[i].fd = -1;
}

/*
 * gth_clients_poll() - GTH_CLIENTS_MAX entries for poll(2); the loop wakes at the time limit of
 * silent clients
 */
void gth_clients_poll(struct gth_store *s, const struct gth_clients *c, struct pollfd *p)
{
	for (int i = 0; i < GTH_CLIENTS_MAX; i++) {
		p[i] = (struct pollfd) { .fd = c->at[i].fd, .events = POLLIN };
		if (c->at[i].fd >= 0 && c->at[i].until < s->wake)
			s->wake = c->at[i].until;
	}
}

void gth_clients_accept(struct gth_clients *c, int control)
{
	int fd = accept4(control, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	for (int i = 0; i < GTH_CLIENTS_MAX; i++) {
		if (c->at[i].fd >= 0)
			continue;
		c->at[i].fd = fd;
		c->at[i].until = gth_boot_ms() + CLIENT_MS;
		return;
	}
	close(fd);
}

void gth_clients_serve(struct gth_store *s, struct gth_clients *c, const struct pollfd *p)
{
	for (int i = 0; i < GTH_CLIENTS_MAX; i++) {
		int fd = c->at[i].fd;

		if (fd < 0)
			continue;
		if (p[i].fd == fd && p[i].revents)
			gth_control_answer(s, fd);
		else if (gth_boot_ms() < c->at[i].until)
			continue;
		close(fd);
		c->at[i].fd = -1;
	}
}

void gth_clients_close(struct gth_clients *c)
{
	for (int i = 0; i < GTH_CLIENTS_MAX; i++)
		if (c->at[i].fd >= 0)
			close(c->at[i].fd);
}
