// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * broker.c - the daemon's main process (see broker.h).
 *
 * One thread, one poll(2): every descriptor it waits for is non-blocking, so the
 * loop comes round, and pings the watchdog, whatever the others do.
 */
#include "daemon/broker.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include <systemd/sd-daemon.h>

#include "daemon/control.h"
#include "daemon/crew.h"
#include "lib/say.h"

#define TICK_MS 1000

enum { POLL_SIGNAL, POLL_STORE, POLL_REQUESTS, POLL_ENDED, POLLS };

struct broker {
	const struct gth_broker_options *options;
	struct gth_desk desk;
	struct gth_crew crew;
	char user[64], state[PATH_MAX], region[PATH_MAX]; /* of the store that runs */
	char status[256];				  /* told last */
	const char *idle;	   /* why nothing is forwarded; NULL: it is */
	int signals;		   /* signalfd */
	uint64_t watchdog, pinged; /* ms; 0: nobody asks */
	bool stop;
};

static uint64_t monotonic_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static uint64_t now(void)
{
	return (uint64_t)time(NULL);
}

static void tell_status(struct broker *b)
{
	char line[sizeof(b->status)];

	if (b->idle)
		snprintf(line, sizeof(line), "STATUS=hooks attached; nothing is forwarded: %s",
			 b->idle);
	else
		snprintf(line, sizeof(line), "STATUS=hooks attached; %s",
			 b->desk.serving >= 0 ? "unknown files are asked for, region "
					      : "nobody answers the module yet, region ");
	if (!b->idle)
		strncat(line, b->desk.gate.trust.region, sizeof(line) - strlen(line) - 1);
	if (!strcmp(line, b->status))
		return;
	memcpy(b->status, line, sizeof(b->status));
	sd_notify(0, line);
}

static void store_gone(struct broker *b)
{
	if (b->desk.store >= 0)
		gth_desk_close(&b->desk);
}

static void stop_crew(struct broker *b)
{
	store_gone(b);
	gth_crew_stop(&b->crew);
}

/*
 * What the configuration wants. Return: 0 and the gate; 1: nothing is to be
 * forwarded, and why; or an error that was said.
 */
static int read_config(const char *path, struct gth_config *c, struct gth_gate *gate,
		       const char **why)
{
	struct gth_config_error error;
	int err = gth_config_load(c, path, &error);

	if (err == -ENOENT) {
		*why = "there is no configuration";
		return 1;
	}
	if (err) {
		if (error.line)
			gth_say("%s:%u: %s", path, error.line, error.text);
		else
			gth_say("%s: %s", path, error.text);
		return err;
	}
	if (!*c->country || !*c->region) {
		*why = *c->country ? "no region is set"
				   : "the country of this machine's user is not set";
		return 1;
	}
	err = gth_gate_load(gate, c);
	if (err)
		gth_say("%s/trust: %s", c->region,
			err == -EBADMSG ? "this is no trust bundle" : strerror(-err));
	return err;
}

static void forward(struct broker *b, const struct gth_config *c, const struct gth_gate *gate)
{
	/* What the store cannot change while it runs. */
	bool other = strcmp(b->user, c->user) != 0 || strcmp(b->state, c->state) != 0 ||
		     strcmp(b->region, c->region) != 0 || !gth_gate_same(&b->desk.gate, gate);

	gth_desk_gate(&b->desk, gate);
	if (b->crew.wanted && other)
		stop_crew(b);
	memcpy(b->user, c->user, sizeof(b->user));
	memcpy(b->state, c->state, sizeof(b->state));
	memcpy(b->region, c->region, sizeof(b->region));
	b->idle = NULL;
	b->crew.wanted = true;
	/* The network's processes read the configuration when they begin. */
	gth_crew_end_network(&b->crew);
	if (b->desk.store >= 0 && gth_desk_reload(&b->desk)) {
		gth_say("the store does not take the new configuration: started again");
		gth_crew_end_store(&b->crew);
	}
}

/* At the start, and at SIGHUP: then an error leaves all as it was. */
static void configure(struct broker *b, bool first)
{
	const char *path = b->options->role.config, *why = NULL;
	struct gth_gate gate;
	struct gth_config c;
	int ret = read_config(path, &c, &gate, &why);

	if (ret < 0 && !first)
		gth_say("the configuration before stays in force");
	else if (ret < 0)
		b->idle = "the configuration is wrong";
	else if (ret)
		b->idle = why;
	if (ret > 0 && b->crew.wanted) {
		gth_say("nothing is forwarded any more: %s", why);
		stop_crew(b);
	}
	if (!ret)
		forward(b, &c, &gate);
	gth_config_free(&c);
}

static void reload(struct broker *b)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%llu",
		   (unsigned long long)t.tv_sec * 1000000 + (unsigned long long)t.tv_nsec / 1000);
	if (b->options->reopen)
		b->options->reopen();
	configure(b, false);
	sd_notify(0, "READY=1");
}

static void apply(struct broker *b, unsigned int changes)
{
	if (changes & GTH_CREW_STORE) {
		store_gone(b);
		if (b->crew.store >= 0)
			gth_desk_open(&b->desk, b->crew.store);
	}
	if (changes & GTH_CREW_COURIER) {
		int err = gth_desk_courier(&b->desk, b->crew.courier);

		close(b->crew.courier);
		b->crew.courier = -1;
		if (err) {
			/* it hears of the next one */
			gth_say("the store does not take another courier: %s", strerror(-err));
			gth_crew_end_network(&b->crew);
		}
	}
}

static void take_signals(struct broker *b)
{
	struct signalfd_siginfo s;

	while (read(b->signals, &s, sizeof(s)) == sizeof(s)) {
		if (s.ssi_signo == SIGHUP)
			reload(b);
		else if (s.ssi_signo == SIGCHLD)
			apply(b, gth_crew_reap(&b->crew, monotonic_ms()));
		else
			b->stop = true;
	}
}

static void hear(struct broker *b)
{
	int err = gth_desk_hear(&b->desk, now());

	if (!err)
		return;
	if (err != -EPIPE)
		gth_say("the store is not believed any more: %s", strerror(-err));
	/* Its descriptor stays the crew's until it is reaped. */
	store_gone(b);
	gth_crew_end_store(&b->crew);
}

static void ask(struct broker *b)
{
	int err = gth_desk_ask(&b->desk);

	if (err && err != -EPIPE)
		gth_say("cannot pass requests on: %s", strerror(-err));
}

static void ping(struct broker *b)
{
	uint64_t ms = monotonic_ms();

	if (!b->watchdog || ms - b->pinged < b->watchdog / 4)
		return;
	b->pinged = ms;
	sd_notify(0, "WATCHDOG=1");
}

static void step(struct broker *b)
{
	struct gth_desk *d = &b->desk;
	struct pollfd p[POLLS] = {
		[POLL_SIGNAL] = { .fd = b->signals, .events = POLLIN },
		[POLL_STORE] = { .fd = d->store,
				 .events = (short)(POLLIN | (d->full ? POLLOUT : 0)) },
		[POLL_REQUESTS] = { .fd = d->serving, .events = POLLIN },
		[POLL_ENDED] = { .fd = b->options->ended, .events = POLLIN },
	};
	int wait = TICK_MS;

	if (b->watchdog && b->watchdog / 4 < TICK_MS)
		wait = (int)(b->watchdog / 4) + 1;
	if (poll(p, POLLS, wait) > 0) {
		/* Answers first; then who asks. */
		if (p[POLL_STORE].revents & POLLOUT)
			d->full = false;
		if (p[POLL_STORE].revents & (POLLIN | POLLHUP | POLLERR))
			hear(b);
		if (p[POLL_REQUESTS].revents && d->serving == p[POLL_REQUESTS].fd)
			ask(b);
		if (p[POLL_SIGNAL].revents)
			take_signals(b);
		if (p[POLL_ENDED].revents)
			b->stop = true;
	}
	apply(b, gth_crew_keep(&b->crew, monotonic_ms()));
	gth_desk_serve(d);
	tell_status(b);
	ping(b);
}

static void fill(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGHUP);
	sigaddset(set, SIGCHLD);
}

/* gth_broker_signals() - before any thread is made: signals wait for the loop. 0 or -errno. */
int gth_broker_signals(void)
{
	sigset_t set;

	fill(&set);
	signal(SIGPIPE, SIG_IGN);
	return sigprocmask(SIG_BLOCK, &set, NULL) ? -errno : 0;
}

static int listen_control(const char *path)
{
	int fd = gth_control_listen(path);

	if (fd < 0)
		gth_say("%s: %s; gotthardctl cannot ask this daemon", path, strerror(-fd));
	return fd < 0 ? -1 : fd;
}

/**
 * gth_broker_run() - until SIGTERM, SIGINT, or @o->ended
 * @o: options
 *
 * A wrong configuration, or none, is no error: events are written, and status
 * says why nothing is forwarded.
 *
 * Return: 0 or -errno: it could not begin.
 */
int gth_broker_run(const struct gth_broker_options *o)
{
	struct broker *b = calloc(1, sizeof(*b));
	int control, err = 0;
	uint64_t usec = 0;
	sigset_t set;

	if (!b)
		return -ENOMEM;
	fill(&set);
	b->options = o;
	b->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (b->signals < 0) {
		err = -errno;
		free(b);
		return err;
	}
	if (sd_watchdog_enabled(0, &usec) > 0)
		b->watchdog = usec / 1000;
	control = listen_control(o->control);
	gth_desk_init(&b->desk, o->device);
	gth_crew_init(&b->crew, &o->role, control);
	configure(b, true);
	if (b->idle)
		gth_say("nothing is forwarded: %s", b->idle);
	while (!b->stop)
		step(b);
	sd_notify(0, "STOPPING=1");
	stop_crew(b);
	gth_desk_free(&b->desk);
	if (control >= 0) {
		unlink(o->control);
		close(control);
	}
	close(b->signals);
	free(b);
	return 0;
}
