// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * store.c - the store's loop: one poll(2) over broker, courier and gotthardctl, and
 * what is due by itself. No threads; whatever arrives is on the disk before it is
 * acted on, so that the process may die at any moment.
 */
#include "daemon/store/store_state.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "lib/util/pulse.h"
#include "lib/util/say.h"

#define CLIENTS_MAX 8
#define CLIENT_MS 5000	 /* that one may take to say what it wants */
#define KEPT_MS 10000	 /* the longest wait for the broker's first word */
#define IDLE_MS 60000	 /* the longest wait: a clock that was set is noticed */
#define AT_ONCE 64	 /* messages of one peer before the others' turn */
#define OUTBOX_FULL 1024 /* messages for the broker, from which on it is not listened to */

const struct gth_store_pace gth_store_usual_pace = {
	.backoff_ms = 1000,
	.backoff_max_ms = 600000,
	.statement_s = 3600,
	.statistics_s = 86400,
	.ask_again_s = 300,
	.deletion_s = 60,
	.wait_s = 30,
	.withheld_ms = 10000,
	.more_ms = 60000,
	.keep_free = 64 << 20,
	.keep_percent = 5,
};

struct client {
	int fd; /* -1: free */
	uint64_t until;
};

static volatile sig_atomic_t stop;

static void on_signal(int signal)
{
	(void)signal;
	stop = 1;
}

static uint64_t clock_ms(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

uint64_t gth_store_now(void)
{
	return clock_ms(CLOCK_REALTIME) / 1000;
}

uint64_t gth_store_clock(void)
{
	return clock_ms(CLOCK_BOOTTIME);
}

/* The loop goes on by itself after so many ms at the latest. */
void gth_store_wake(struct gth_store *s, uint64_t in_ms)
{
	uint64_t at = gth_store_clock() + in_ms;

	if (at < s->wake)
		s->wake = at;
}

/*
 * What cannot be written now is tried again when it is due again; said once. A
 * database that is damaged ends the process: the next one sets it aside.
 * Return: @err
 */
int gth_store_check(struct gth_store *s, int err, const char *what)
{
	char text[sizeof(s->said)];

	if (!err)
		return 0;
	snprintf(text, sizeof(text), "%s: %s", what, strerror(-err));
	if (strcmp(text, s->said) != 0)
		gth_say("%s", text);
	memcpy(s->said, text, sizeof(text));
	if (err == -EUCLEAN)
		s->err = err;
	gth_store_wake(s, s->pace->backoff_ms);
	return err;
}

/*
 * Takes other settings. What must stay as it is while this process runs is the
 * region and this endpoint's key; the broker starts another store for those.
 * Return: 0; an errno: this process must not go on.
 */
static int reload(struct gth_store *s, int fd)
{
	struct gth_settings new;
	int err = gth_settings_unpack(&new, fd);

	if (!err && s->setup->trust && !gth_trust_same(&new.trust, s->setup->trust))
		err = -ESTALE;
	gth_settings_wipe(&new);
	if (err) {
		gth_say("the new settings cannot be taken: %s", strerror(-err));
		gth_settings_free(&new);
		return err;
	}
	gth_settings_free(&s->reloaded);
	s->reloaded = new;
	s->settings = &s->reloaded;
	s->config = &s->reloaded.config;
	s->reloads = gth_store_now();
	s->verdicts_due = 0;
	/* The country may be another: the statement is judged anew. */
	s->statement_due = 0;
	memset(s->backoff, 0, sizeof(s->backoff));
	/* What waits may do so for a quota that was raised. */
	gth_store_check(
		s, gth_book_run(&s->book, "UPDATE submission SET due = 0 WHERE waits != 0", ""),
		"submissions");
	gth_ask_reconsider(s);
	return 0;
}

/* Orders that nobody carries out any more: as if each had had no answer. */
static void lose_courier(struct gth_store *s)
{
	if (s->courier < 0)
		return;
	gth_say("the courier is gone; what it carried waits for the next one");
	close(s->courier);
	s->courier = -1;
	gth_outbox_empty(&s->to_courier);
	for (size_t i = 0; i < GTH_FLIGHTS_MAX; i++) {
		struct gth_message *m = &s->message;
		struct gth_result none = { .error = -EPIPE, .complete = 2, .offset = UINT64_MAX };

		if (!s->flights[i].number)
			continue;
		m->type = GTH_MSG_RESULT;
		m->number = s->flights[i].number;
		m->size = sizeof(none);
		memcpy(m->body, &none, sizeof(none));
		m->body[m->size] = '\0';
		gth_answer(s, m);
	}
}

static void take_courier(struct gth_store *s, int fd)
{
	lose_courier(s);
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	s->courier = fd;
	memset(s->backoff, 0, sizeof(s->backoff));
}

/* Takes the descriptor. */
static void from_broker(struct gth_store *s, const struct gth_message *m, int file)
{
	struct gth_request request;

	if (m->type != GTH_MSG_ASK)
		gth_group_end(s);
	switch (m->type) {
	case GTH_MSG_ASK:
		memcpy(&request, m->body, sizeof(request));
		gth_ask(s, &request, request.fd < 0 ? -1 : file);
		break;
	case GTH_MSG_REJECTED:
		gth_region_rejected(s, m);
		break;
	case GTH_MSG_KEPT:
	case GTH_MSG_UNKEPT:
		gth_journal_kept(&s->journal, m);
		break;
	case GTH_MSG_RELOAD:
		/* Consent may have been taken back: without it nothing goes on. */
		if (reload(s, file))
			s->err = -ESTALE;
		break;
	case GTH_MSG_COURIER:
		take_courier(s, file);
		return;
	default:
		break;
	}
	if (file >= 0)
		close(file);
}

/* Return: 0; 1: the peer is gone, or not to be trusted any more. */
static int read_peer(struct gth_store *s, int fd, enum gth_peer from)
{
	for (int n = 0; n < AT_ONCE; n++) {
		int file = -1, got;

		if (from == GTH_PEER_BROKER && s->to_broker.n >= OUTBOX_FULL)
			return 0;
		gth_pulse();
		got = gth_message_receive(fd, &s->message, &file);
		if (got == -EAGAIN)
			return 0;
		if (got == -EINTR)
			continue;
		if (got == 1 && !gth_message_allowed(&s->message, from, GTH_PEER_STORE)) {
			if (file >= 0)
				close(file);
			got = -EPROTO;
		}
		if (got != 1) {
			if (got < 0)
				gth_say("the %s: %s",
					from == GTH_PEER_BROKER ? "broker" : "courier",
					strerror(-got));
			return 1;
		}
		if (from == GTH_PEER_BROKER)
			from_broker(s, &s->message, file);
		else
			gth_answer(s, &s->message);
		/* The courier may have been replaced. */
		if (from == GTH_PEER_COURIER && fd != s->courier)
			return 0;
	}
	gth_store_wake(s, 0);
	return 0;
}

/*
 * What follows is on the disk together, by one sync: for files of which nothing is
 * kept. No file may be removed, and nothing sent, before the end of the group.
 */
void gth_group_begin(struct gth_store *s)
{
	if (!s->grouped && !gth_store_check(s, gth_book_begin(&s->book), "submission"))
		s->grouped = true;
}

void gth_group_end(struct gth_store *s)
{
	if (s->grouped)
		gth_store_check(s, gth_book_commit(&s->book), "submission");
	s->grouped = false;
}

static void accept_client(int control, struct client *clients)
{
	int fd = accept4(control, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	for (int i = 0; i < CLIENTS_MAX; i++) {
		if (clients[i].fd >= 0)
			continue;
		clients[i] = (struct client) { fd, gth_store_clock() + CLIENT_MS };
		return;
	}
	close(fd);
}

static void serve_clients(struct gth_store *s, struct client *clients, const struct pollfd *p)
{
	for (int i = 0; i < CLIENTS_MAX; i++) {
		struct client *c = &clients[i];

		if (c->fd < 0)
			continue;
		if (p[i].fd == c->fd && p[i].revents)
			gth_counter_answer(s, c->fd);
		else if (gth_store_clock() < c->until)
			continue;
		close(c->fd);
		c->fd = -1;
	}
}

/* As ppoll(2), for @ms; meanwhile this process shows that it goes on. */
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

/* Waits, and does what there is to do. Return: 0; 1: the broker is gone. */
static int turn(struct gth_store *s, struct client *clients, const sigset_t *signals)
{
	struct pollfd p[3 + CLIENTS_MAX];
	uint64_t now = gth_store_clock(), ms;
	bool gone;

	for (int i = 0; i < CLIENTS_MAX; i++) {
		p[3 + i] = (struct pollfd) { .fd = clients[i].fd, .events = POLLIN };
		if (clients[i].fd >= 0 && clients[i].until < s->wake)
			s->wake = clients[i].until;
	}
	p[0] = (struct pollfd) {
		.fd = s->setup->broker,
		.events = (short)((s->to_broker.n < OUTBOX_FULL ? POLLIN : 0) |
				  (s->to_broker.n ? POLLOUT : 0)),
	};
	p[1] = (struct pollfd) {
		.fd = s->courier,
		.events = (short)(POLLIN | (s->to_courier.n ? POLLOUT : 0)),
	};
	p[2] = (struct pollfd) { .fd = s->setup->control, .events = POLLIN };
	ms = s->wake > now ? s->wake - now : 0;
	s->wake = now + ms + IDLE_MS;
	if (wait_ms(p, 3 + CLIENTS_MAX, ms, signals) < 0)
		return errno == EINTR ? 0 : 1;
	gone = p[0].revents & (POLLIN | POLLHUP | POLLERR) &&
	       read_peer(s, s->setup->broker, GTH_PEER_BROKER);
	gth_group_end(s);
	if (!gone && p[1].fd >= 0 && p[1].fd == s->courier && p[1].revents & ~POLLOUT &&
	    read_peer(s, s->courier, GTH_PEER_COURIER))
		lose_courier(s);
	serve_clients(s, clients, p + 3);
	if (p[2].revents)
		accept_client(s->setup->control, clients);
	return gone;
}

static void loop(struct gth_store *s, const sigset_t *signals)
{
	struct client clients[CLIENTS_MAX];
	bool gone = false;

	for (int i = 0; i < CLIENTS_MAX; i++)
		clients[i].fd = -1;
	while (!stop && !gone && !s->err) {
		gth_pulse();
		s->wake = gth_store_clock() + IDLE_MS;
		gth_orders_run(s);
		gth_withheld_flush(s, false);
		gth_store_check(s, gth_journal_tell(&s->journal, &s->to_broker), "journal");
		gth_region_resend(s);
		gone = gth_outbox_flush(&s->to_broker, s->setup->broker) != 0;
		if (s->courier >= 0 && gth_outbox_flush(&s->to_courier, s->courier))
			lose_courier(s);
		if (!gone)
			gone = turn(s, clients, signals);
	}
	gth_withheld_flush(s, true);
	gth_journal_tell(&s->journal, &s->to_broker);
	gth_outbox_flush(&s->to_broker, s->setup->broker);
	for (int i = 0; i < CLIENTS_MAX; i++)
		if (clients[i].fd >= 0)
			close(clients[i].fd);
}

/*
 * The broker's first word is which journal it keeps. What is withheld from here on is to
 * be entered. A broker that is silent is no reason to wait for ever: until it speaks
 * nothing leaves.
 * Return: 0; -EPROTO: it says something else first.
 */
static int await_kept(struct gth_store *s)
{
	struct pollfd p = { .fd = s->setup->broker, .events = POLLIN };
	int got;

	if (poll(&p, 1, KEPT_MS) != 1)
		return 0;
	got = gth_message_receive(s->setup->broker, &s->message, NULL);
	/* Gone: the loop will see it. */
	if (!got || got == -EAGAIN || got == -EINTR)
		return 0;
	if (got != 1 || (s->message.type != GTH_MSG_KEPT && s->message.type != GTH_MSG_UNKEPT)) {
		gth_say("the broker does not say which journal it keeps");
		return -EPROTO;
	}
	gth_journal_kept(&s->journal, &s->message);
	return 0;
}

/* Everything that is on the disk, checked and brought together. */
static int begin(struct gth_store *s)
{
	int err = gth_reserve_open(&s->reserve, s->setup->state_dir, s->pace->keep_free,
				   s->pace->keep_percent);

	if (err)
		gth_say(GTH_RESERVE_FILE ": %s; a full disk will stop all sending", strerror(-err));
	err = gth_book_open(&s->book, s->setup->state_dir, gth_store_now(), &s->reserve);
	if (err) {
		gth_say(GTH_STORE_DB ": %s", err == -EPROTONOSUPPORT
						     ? "was written by a later version"
						     : strerror(-err));
		return err;
	}
	err = gth_guarded_begin(s);
	if (gth_store_check(s, err, GTH_STORE_DB))
		return err;
	err = gth_spool_open(&s->spool, s->setup->state_dir);
	if (!err)
		err = gth_spool_settle(&s->spool, &s->book, &s->lost);
	if (err) {
		gth_say(GTH_SPOOL_DIR ": %s", strerror(-err));
		return err;
	}
	if (s->lost)
		gth_say("%u files in " GTH_SPOOL_DIR
			" belonged to nothing that is known; they were "
			"removed",
			s->lost);
	err = gth_types_open(&s->types);
	if (err) {
		gth_say("the database of file types (libmagic) cannot be read");
		return err;
	}
	/* How far an upload came, only the region knows; and waits began with another clock. */
	err = gth_book_run(&s->book, "UPDATE submission SET state = ?, due = 0 WHERE state = ?",
			   "ii", (int64_t)GTH_SPOOLED_CREATED, (int64_t)GTH_SPOOLED_UPLOADING);
	if (!err)
		err = gth_book_run(&s->book, "UPDATE submission SET due = 0 WHERE due != 0", "");
	if (gth_store_check(s, err, GTH_STORE_DB))
		return err;
	/*
	 * It is opened when the broker has said which one it keeps. Its trouble is said and
	 * shown; to keep verdicts it is not needed.
	 */
	gth_journal_init(&s->journal, s->setup->state_dir, s->setup->endpoint, &s->reserve);
	err = await_kept(s);
	if (err)
		return err;
	gth_clock_begin(s);
	gth_region_begin(s);
	gth_ask_reconsider(s);
	return s->err;
}

static void end(struct gth_store *s)
{
	gth_journal_close(&s->journal);
	gth_types_close(&s->types);
	gth_spool_close(&s->spool);
	gth_book_close(&s->book);
	gth_reserve_close(&s->reserve);
	gth_outbox_empty(&s->to_broker);
	gth_outbox_empty(&s->to_courier);
	gth_settings_free(&s->reloaded);
	free(s->note);
	if (s->courier >= 0 && s->courier != s->setup->courier)
		close(s->courier);
	free(s);
}

/**
 * gth_store_serve() - until the broker's socket closes, or SIGTERM
 *
 * The descriptors of @setup stay the caller's, but the courier's, which is closed
 * when the courier is lost. SIGTERM and SIGINT are handled while it runs.
 *
 * Return: 0, or a negative errno; the reason was said.
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
	s->courier = setup->courier;
	s->spool.dirfd = s->reserve.fd = -1;
	s->wake = UINT64_MAX;
	s->more = true;
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
	err = begin(s);
	if (!err) {
		loop(s, &signals);
		err = s->err;
	}
	end(s);
	sigaction(SIGTERM, &before[0], NULL);
	sigaction(SIGINT, &before[1], NULL);
	sigprocmask(SIG_UNBLOCK, &blocked, NULL);
	return err;
}
