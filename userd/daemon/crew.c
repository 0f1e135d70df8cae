// SPDX-License-Identifier: GPL-2.0-or-later
/* crew.c - the broker's children, kept running (see crew.h). */
#include "daemon/crew.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/say.h"

#define DELAY_MIN 1000 /* ms */
#define DELAY_MAX 60000
#define PROVEN 60000  /* ms after which a start counts as a success */
#define FAREWELL 5000 /* ms to end orderly */

void gth_crew_init(struct gth_crew *c, const struct gth_role_options *o, int control)
{
	memset(c, 0, sizeof(*c));
	c->options = *o;
	c->control = control;
	c->store = -1;
	c->courier = -1;
	for (int i = 0; i < GTH_ROLES; i++)
		c->settings[i] = -1;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static int pair(int ends[2])
{
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) ? -errno : 0;
}

static int start(struct gth_crew *c, enum gth_role role, int fd3, int fd4, int fd5)
{
	const int fds[GTH_FD_DEVICE] = { -1, -1, -1, fd3, fd4, fd5, c->settings[role], -1 };
	pid_t pid = gth_role_start(role, &c->options, fds);

	if (pid < 0) {
		gth_say("cannot start the %s: %s", gth_role_names[role], strerror(-pid));
		return pid;
	}
	c->pid[role] = pid;
	return 0;
}

static void end(struct gth_crew *c, enum gth_role role, int number)
{
	if (c->pid[role] > 0)
		kill(c->pid[role], number);
}

/* Dialer and courier. Return: the store's end, or -errno. */
static int start_network(struct gth_crew *c)
{
	int orders[2] = { -1, -1 }, calls[2] = { -1, -1 };
	int err = pair(orders);

	c->ending_network = false;
	if (!err)
		err = pair(calls);
	if (!err)
		err = start(c, GTH_ROLE_DIALER, calls[0], -1, -1);
	if (!err)
		err = start(c, GTH_ROLE_COURIER, orders[1], calls[1], -1);
	close_fd(&calls[0]);
	close_fd(&calls[1]);
	close_fd(&orders[1]);
	if (!err)
		return orders[0];
	close_fd(&orders[0]);
	gth_crew_end_network(c);
	return err;
}

static int start_store(struct gth_crew *c)
{
	int ends[2] = { -1, -1 }, err = pair(ends);

	if (!err)
		err = start(c, GTH_ROLE_STORE, ends[1], c->courier, c->control);
	close_fd(&ends[1]);
	close_fd(&c->courier);
	if (err) {
		close_fd(&ends[0]);
		return err;
	}
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	c->store = ends[0];
	return 0;
}

/* A start has failed, or what was started has ended. Return: is it the first time? */
static bool put_off(struct gth_crew_turn *t, uint64_t now)
{
	bool first = !t->delay || now - t->started >= PROVEN;

	t->delay = first ? DELAY_MIN : t->delay * 2 < DELAY_MAX ? t->delay * 2 : DELAY_MAX;
	t->next = now + t->delay;
	return first;
}

static bool network_runs(const struct gth_crew *c)
{
	return c->pid[GTH_ROLE_COURIER] || c->pid[GTH_ROLE_DIALER];
}

/**
 * gth_crew_keep() - start what is wanted, does not run and is due
 * @c: the crew
 * @now: CLOCK_MONOTONIC in ms
 *
 * Return: enum gth_crew_change. A courier's end is the caller's to close.
 */
unsigned int gth_crew_keep(struct gth_crew *c, uint64_t now)
{
	bool store = c->pid[GTH_ROLE_STORE];
	int orders;

	if (!c->wanted || network_runs(c))
		return 0;
	if (!store && now < c->store_turn.next)
		return 0;
	if (store && now < c->network_turn.next)
		return 0;
	c->network_turn.started = now;
	orders = start_network(c);
	if (orders < 0) {
		put_off(&c->network_turn, now);
		if (!store)
			put_off(&c->store_turn, now);
		return 0;
	}
	c->courier = orders;
	if (store)
		return GTH_CREW_COURIER;
	c->store_turn.started = now;
	if (start_store(c)) {
		put_off(&c->store_turn, now);
		gth_crew_end_network(c);
		return 0;
	}
	return GTH_CREW_STORE;
}

static void say_end(enum gth_role role, int status, unsigned int delay)
{
	const char *name = gth_role_names[role];

	if (WIFSIGNALED(status))
		gth_say("the %s was killed by signal %d (%s); it is started again in %u s", name,
			WTERMSIG(status), strsignal(WTERMSIG(status)), delay / 1000);
	else
		gth_say("the %s ended with status %d; it is started again in %u s", name,
			WEXITSTATUS(status), delay / 1000);
}

/* Who was ended, or has lost his peer (status 0), has nothing to tell. */
static unsigned int mourn(struct gth_crew *c, enum gth_role role, int status, uint64_t now)
{
	bool store = role == GTH_ROLE_STORE;
	struct gth_crew_turn *t = store ? &c->store_turn : &c->network_turn;

	if (c->wanted && (store || (!c->ending_network && status)) && put_off(t, now))
		say_end(role, status, t->delay);
	gth_crew_end_network(c);
	if (!store)
		return 0;
	close_fd(&c->store);
	return GTH_CREW_STORE;
}

/* gth_crew_reap() - children that have ended; enum gth_crew_change */
unsigned int gth_crew_reap(struct gth_crew *c, uint64_t now)
{
	unsigned int changes = 0;
	int status;

	for (int i = GTH_ROLE_STORE; i < GTH_ROLES; i++) {
		if (c->pid[i] <= 0 || waitpid(c->pid[i], &status, WNOHANG) != c->pid[i])
			continue;
		c->pid[i] = 0;
		changes |= mourn(c, (enum gth_role)i, status, now);
	}
	return changes;
}

/* gth_crew_end_store() - it must not be believed, or must begin anew */
void gth_crew_end_store(struct gth_crew *c)
{
	end(c, GTH_ROLE_STORE, SIGKILL);
}

/* gth_crew_end_network() - courier and dialer; gth_crew_keep() starts others */
void gth_crew_end_network(struct gth_crew *c)
{
	c->ending_network = true;
	end(c, GTH_ROLE_COURIER, SIGKILL);
	end(c, GTH_ROLE_DIALER, SIGKILL);
}

static bool wait_for(pid_t *pid, int ms)
{
	const struct timespec moment = { .tv_nsec = 10000000 };

	for (; *pid > 0; ms -= 10) {
		if (waitpid(*pid, NULL, WNOHANG))
			*pid = 0;
		else if (ms <= 0)
			return false;
		else
			nanosleep(&moment, NULL);
	}
	return true;
}

/* gth_crew_stop() - end them all: the store sees its broker gone, and finishes what it writes */
void gth_crew_stop(struct gth_crew *c)
{
	c->wanted = false;
	close_fd(&c->store);
	close_fd(&c->courier);
	if (!wait_for(&c->pid[GTH_ROLE_STORE], FAREWELL)) {
		gth_say("the store does not end: killed");
		end(c, GTH_ROLE_STORE, SIGKILL);
	}
	gth_crew_end_network(c);
	for (int i = GTH_ROLE_STORE; i < GTH_ROLES; i++)
		wait_for(&c->pid[i], FAREWELL);
	c->store_turn = c->network_turn = (struct gth_crew_turn) { 0 };
}
