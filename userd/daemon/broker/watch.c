// SPDX-License-Identifier: GPL-2.0-or-later
/* watch.c - the hooks stay as they are while the daemon runs (see watch.h). */
#include "daemon/broker/watch.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/events/ringbuf.h"
#include "daemon/hooks/found.h"
#include "daemon/hooks/hooks.h"
#include "daemon/hooks/unload.h"
#include "lib/util/clock.h"
#include "lib/util/say.h"

#define PERIOD_MS 1000
/* Hooks that were replaced at the start are gone after this. */
#define SETTLE_MS 20000
#define DELAY_MAX_MS 60000
/* For so long the client of an unload may leave the hooks detached in part or whole. */
#define UNLOAD_MS 60000

static struct {
	int device; /* the module's */
	int listener, client;
	int poll;	   /* one of the two: a client waits until the one before it is done */
	struct ucred peer; /* the client's */
	unsigned long long next, deadline; /* CLOCK_MONOTONIC in ms */
	unsigned long long count_at;	   /* when to look for hooks of others; 0: done */
	unsigned int delay;		   /* until the next attempt, ms */
	bool off;
} watch = { .device = -1, .listener = -1, .client = -1, .poll = -1 };

static const char *const missing[] = {
	[GTH_HOOKS_NOT_PINNED] = "their pins were removed from " GTH_PINS,
	[GTH_HOOKS_NOT_KEPT] = "the module was set to keep others, or none",
	[GTH_HOOKS_GONE] = "they were detached",
};

/**
 * gth_watch_open() - begin, after gth_hooks_attach()
 * @device: the module's, borrowed
 *
 * Return: a pointer to the descriptor (-1: none) that is readable when
 * gth_watch_step() has something to do before its time.
 */
const int *gth_watch_open(int device)
{
	watch.device = device;
	watch.delay = PERIOD_MS;
	watch.count_at = gth_monotonic_ms() + SETTLE_MS;
	watch.listener = gth_unload_listen();
	if (watch.listener < 0)
		gth_say("gotthardd --unload cannot ask this daemon: %s", strerror(-watch.listener));
	watch.poll = watch.listener < 0 ? -1 : watch.listener;
	return &watch.poll;
}

static void drop_client(void)
{
	close(watch.client);
	watch.client = -1;
	watch.poll = watch.listener;
	watch.next = 0;
}

static void take_client(void)
{
	int fd = watch.listener < 0 ? -EAGAIN : gth_unload_accept(watch.listener, &watch.peer);

	if (fd == -EPERM)
		gth_say("pid %d (uid %u) asked to detach the hooks: refused, only root may",
			watch.peer.pid, watch.peer.uid);
	if (fd < 0)
		return;
	gth_say("pid %d (uid %u) asks to detach the hooks", watch.peer.pid, watch.peer.uid);
	watch.client = fd;
	watch.deadline = gth_monotonic_ms() + UNLOAD_MS;
	watch.poll = fd;
}

/* The client works on the hooks until it closes its end of the connection. */
static enum gth_watch_result follow_client(void)
{
	char byte;
	ssize_t n = recv(watch.client, &byte, sizeof(byte), MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR) && gth_monotonic_ms() < watch.deadline)
		return GTH_WATCH_OK;
	if (!n && gth_hooks_check() == GTH_HOOKS_GONE && !gth_found_count()) {
		gth_say("the hooks were detached by pid %d (uid %u): this machine is not protected",
			watch.peer.pid, watch.peer.uid);
		/* Its descriptor stays open until this process ends. */
		return GTH_WATCH_END;
	}
	gth_say("pid %d did not detach the hooks: they stay attached", watch.peer.pid);
	drop_client();
	return GTH_WATCH_OK;
}

static void put_off(int err, const char *what)
{
	if (watch.delay == PERIOD_MS)
		gth_say("hooks: %s, and cannot be restored: %s; trying again", what,
			strerror(-err));
	watch.delay = watch.delay * 2 < DELAY_MAX_MS ? watch.delay * 2 : DELAY_MAX_MS;
}

static void restore(enum gth_hooks_state state)
{
	enum gth_hooks_result result;
	int err = gth_hooks_restore(watch.device, state, &result);

	/* Pins are a second hold on the hooks: without them this machine is still protected. */
	watch.off = err && state == GTH_HOOKS_GONE;
	if (err == -EWOULDBLOCK)
		return;
	if (err) {
		put_off(err, missing[state]);
		return;
	}
	gth_say("hooks: %s; %s", missing[state],
		state == GTH_HOOKS_GONE ? "attached again" : "put back");
	watch.delay = PERIOD_MS;
	if (result != GTH_HOOKS_TAKEN_OVER)
		gth_ringbuf_follow(gth_hooks_events());
}

/* Two sets of hooks would both decide, and the events of only one are read. */
static void look_for_others(void)
{
	if (!watch.count_at || gth_monotonic_ms() < watch.count_at)
		return;
	watch.count_at = 0;
	if (gth_found_count() > GTH_HOOKS)
		gth_say("hooks of another gotthardd stay attached beside these: they are pinned "
			"elsewhere; findmnt -t bpf and bpftool link find them");
}

/**
 * gth_watch_step() - put back missing hooks, once a second; serve the client of
 * an unload
 *
 * Return: GTH_WATCH_OK; GTH_WATCH_OFF: hooks are detached and cannot be attached;
 * GTH_WATCH_END: the daemon was asked to let them go, and they are gone.
 */
enum gth_watch_result gth_watch_step(void)
{
	enum gth_hooks_state state;

	if (watch.client < 0)
		take_client();
	if (watch.client >= 0)
		return follow_client();
	look_for_others();
	if (gth_monotonic_ms() >= watch.next) {
		state = gth_hooks_check();
		if (state != GTH_HOOKS_WHOLE)
			restore(state);
		else
			watch.off = false;
		watch.next = gth_monotonic_ms() + watch.delay;
	}
	return watch.off ? GTH_WATCH_OFF : GTH_WATCH_OK;
}

void gth_watch_close(void)
{
	if (watch.client >= 0)
		close(watch.client);
	if (watch.listener >= 0)
		close(watch.listener);
	watch.client = watch.listener = watch.poll = -1;
}
