// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * broker.c - the daemon's main process (see broker.h).
 *
 * One thread, one poll(2): every descriptor it waits for is non-blocking, so the loop comes round,
 * and pings the watchdog, whatever the other processes do.
 *
 * Long because it is that one loop: the descriptors of a turn, and the order in which
 * they are served, are in sight together.
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

#include "daemon/broker/children.h"
#include "daemon/broker/control_socket.h"
#include "daemon/broker/health.h"
#include "daemon/broker/idle.h"
#include "daemon/broker/manager.h"
#include "daemon/settings.h"
#include "lib/util/clock.h"
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
	struct gth_relay relay;
	struct gth_children children;
	struct gth_health health;
	struct gth_settings settings; /* as they were read the last time */
	struct gth_idle idle;
	struct gth_writer writer;
	struct gth_kept kept;
	int signals;	/* signalfd */
	bool hooks_off; /* not attached, and cannot be */
	bool stop;
};

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
			 b->relay.serving >= 0 ? "unknown files are looked up, region "
					       : "the module is not answered yet, region ",
			 b->relay.check.trust.region);
	gth_manager_status(line);
}

static void store_gone(struct broker *b)
{
	if (b->relay.store >= 0)
		gth_relay_close(&b->relay);
}

static void stop_crew(struct broker *b)
{
	store_gone(b);
	gth_children_stop(&b->children);
}

static void close_settings(struct broker *b)
{
	for (int i = 0; i < GTH_ROLES; i++) {
		if (b->children.settings[i] >= 0)
			close(b->children.settings[i]);
		b->children.settings[i] = -1;
	}
}

/* Packs the settings that each child begins with. Return: 0 or -errno. */
static int pack_settings(struct broker *b, const struct gth_settings *s)
{
	close_settings(b);
	for (int i = GTH_ROLE_STORE; i < GTH_ROLES; i++) {
		b->children.settings[i] = gth_settings_pack(s, (enum gth_role)i);
		if (b->children.settings[i] < 0)
			return b->children.settings[i];
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

/* Before a store is started: the head tells it which journal is its own. */
static void keep_head(struct broker *b)
{
	static struct gth_signer key;

	/* An invalid key ends the store, which reports it. */
	if (!gth_signer_parse_file(&key, b->settings.part[GTH_PART_ENDPOINT_KEY].data,
				   b->settings.part[GTH_PART_ENDPOINT_KEY].len))
		gth_kept_open(&b->kept, b->settings.config.state, &key.verifier);
	explicit_bzero(&key, sizeof(key));
}

/* Takes valid settings into use. */
static void forward(struct broker *b, struct gth_settings *new)
{
	struct gth_verdict_check check;

	if (b->children.wanted && must_begin_anew(&b->settings, new))
		stop_crew(b);
	gth_settings_free(&b->settings);
	b->settings = *new;
	keep_head(b);
	gth_verdict_check_init(&check, &b->settings.trust, b->settings.config.country);
	gth_relay_gate(&b->relay, &check);
	b->idle.why[0] = '\0';
	gth_idle_close(&b->idle);
	b->children.wanted = true;
	/* The network's processes begin anew, so that nothing leaves under the earlier settings. */
	gth_children_end_network(&b->children);
	if (b->relay.store >= 0 &&
	    gth_relay_reload(&b->relay, b->children.settings[GTH_ROLE_STORE])) {
		gth_say("the store does not accept the new configuration: started again");
		gth_children_end_store(&b->children);
	}
}

/* Stops sending: consent that cannot be read is not given, whatever it was before. */
static void narrow(struct broker *b, bool wrong, const char *why)
{
	if (b->children.wanted)
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
	if (changes & GTH_CHILD_STORE) {
		store_gone(b);
		if (b->children.store >= 0)
			gth_relay_open(&b->relay, b->children.store);
	}
	if (changes & GTH_CHILD_COURIER) {
		int err = gth_relay_courier(&b->relay, b->children.courier);

		close(b->children.courier);
		b->children.courier = -1;
		if (err) {
			/* the store is told of the courier that is started next */
			gth_say("the store does not accept another courier: %s", strerror(-err));
			gth_children_end_network(&b->children);
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
			apply(b, gth_children_reap(&b->children, gth_monotonic_ms()));
		else
			b->stop = true;
	}
}

static void hear(struct broker *b)
{
	int err = gth_relay_hear(&b->relay, gth_now());

	if (!err)
		return;
	if (err != -EPIPE)
		gth_say("the store sent a message that it may not send (%s): it is ended and started "
			"again",
			strerror(-err));
	/* Its descriptor stays the child's until it is reaped. */
	store_gone(b);
	gth_children_end_store(&b->children);
}

static void ask(struct broker *b)
{
	int err = gth_relay_ask(&b->relay);

	if (err && err != -EPIPE)
		gth_say("cannot pass the module's requests on to the store: %s", strerror(-err));
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
		gth_writer_look(&b->writer, b->options->events_turns(), gth_monotonic_ms());
}

static void answer_health(struct broker *b)
{
	const struct gth_health_facts f = {
		.restored = b->options->restored,
		.children = &b->children,
		.writer = &b->writer,
		.kept = &b->kept,
		.now = gth_monotonic_ms(),
	};

	gth_health_answer(&b->health, &f);
}

static void step(struct broker *b)
{
	struct gth_relay *d = &b->relay;
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
		/* Answers come before new requests, so that the store's queue shrinks first. */
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
	if (gth_kept_step(&b->kept, gth_monotonic_ms()) && gth_relay_tell_kept(d))
		gth_children_end_store(&b->children);
	apply(b, gth_children_keep(&b->children, gth_monotonic_ms()));
	gth_children_watch(&b->children, gth_monotonic_ms());
	look_at_writer(b);
	gth_relay_serve(d);
	look_at_hooks(b);
	tell_status(b);
	/*
	 * The broker restarts children that ended and kills those that hang. Only if it cannot, the
	 * watchdog is not fed, and the manager ends all.
	 */
	gth_manager_turn(gth_monotonic_ms(), gth_children_well(&b->children));
}

static void fill(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGHUP);
	sigaddset(set, SIGCHLD);
}

/*
 * gth_broker_signals() - blocks the loop's signals; call it before any thread is made. 0 or -errno.
 */
int gth_broker_signals(void)
{
	sigset_t set;

	fill(&set);
	signal(SIGPIPE, SIG_IGN);
	return sigprocmask(SIG_BLOCK, &set, NULL) ? -errno : 0;
}

static int listen_control(const char *path)
{
	int fd = gth_control_socket_listen(path);

	if (fd < 0)
		gth_say("%s: %s; gotthardctl cannot ask this daemon", path, strerror(-fd));
	return fd < 0 ? -1 : fd;
}

/**
 * gth_broker_run() - until SIGTERM, SIGINT, or @o->ended
 * @o: options
 *
 * A wrong or missing configuration is not an error: events are written, and
 * status says why nothing is forwarded.
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
	gth_relay_init(&b->relay, o->device);
	gth_kept_init(&b->kept);
	b->relay.kept = &b->kept;
	gth_children_init(&b->children, &o->role, control);
	if (o->pace)
		b->children.pace = o->pace;
	gth_idle_init(&b->idle, control);
	configure(b);
	while (!b->stop)
		step(b);
	gth_manager_tell("STOPPING=1");
	stop_crew(b);
	gth_relay_free(&b->relay);
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
