// SPDX-License-Identifier: GPL-2.0-or-later
/* watch.c - the hooks stay as they are while the daemon runs (see watch.h). */
#include "daemon/broker/watch.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "daemon/events/ringbuf.h"
#include "daemon/hooks/found.h"
#include "daemon/hooks/hooks.h"
#include "daemon/hooks/unload.h"
#include "lib/util/say.h"

#define PERIOD_MS 1000
/* After so long those that were replaced at the start have gone. */
#define SETTLE_MS 20000
#define DELAY_MAX_MS 60000
/* So long the hooks may be away, or half away, at the request of who asked. */
#define UNLOAD_MS 60000

static struct {
	int device; /* the module's */
	int listener, client;
	int poll;	   /* one of the two: an asker waits until the one before has done */
	struct ucred peer; /* the client's */
	unsigned long long next, deadline; /* CLOCK_MONOTONIC in ms */
	unsigned long long count_at;	   /* when to look for hooks of others; 0: done */
	unsigned int delay;		   /* until the next attempt, ms */
	bool off;
} watch = { .device = -1, .listener = -1, .client = -1, .poll = -1 };

static const char *const missing[] = {
	[GTH_HOOKS_NOT_PINNED] = "their pins were removed from " GTH_PINS,
	[GTH_HOOKS_NOT_KEPT] = "the module was told to keep others, or none",
	[GTH_HOOKS_GONE] = "they were detached",
};

static unsigned long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (unsigned long long)t.tv_sec * 1000 + (unsigned long long)t.tv_nsec / 1000000;
}

/**
 * gth_watch_open() - begin, after gth_hooks_attach()
 * @device: the module's, borrowed
 *
 * Return: where the descriptor stands that is readable when gth_watch_step() has
 * something to do before its time; -1: none.
 */
const int *gth_watch_open(int device)
{
	watch.device = device;
	watch.delay = PERIOD_MS;
	watch.count_at = now_ms() + SETTLE_MS;
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
		gth_say("pid %d (uid %u) asked to detach the hooks and may not", watch.peer.pid,
			watch.peer.uid);
	if (fd < 0)
		return;
	gth_say("pid %d (uid %u) asks to detach the hooks", watch.peer.pid, watch.peer.uid);
	watch.client = fd;
	watch.deadline = now_ms() + UNLOAD_MS;
	watch.poll = fd;
}

/* Who asked works on the hooks until its end of the connection is closed. */
static enum gth_watch_result follow_client(void)
{
	char byte;
	ssize_t n = recv(watch.client, &byte, sizeof(byte), MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR) && now_ms() < watch.deadline)
		return GTH_WATCH_OK;
	if (!n && gth_hooks_check() == GTH_HOOKS_GONE && !gth_found_count()) {
		gth_say("the hooks were detached by pid %d (uid %u): this machine is not protected",
			watch.peer.pid, watch.peer.uid);
		/* Its descriptor stays open until this process ends. */
		return GTH_WATCH_END;
	}
	gth_say("pid %d did not detach the hooks", watch.peer.pid);
	drop_client();
	return GTH_WATCH_OK;
}

static void put_off(int err, const char *what)
{
	if (watch.delay == PERIOD_MS)
		gth_say("hooks: %s, and cannot be put back: %s; trying again", what,
			strerror(-err));
	watch.delay = watch.delay * 2 < DELAY_MAX_MS ? watch.delay * 2 : DELAY_MAX_MS;
}

static void restore(enum gth_hooks_state state)
{
	enum gth_hooks_result result;
	int err = gth_hooks_restore(watch.device, state, &result);

	/* Their names are a second hold: without them this machine is protected. */
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
		gth_drain_follow(gth_hooks_events());
}

/* Two sets would both decide, and only one has its events read. */
static void look_for_others(void)
{
	if (!watch.count_at || now_ms() < watch.count_at)
		return;
	watch.count_at = 0;
	if (gth_found_count() > GTH_HOOKS)
		gth_say("hooks of another gotthardd stay attached beside these: they are pinned "
			"elsewhere; findmnt -t bpf and bpftool link find them");
}

/**
 * gth_watch_step() - put back what is missing, once a second; answer who asks
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
	if (now_ms() >= watch.next) {
		state = gth_hooks_check();
		if (state != GTH_HOOKS_WHOLE)
			restore(state);
		else
			watch.off = false;
		watch.next = now_ms() + watch.delay;
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
