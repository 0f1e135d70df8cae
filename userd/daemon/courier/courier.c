// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * courier.c - carries the store's orders to the region and its answers back (see role.h).
 *
 * It can neither connect nor open anything: its sockets come from the dialer, which connects to one
 * place only, and its files from the store. A request first tries a connection that is still open;
 * if there is none, one is dialed.
 */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "daemon/courier/transfer.h"
#include "daemon/message.h"
#include "daemon/role.h"
#include "daemon/settings.h"
#include "lib/util/clock.h"
#include "lib/util/pulse.h"
#include "lib/util/say.h"

#define RUNNING_MAX 8
#define ORDERS_MAX 64 /* at this number no more are read */
#define DIAL_SECONDS 60
#define IDLE_MS 1000

static struct {
	struct gth_endpoint_tls site;
	uint8_t settings[GTH_SETTINGS_DIGEST]; /* their digest; all orders are sent under them */
	CURLM *multi;
	struct gth_transfer *first; /* in the order they came */
	unsigned int orders, running;
	struct gth_message message;
} courier;

int gth_courier_prepare(struct gth_settings *settings)
{
	int err;

	if (curl_global_init(CURL_GLOBAL_DEFAULT))
		return -ENOMEM;
	err = gth_endpoint_tls_load(&courier.site, settings);
	if (err)
		return err;
	memcpy(courier.settings, settings->digest, sizeof(courier.settings));
	/*
	 * libcurl opens its own sockets (for waking up, and to test for IPv6) now, because the
	 * sandbox forbids it later.
	 */
	courier.multi = curl_multi_init();
	if (!courier.multi)
		return -ENOMEM;
	curl_multi_setopt(courier.multi, CURLMOPT_MAXCONNECTS, (long)RUNNING_MAX);
	return 0;
}

static struct gth_transfer *find(uint64_t number)
{
	struct gth_transfer *t = courier.first;

	while (t && t->number != number)
		t = t->next;
	return t;
}

static void append(struct gth_transfer *t)
{
	struct gth_transfer **end = &courier.first;

	while (*end)
		end = &(*end)->next;
	*end = t;
	courier.orders++;
}

static void forget(struct gth_transfer *t)
{
	struct gth_transfer **at = &courier.first;

	while (*at != t)
		at = &(*at)->next;
	*at = t->next;
	courier.orders--;
	if (t->state == GTH_TRANSFER_DIALING || t->state == GTH_TRANSFER_RUNNING)
		courier.running--;
	if (t->state == GTH_TRANSFER_RUNNING)
		curl_multi_remove_handle(courier.multi, t->easy);
	gth_transfer_free(t);
}

/* It does not run any more; the caller decides what follows. */
static void stop(struct gth_transfer *t)
{
	courier.running--;
	if (t->state == GTH_TRANSFER_RUNNING)
		curl_multi_remove_handle(courier.multi, t->easy);
}

static void run(struct gth_transfer *t)
{
	int err = gth_transfer_open(t, &courier.site);

	if (!err && curl_multi_add_handle(courier.multi, t->easy))
		err = -ENOMEM;
	if (err) {
		courier.running--;
		gth_transfer_fail(t, err, strerror(-err));
		return;
	}
	t->state = GTH_TRANSFER_RUNNING;
}

static void dial(struct gth_transfer *t)
{
	struct gth_message *m = &courier.message;
	int err;

	m->type = GTH_MSG_DIAL;
	m->size = sizeof(courier.settings);
	memcpy(m->body, courier.settings, sizeof(courier.settings));
	m->number = t->number;
	err = gth_message_send(GTH_FD_DIALER, m, -1);
	t->state = GTH_TRANSFER_DIALING;
	t->dialed = true;
	t->deadline = gth_monotonic_ms() + DIAL_SECONDS * 1000ULL;
	if (err) {
		courier.running--;
		gth_transfer_fail(t, err, "the dialer does not accept orders");
	}
}

static void start_queued(void)
{
	for (struct gth_transfer *t = courier.first; t && courier.running < RUNNING_MAX;
	     t = t->next) {
		if (t->state != GTH_TRANSFER_QUEUED)
			continue;
		courier.running++;
		run(t);
	}
}

static void take_finished(void)
{
	CURLMsg *msg;
	int left;

	while ((msg = curl_multi_info_read(courier.multi, &left))) {
		struct gth_transfer *t = NULL;
		CURLcode code = msg->data.result;

		if (msg->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, (char **)&t);
		if (code && t->needs_socket && !t->dialed) {
			curl_multi_remove_handle(courier.multi, t->easy);
			dial(t);
			continue;
		}
		stop(t);
		gth_transfer_close(t, code);
	}
}

static void end_overdue(void)
{
	uint64_t now = gth_monotonic_ms();

	for (struct gth_transfer *t = courier.first; t; t = t->next) {
		if (t->state != GTH_TRANSFER_DIALING || now < t->deadline)
			continue;
		stop(t);
		gth_transfer_fail(t, -ETIMEDOUT, "no connection in time");
	}
}

/* One packet of the dialer. Return: 1; 0: gone; -errno. */
static int hear_dialer(void)
{
	struct gth_message *m = &courier.message;
	struct gth_transfer *t;
	int file, ret;

	ret = gth_message_receive(GTH_FD_DIALER, m, &file);
	if (ret <= 0)
		return ret == -EAGAIN || ret == -EINTR ? 1 : ret;
	t = gth_message_allowed(m, GTH_PEER_DIALER, GTH_PEER_COURIER) ? find(m->number) : NULL;
	if (!t || t->state != GTH_TRANSFER_DIALING) {
		/* it was cancelled, or is overdue */
		if (file >= 0)
			close(file);
		return 1;
	}
	if (file < 0) {
		stop(t);
		gth_transfer_fail(t, -ECONNREFUSED, m->body);
		return 1;
	}
	t->socket = file;
	run(t);
	return 1;
}

/* One packet of the store. Return: 1; 0: gone; -errno. */
static int hear_store(void)
{
	struct gth_message *m = &courier.message;
	struct gth_transfer *t;
	int file, ret;

	ret = gth_message_receive(GTH_FD_STORE, m, &file);
	if (ret <= 0)
		return ret == -EAGAIN || ret == -EINTR ? 1 : ret;
	if (!gth_message_allowed(m, GTH_PEER_STORE, GTH_PEER_COURIER)) {
		if (file >= 0)
			close(file);
		return -EPROTO;
	}
	if (m->type == GTH_MSG_CANCEL) {
		t = find(m->number);
		if (t)
			forget(t);
		return 1;
	}
	t = gth_transfer_new(m, file);
	if (!t)
		return -ENOMEM;
	/* The store may have been reloaded; then the broker replaces this process too. */
	if (memcmp(t->order.settings, courier.settings, sizeof(courier.settings)) != 0)
		gth_transfer_fail(t, -ESTALE, "the order is for other settings");
	append(t);
	return 1;
}

/* Sends the finished results, as many as the store's socket takes. Return: 0 or -errno. */
static int tell_store(void)
{
	struct gth_message *m = &courier.message;
	struct gth_transfer *t = courier.first, *next;
	int err;

	for (; t; t = next) {
		next = t->next;
		if (t->state != GTH_TRANSFER_DONE)
			continue;
		m->type = GTH_MSG_RESULT;
		m->number = t->number;
		m->size = (uint32_t)(sizeof(t->result) + t->answer_len);
		memcpy(m->body, &t->result, sizeof(t->result));
		if (t->answer_len)
			memcpy(m->body + sizeof(t->result), t->answer, t->answer_len);
		err = gth_message_send(GTH_FD_STORE, m, -1);
		if (err)
			return err == -EAGAIN ? 0 : err;
		forget(t);
	}
	return 0;
}

static bool has_done(void)
{
	for (const struct gth_transfer *t = courier.first; t; t = t->next)
		if (t->state == GTH_TRANSFER_DONE)
			return true;
	return false;
}

static int step(void)
{
	struct curl_waitfd fds[] = { { .fd = GTH_FD_STORE }, { .fd = GTH_FD_DIALER } };
	int running, ret = 1;

	start_queued();
	curl_multi_perform(courier.multi, &running);
	take_finished();
	end_overdue();
	ret = tell_store();
	if (ret)
		return ret;
	fds[0].events = (short)((courier.orders < ORDERS_MAX ? CURL_WAIT_POLLIN : 0) |
				(has_done() ? CURL_WAIT_POLLOUT : 0));
	fds[1].events = CURL_WAIT_POLLIN;
	if (curl_multi_poll(courier.multi, fds, 2, IDLE_MS, NULL))
		return -ENOMEM;
	ret = hear_dialer();
	if (ret > 0 && courier.orders < ORDERS_MAX)
		ret = hear_store();
	return ret > 0 ? 0 : ret ? ret : -EPIPE;
}

/* Ends when the store or the dialer does. */
int gth_courier_run(void)
{
	int err;

	fcntl(GTH_FD_STORE, F_SETFL, O_NONBLOCK);
	fcntl(GTH_FD_DIALER, F_SETFL, O_NONBLOCK);
	do {
		gth_pulse();
		err = step();
	} while (!err);
	while (courier.first)
		forget(courier.first);
	curl_multi_cleanup(courier.multi);
	gth_endpoint_tls_free(&courier.site);
	if (err == -EPIPE)
		return 0;
	gth_say("cannot go on: %s", strerror(-err));
	return 1;
}
