// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/unit/lib/played_children.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/util/pulse.h"
#include "tests/unit/lib/must.h"
#include "tests/unit/tap.h"

#define PATIENCE_MS 60000

struct gth_children children;
uint64_t children_now;

/* The child gets its orders in place of its settings. */
static int order(const char *text)
{
	int fd = memfd_create("order", MFD_CLOEXEC);

	must(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	return fd;
}

int child_play(void)
{
	struct pollfd peer = { .fd = GTH_FD_STORE, .events = POLLIN };
	char text[32] = "";

	if (pread(GTH_FD_SETTINGS, text, sizeof(text) - 1, 0) < 0)
		return 100;
	if (!strncmp(text, "exit ", 5))
		return atoi(text + 5);
	if (!strcmp(text, "kill"))
		raise(SIGKILL);
	if (!strcmp(text, "long")) {
		gth_pulse_open(GTH_FD_PULSE);
		gth_pulse_long();
		pause();
	}
	if (!strcmp(text, "mute"))
		pause();
	gth_pulse_open(GTH_FD_PULSE);
	while (!strcmp(text, "flood"))
		gth_pulse_long();
	/* faster than a real one, whose beats would make this test wait */
	do {
		const char beat = GTH_PULSE_BEAT;

		if (write(GTH_FD_PULSE, &beat, 1) < 0 && errno != EAGAIN)
			return 101;
	} while (!poll(&peer, 1, 1));
	return 0;
}

void child_set(enum gth_role role, const char *text)
{
	if (children.settings[role] >= 0)
		close(children.settings[role]);
	children.settings[role] = order(text);
}

void children_begin(const char *store, const char *courier, const char *dialer)
{
	const struct gth_role_options o = { .device = NULL };

	gth_children_init(&children, &o, -1);
	child_set(GTH_ROLE_STORE, store);
	child_set(GTH_ROLE_COURIER, courier);
	child_set(GTH_ROLE_DIALER, dialer);
	children.wanted = true;
	children_now = 1000000;
}

void children_take(unsigned int changes)
{
	(void)changes;
	if (children.courier >= 0)
		close(children.courier);
	children.courier = -1;
}

void children_finish(void)
{
	children_take(0);
	gth_children_kill(&children, GTH_ROLE_STORE);
	gth_children_stop(&children);
	for (int i = 0; i < GTH_ROLES; i++)
		if (children.settings[i] >= 0)
			close(children.settings[i]);
}

bool child_runs(enum gth_role role)
{
	return children.member[role].pid > 0;
}

bool children_run(void)
{
	return child_runs(GTH_ROLE_STORE) && child_runs(GTH_ROLE_COURIER) &&
	       child_runs(GTH_ROLE_DIALER);
}

bool child_heard(enum gth_role role)
{
	struct pollfd p = { .fd = children.member[role].live.fd, .events = POLLIN };

	return poll(&p, 1, PATIENCE_MS) == 1 && p.revents & POLLIN;
}

void children_turn(void)
{
	children_now += 1000;
	children_take(gth_children_keep(&children, children_now));
	gth_children_watch(&children, children_now);
}

void children_pass(unsigned int seconds, enum gth_role silent)
{
	while (seconds--) {
		for (int i = GTH_ROLE_STORE; i < GTH_ROLES; i++)
			if (i != (int)silent && child_runs((enum gth_role)i) &&
			    !children.member[i].killed)
				child_heard((enum gth_role)i);
		children_turn();
	}
}

bool children_gone(bool store_too)
{
	for (int ms = 0; ms < PATIENCE_MS; ms += 5) {
		children_take(gth_children_reap(&children, children_now));
		if (!child_runs(GTH_ROLE_COURIER) && !child_runs(GTH_ROLE_DIALER) &&
		    (!store_too || !child_runs(GTH_ROLE_STORE)))
			return true;
		usleep(5000);
	}
	tap_note("children do not end");
	return false;
}

const struct gth_children_report *child_report(enum gth_role role)
{
	static struct gth_children_report r;

	gth_children_report(&children, role, children_now, &r);
	return &r;
}

bool child_says(enum gth_role role, const char *words)
{
	const struct gth_children_report *r = child_report(role);
	bool there = *words ? strstr(r->problem, words) != NULL : !*r->problem;

	if (!there)
		tap_note("%s: state %s, problem: %s", r->name, r->state, r->problem);
	return there;
}

void child_stop(enum gth_role role)
{
	pid_t pid = children.member[role].pid;
	int status;

	must(child_heard(role) && !kill(pid, SIGSTOP));
	must(waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status));
	gth_liveness_hear(&children.member[role].live);
}
