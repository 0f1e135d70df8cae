// SPDX-License-Identifier: GPL-2.0-or-later
/* children.c - the broker's children, kept running (see children.h). */
#include "daemon/broker/children.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/util/say.h"

#define FAREWELL 5000 /* ms to end orderly */

/*
 * How long a process may be silent. Courier and dialer come round once in GTH_PULSE_PERIOD_MS,
 * whatever the network does: libcurl does not block, and for each address the dialer waits 5 s, for
 * a proxy 10 s. The store divides its work on files and rows into small steps. The longest step is
 * the sync of one transaction; its limit is the time after which the kernel reports a hung task
 * (120 s: hung_task_timeout_secs).
 *
 * Longer is for the resolver (the most that can be configured is three servers and five attempts of
 * 30 s each), and for the sync of a spooled file, which has no other bound.
 */
const struct gth_children_pace gth_children_usual_pace = {
	.silence = { [GTH_ROLE_STORE] = 120000,
		     [GTH_ROLE_COURIER] = 60000,
		     [GTH_ROLE_DIALER] = 60000 },
	.longer = 600000,
	.dying = 60000,
	.delay_min = 1000,
	.delay_max = 60000,
	.proven = 60000,
};

void gth_children_init(struct gth_children *c, const struct gth_role_options *o, int control)
{
	memset(c, 0, sizeof(*c));
	c->options = *o;
	c->pace = &gth_children_usual_pace;
	c->control = control;
	c->store = -1;
	c->courier = -1;
	for (int i = 0; i < GTH_ROLES; i++) {
		c->settings[i] = -1;
		gth_liveness_init(&c->member[i].live);
	}
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

static struct gth_children_turn *turn_of(struct gth_children *c, enum gth_role role)
{
	return role == GTH_ROLE_STORE ? &c->store_turn : &c->network_turn;
}

static void note(struct gth_child *m, enum gth_children_failure last, int status)
{
	m->failed++;
	m->last = last;
	m->status = status;
}

/* Logged once. Return: @err */
static int cannot_start(struct gth_children *c, enum gth_role role, int err)
{
	struct gth_child *m = &c->member[role];

	if (!m->failed || m->last != GTH_CHILD_UNSTARTED)
		gth_say("cannot start the %s: %s", gth_role_names[role], strerror(-err));
	note(m, GTH_CHILD_UNSTARTED, -err);
	return err;
}

static int start(struct gth_children *c, enum gth_role role, int fd3, int fd4, int fd5)
{
	struct gth_child *m = &c->member[role];
	int beats = -1, err = gth_liveness_open(&m->live, &beats);
	const int fds[GTH_FD_DEVICE] = { -1, -1, -1, fd3, fd4, fd5, c->settings[role], beats };
	pid_t pid = err ? err : gth_role_start(role, &c->options, fds);

	close_fd(&beats);
	if (pid < 0) {
		gth_liveness_close(&m->live);
		return cannot_start(c, role, pid);
	}
	m->pid = pid;
	m->killed = m->hung = false;
	m->dying = 0;
	return 0;
}

/* gth_children_kill() - SIGKILL, which ends hung and stopped processes too */
void gth_children_kill(struct gth_children *c, enum gth_role role)
{
	struct gth_child *m = &c->member[role];

	if (m->pid <= 0)
		return;
	kill(m->pid, SIGKILL);
	m->killed = true;
}

/* Dialer and courier. Return: the store's end, or -errno. */
static int start_network(struct gth_children *c)
{
	int orders[2] = { -1, -1 }, calls[2] = { -1, -1 };
	int err = pair(orders);

	c->ending_network = false;
	if (!err)
		err = pair(calls);
	if (err)
		cannot_start(c, GTH_ROLE_COURIER, err);
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
	gth_children_end_network(c);
	return err;
}

static int start_store(struct gth_children *c)
{
	int ends[2] = { -1, -1 }, err = pair(ends);

	if (err)
		cannot_start(c, GTH_ROLE_STORE, err);
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

/* After a failed start, or the end of a process: doubles the delay before the next start. */
static void put_off(struct gth_children *c, struct gth_children_turn *t, uint64_t now)
{
	const struct gth_children_pace *p = c->pace;
	bool first = !t->delay || now - t->started >= p->proven;

	t->delay = first ? p->delay_min : t->delay * 2 < p->delay_max ? t->delay * 2 : p->delay_max;
	t->next = now + t->delay;
}

static bool network_runs(const struct gth_children *c)
{
	return c->member[GTH_ROLE_COURIER].pid || c->member[GTH_ROLE_DIALER].pid;
}

/* Clears the failures of processes that have run for long enough. */
static void forgive(struct gth_children *c, uint64_t now)
{
	for (int i = GTH_ROLE_STORE; i < GTH_ROLES; i++) {
		struct gth_children_turn *t = turn_of(c, (enum gth_role)i);
		struct gth_child *m = &c->member[i];

		if (m->pid && !m->killed && now - t->started >= c->pace->proven)
			m->failed = 0;
	}
}

/**
 * gth_children_keep() - start the processes that are wanted, do not run and are
 * due
 * @c: the children
 * @now: CLOCK_MONOTONIC in ms
 *
 * Return: enum gth_children_change. A courier's end is the caller's to close.
 */
unsigned int gth_children_keep(struct gth_children *c, uint64_t now)
{
	bool store = c->member[GTH_ROLE_STORE].pid;
	int orders;

	forgive(c, now);
	if (!c->wanted || network_runs(c))
		return 0;
	if (!store && now < c->store_turn.next)
		return 0;
	if (store && now < c->network_turn.next)
		return 0;
	c->network_turn.started = now;
	orders = start_network(c);
	if (orders < 0) {
		put_off(c, &c->network_turn, now);
		if (!store)
			put_off(c, &c->store_turn, now);
		return 0;
	}
	c->courier = orders;
	if (store)
		return GTH_CHILD_COURIER;
	c->store_turn.started = now;
	if (start_store(c)) {
		put_off(c, &c->store_turn, now);
		gth_children_end_network(c);
		return 0;
	}
	return GTH_CHILD_STORE;
}

static void say_end(enum gth_role role, int status, uint64_t delay)
{
	const char *name = gth_role_names[role];
	unsigned int s = (unsigned int)(delay / 1000);

	if (WIFSIGNALED(status))
		gth_say("the %s was killed by signal %d (%s); it is started again in %u s", name,
			WTERMSIG(status), strsignal(WTERMSIG(status)), s);
	else
		gth_say("the %s ended with status %d; it is started again in %u s", name,
			WEXITSTATUS(status), s);
}

/*
 * The end of a process that was killed with its peer is not reported. A process that lost its peer
 * exits with status 0, which is not a failure; but it too is started again after a delay.
 */
static unsigned int mourn(struct gth_children *c, enum gth_role role, int status, uint64_t now)
{
	struct gth_child *m = &c->member[role];
	struct gth_children_turn *t = turn_of(c, role);
	bool store = role == GTH_ROLE_STORE;

	if (c->wanted && (store || !c->ending_network || m->hung)) {
		put_off(c, t, now);
		if (!m->failed && (store || status))
			say_end(role, status, t->delay);
		if (m->hung)
			note(m, GTH_CHILD_SILENT, (int)m->live.silent);
		else if (store || status)
			note(m, GTH_CHILD_ENDED, status);
	}
	gth_liveness_close(&m->live);
	m->killed = m->hung = false;
	gth_children_end_network(c);
	if (!store)
		return 0;
	close_fd(&c->store);
	return GTH_CHILD_STORE;
}

/*
 * gth_children_reap() - children that have ended; enum gth_children_change
 *
 * A child ends because one before it has: they are asked for from the last to the
 * first, so that with each of them its cause is found, and told in the other order.
 */
unsigned int gth_children_reap(struct gth_children *c, uint64_t now)
{
	int status[GTH_ROLES];
	bool ended[GTH_ROLES] = { false };
	unsigned int changes = 0;

	for (int i = GTH_ROLES - 1; i >= GTH_ROLE_STORE; i--) {
		pid_t *pid = &c->member[i].pid;

		if (*pid <= 0 || waitpid(*pid, &status[i], WNOHANG) != *pid)
			continue;
		*pid = 0;
		ended[i] = true;
	}
	for (int i = GTH_ROLE_STORE; i < GTH_ROLES; i++)
		if (ended[i])
			changes |= mourn(c, (enum gth_role)i, status[i], now);
	return changes;
}

/* gth_children_end_store() - kill a store that must not be trusted any more, or must begin anew */
void gth_children_end_store(struct gth_children *c)
{
	gth_children_kill(c, GTH_ROLE_STORE);
}

/* gth_children_end_network() - kill courier and dialer; gth_children_keep() starts others */
void gth_children_end_network(struct gth_children *c)
{
	c->ending_network = true;
	gth_children_kill(c, GTH_ROLE_COURIER);
	gth_children_kill(c, GTH_ROLE_DIALER);
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

/* gth_children_stop() - end them all; the store sees that its broker is gone, and finishes its
 * writes */
void gth_children_stop(struct gth_children *c)
{
	c->wanted = false;
	close_fd(&c->store);
	close_fd(&c->courier);
	if (!wait_for(&c->member[GTH_ROLE_STORE].pid, FAREWELL)) {
		gth_say("the store did not end in time: it is killed");
		gth_children_kill(c, GTH_ROLE_STORE);
	}
	gth_children_end_network(c);
	for (int i = GTH_ROLE_STORE; i < GTH_ROLES; i++) {
		struct gth_child *m = &c->member[i];

		m->failed = 0;
		if (wait_for(&m->pid, FAREWELL))
			gth_liveness_close(&m->live);
	}
	c->store_turn = c->network_turn = (struct gth_children_turn) { 0 };
}
