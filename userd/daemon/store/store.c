// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * store.c - the store's loop: one poll(2) over broker, courier and gotthardctl, and the work that
 * is due. No threads. The facts that an action depends on are on the disk before it, so that the
 * process may be killed at any moment.
 */
#include "daemon/store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>

#include "daemon/store/accepted.h"
#include "daemon/store/clients.h"
#include "daemon/store/context.h"
#include "daemon/store/journal.h"
#include "daemon/store/outbox.h"
#include "daemon/store/peer.h"
#include "daemon/store/resend.h"
#include "daemon/store/schedule.h"
#include "daemon/store/start.h"
#include "daemon/store/withheld.h"
#include "lib/util/clock.h"
#include "lib/util/pulse.h"

#define IDLE_MS 60000 /* the longest wait, so that a clock that was set is noticed */

static volatile sig_atomic_t stop;

static void on_signal(int signal)
{
	(void)signal;
	stop = 1;
}

/* As ppoll(2), for @ms; meanwhile it sends pulses, so that the broker sees that it lives. */
static int wait_ms(struct pollfd *p, nfds_t n, uint64_t ms, const sigset_t *signals)
{
	int ready;

	do {
		uint64_t part = ms < GTH_PULSE_PERIOD_MS ? ms : GTH_PULSE_PERIOD_MS;
		const struct timespec timeout = { .tv_sec = (time_t)(part / 1000),
						  .tv_nsec = (long)(part % 1000) * 1000000 };

		gth_pulse();
		ready = ppoll(p, n, &timeout, signals);
		ms -= part;
	} while (!ready && ms);
	return ready;
}

/* Waits, and serves the descriptors. Return: 0; 1: the broker is gone. */
static int turn(struct gth_store *s, struct gth_clients *clients, const sigset_t *signals)
{
	struct pollfd p[3 + GTH_CLIENTS_MAX];
	uint64_t now = gth_boot_ms(), ms;
	bool gone;

	gth_clients_poll(s, clients, p + 3);
	p[0] = (struct pollfd) {
		.fd = s->setup->broker,
		.events = (short)((s->to_broker.n < GTH_PEER_OUTBOX_FULL ? POLLIN : 0) |
				  (s->to_broker.n ? POLLOUT : 0)),
	};
	p[1] = (struct pollfd) {
		.fd = s->courier,
		.events = (short)(POLLIN | (s->to_courier.n ? POLLOUT : 0)),
	};
	p[2] = (struct pollfd) { .fd = s->setup->control, .events = POLLIN };
	ms = s->wake > now ? s->wake - now : 0;
	s->wake = now + ms + IDLE_MS;
	if (wait_ms(p, 3 + GTH_CLIENTS_MAX, ms, signals) < 0)
		return errno == EINTR ? 0 : 1;
	gone = p[0].revents & (POLLIN | POLLHUP | POLLERR) &&
	       gth_peer_read(s, s->setup->broker, GTH_PEER_BROKER);
	gth_group_end(s);
	if (!gone && p[1].fd >= 0 && p[1].fd == s->courier && p[1].revents & ~POLLOUT &&
	    gth_peer_read(s, s->courier, GTH_PEER_COURIER))
		gth_peer_lose_courier(s);
	gth_clients_serve(s, clients, p + 3);
	if (p[2].revents)
		gth_clients_accept(clients, s->setup->control);
	return gone;
}

static void loop(struct gth_store *s, const sigset_t *signals)
{
	struct gth_clients clients;
	bool gone = false;

	gth_clients_init(&clients);
	while (!stop && !gone && !s->fatal) {
		gth_pulse();
		s->wake = gth_boot_ms() + IDLE_MS;
		gth_accepted_enter(s);
		gth_schedule_run(s);
		gth_withheld_flush(s, false);
		gth_store_check(s, gth_journal_tell(&s->journal, &s->to_broker), "journal");
		gth_resend_some(s);
		gone = gth_outbox_flush(&s->to_broker, s->setup->broker) != 0;
		if (s->courier >= 0 && gth_outbox_flush(&s->to_courier, s->courier))
			gth_peer_lose_courier(s);
		if (!gone)
			gone = turn(s, &clients, signals);
	}
	gth_withheld_flush(s, true);
	gth_journal_tell(&s->journal, &s->to_broker);
	gth_outbox_flush(&s->to_broker, s->setup->broker);
	gth_clients_close(&clients);
}

/**
 * gth_store_serve() - until the broker's socket closes, or SIGTERM
 *
 * The caller keeps the descriptors of @setup, except the courier's, which is
 * closed when the courier is lost. SIGTERM and SIGINT are handled while it
 * runs.
 *
 * Return: 0, or a negative errno; the reason was logged.
 */
int gth_store_serve(const struct gth_store_setup *setup)
{
	struct sigaction end_it = { .sa_handler = on_signal }, before[2];
	struct gth_store *s = calloc(1, sizeof(*s));
	sigset_t blocked, signals;
	int err;

	if (!s)
		return -ENOMEM;
	s->setup = setup;
	s->pace = setup->pace ? setup->pace : &gth_store_usual_pace;
	s->settings = setup->settings;
	s->config = &setup->settings->config;
	s->region.trust = setup->trust;
	s->courier = setup->courier;
	s->spool.dirfd = s->reserve.fd = -1;
	s->wake = UINT64_MAX;
	gth_withheld_begin(&s->withheld);
	s->journal.dirfd = -1;
	gth_outbox_init(&s->to_broker);
	gth_outbox_init(&s->to_courier);
	stop = 0;
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	sigaddset(&blocked, SIGINT);
	sigprocmask(SIG_BLOCK, &blocked, &signals);
	sigdelset(&signals, SIGTERM);
	sigdelset(&signals, SIGINT);
	sigaction(SIGTERM, &end_it, &before[0]);
	sigaction(SIGINT, &end_it, &before[1]);
	fcntl(setup->broker, F_SETFL, fcntl(setup->broker, F_GETFL) | O_NONBLOCK);
	if (s->courier >= 0)
		fcntl(s->courier, F_SETFL, fcntl(s->courier, F_GETFL) | O_NONBLOCK);
	err = gth_start(s);
	if (!err) {
		loop(s, &signals);
		err = s->fatal;
	}
	gth_start_undo(s);
	free(s);
	sigaction(SIGTERM, &before[0], NULL);
	sigaction(SIGINT, &before[1], NULL);
	sigprocmask(SIG_UNBLOCK, &blocked, NULL);
	return err;
}
