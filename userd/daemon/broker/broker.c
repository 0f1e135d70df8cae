// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * broker.c - the daemon's main process (see broker.h).
 *
 * One thread, one poll(2): every descriptor it waits for is non-blocking, so the
 * loop comes round, and pings the watchdog, whatever the others do.
 */
#include "daemon/broker/broker.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "daemon/broker/control_socket.h"
#include "daemon/broker/children.h"
#include "daemon/broker/health.h"
#include "daemon/broker/idle.h"
#include "daemon/broker/manager.h"
#include "daemon/settings.h"
#include "lib/util/say.h"

#define TICK_MS 1000

enum {
	POLL_SIGNAL,
	POLL_STORE,
	POLL_REQUESTS,
	POLL_ENDED,
	POLL_IDLE,
	POLL_WATCH,
	POLL_HEALTH,
	POLLS
};

struct broker {
	const struct gth_broker_options *options;
	struct gth_desk desk;
	struct gth_crew crew;
	struct gth_health health;
	struct gth_settings settings; /* what the disk had, the last time that it was read */
	struct gth_idle idle;
	struct gth_writer writer;
	struct gth_kept kept;
	int signals;	/* signalfd */
	bool hooks_off; /* not attached, and cannot be */
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
	const char *hooks = b->hooks_off ? "hooks NOT attached" : "hooks attached";
	char line[500];

	if (b->options->restored && b->options->restored->n)
		snprintf(line, sizeof(line), "%s; WRONG: %.400s", hooks,
			 b->options->restored->problem[0]);
	else if (b->idle.why[0])
		snprintf(line, sizeof(line), "%s; nothing is forwarded: %s", hooks, b->idle.why);
	else
		snprintf(line, sizeof(line), "%s; %s%s", hooks,
			 b->desk.serving >= 0 ? "unknown files are asked for, region "
					      : "nobody answers the module yet, region ",
			 b->desk.gate.trust.region);
	gth_manager_status(line);
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

static void close_settings(struct broker *b)
{
	for (int i = 0; i < GTH_ROLES; i++) {
		if (b->crew.settings[i] >= 0)
			close(b->crew.settings[i]);
		b->crew.settings[i] = -1;
	}
}

/* What each child will begin with. Return: 0 or -errno. */
static int pack_settings(struct broker *b, const struct gth_settings *s)
{
	close_settings(b);
	for (int i = GTH_ROLE_STORE; i < GTH_ROLES; i++) {
		b->crew.settings[i] = gth_settings_pack(s, (enum gth_role)i);
		if (b->crew.settings[i] < 0)
			return b->crew.settings[i];
	}
	return 0;
}

/* Does a store that runs have to begin anew, because it cannot change this while it runs? */
static bool must_begin_anew(const struct gth_settings *a, const struct gth_settings *b)
{
	return strcmp(a->config.user, b->config.user) != 0 ||
	       strcmp(a->config.state, b->config.state) != 0 ||
	       strcmp(a->config.country, b->config.country) != 0 ||
	       !gth_settings_same(a, b, GTH_PART_TRUST) ||
	       !gth_settings_same(a, b, GTH_PART_ENDPOINT_KEY);
}

/* Before a store is started: it is told which journal is its own. */
static void keep_head(struct broker *b)
{
	static struct gth_signer key;

	/* A key that is none ends the store, which says so. */
	if (!gth_signer_parse_file(&key, b->settings.part[GTH_PART_ENDPOINT_KEY].data,
				   b->settings.part[GTH_PART_ENDPOINT_KEY].len))
		gth_kept_open(&b->kept, b->settings.config.state, &key.verifier);
	explicit_bzero(&key, sizeof(key));
}

/* Takes the settings, which hold. */
static void forward(struct broker *b, struct gth_settings *new)
{
	struct gth_gate gate;

	if (b->crew.wanted && must_begin_anew(&b->settings, new))
		stop_crew(b);
	gth_settings_free(&b->settings);
	b->settings = *new;
	keep_head(b);
	gth_gate_init(&gate, &b->settings.trust, b->settings.config.country);
	gth_desk_gate(&b->desk, &gate);
	b->idle.why[0] = '\0';
	gth_idle_close(&b->idle);
	b->crew.wanted = true;
	/* Nothing leaves under the settings before: the network's processes begin anew. */
	gth_crew_end_network(&b->crew);
	if (b->desk.store >= 0 && gth_desk_reload(&b->desk, b->crew.settings[GTH_ROLE_STORE])) {
		gth_say("the store does not take the new configuration: started again");
		gth_crew_end_store(&b->crew);
	}
}

/* Nothing is sent: consent that cannot be read is none, whatever was allowed before. */
static void narrow(struct broker *b, bool wrong, const char *why)
{
	if (b->crew.wanted)
		gth_say("nothing is forwarded any more: %s", why);
	else
		gth_say("nothing is forwarded: %s", why);
	stop_crew(b);
	close_settings(b);
	b->idle.wrong = wrong;
	snprintf(b->idle.why, sizeof(b->idle.why), "%s", why);
}

/* At the start, and at SIGHUP. */
static void configure(struct broker *b)
{
	struct gth_settings *new = calloc(1, sizeof(*new));
	char why[sizeof(b->idle.why)];
	int ret;

	if (!new) {
		narrow(b, true, strerror(ENOMEM));
		return;
	}
	ret = gth_settings_read(new, b->options->role.config, why, sizeof(why));
	if (!ret) {
		ret = pack_settings(b, new);
		snprintf(why, sizeof(why), "%s", ret ? strerror(-ret) : "");
	}
	if (!ret) {
		forward(b, new);
	} else {
		narrow(b, ret < 0, why);
		gth_settings_free(new);
	}
	free(new);
}

static void reload(struct broker *b)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	gth_manager_tell("RELOADING=1\nMONOTONIC_USEC=%llu",
			 (unsigned long long)t.tv_sec * 1000000 +
				 (unsigned long long)t.tv_nsec / 1000);
	if (b->options->reopen)
		b->options->reopen();
	configure(b);
	gth_manager_tell("READY=1");
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

static void look_at_hooks(struct broker *b)
{
	enum gth_watch_result result = b->options->watch ? b->options->watch() : GTH_WATCH_OK;

	b->hooks_off = result == GTH_WATCH_OFF;
	if (result == GTH_WATCH_END)
		b->stop = true;
}

static void look_at_writer(struct broker *b)
{
	if (b->options->events_turns)
		gth_writer_look(&b->writer, b->options->events_turns(), monotonic_ms());
}

static void answer_health(struct broker *b)
{
	const struct gth_health_facts f = {
		.restored = b->options->restored,
		.crew = &b->crew,
		.writer = &b->writer,
		.kept = &b->kept,
		.now = monotonic_ms(),
	};

	gth_health_answer(&b->health, &f);
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
		[POLL_IDLE] = { .fd = gth_idle_fd(&b->idle), .events = POLLIN },
		[POLL_WATCH] = { .fd = b->options->watch ? *b->options->watch_fd : -1,
				 .events = POLLIN },
		[POLL_HEALTH] = { .fd = b->health.listener, .events = POLLIN },
	};
	uint64_t period = gth_manager_period();
	int wait = period && period < TICK_MS ? (int)period + 1 : TICK_MS;

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
		if (p[POLL_IDLE].revents)
			gth_idle_answer(&b->idle, p[POLL_IDLE].fd);
		if (p[POLL_HEALTH].revents)
			answer_health(b);
	}
	if (gth_kept_step(&b->kept, monotonic_ms()) && gth_desk_tell_kept(d))
		gth_crew_end_store(&b->crew);
	apply(b, gth_crew_keep(&b->crew, monotonic_ms()));
	gth_crew_watch(&b->crew, monotonic_ms());
	look_at_writer(b);
	gth_desk_serve(d);
	look_at_hooks(b);
	tell_status(b);
	/*
	 * This process starts again what ended, and ends what does not go on: the manager need
	 * do nothing about it. Only where that fails does it hear nothing, and ends all.
	 */
	gth_manager_turn(monotonic_ms(), gth_crew_well(&b->crew));
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
	gth_manager_open();
	control = listen_control(o->control);
	gth_health_open(&b->health, o->control);
	gth_desk_init(&b->desk, o->device);
	gth_kept_init(&b->kept);
	b->desk.kept = &b->kept;
	gth_crew_init(&b->crew, &o->role, control);
	if (o->pace)
		b->crew.pace = o->pace;
	gth_idle_init(&b->idle, control);
	configure(b);
	while (!b->stop)
		step(b);
	gth_manager_tell("STOPPING=1");
	stop_crew(b);
	gth_desk_free(&b->desk);
	gth_kept_close(&b->kept);
	gth_idle_close(&b->idle);
	close_settings(b);
	gth_settings_free(&b->settings);
	gth_health_close(&b->health);
	if (control >= 0) {
		unlink(o->control);
		close(control);
	}
	gth_manager_close();
	close(b->signals);
	free(b);
	return 0;
}
