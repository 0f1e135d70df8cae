// SPDX-License-Identifier: GPL-2.0-or-later
/* peer.c - hands messages of the broker and the courier to their functions (see peer.h). */
#include "daemon/store/peer.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "daemon/store/accepted.h"
#include "daemon/store/context.h"
#include "daemon/store/db.h"
#include "daemon/store/journal.h"
#include "daemon/store/outbox.h"
#include "daemon/store/query.h"
#include "daemon/store/region.h"
#include "daemon/store/response.h"
#include "daemon/store/review.h"
#include "lib/util/clock.h"
#include "lib/util/pulse.h"
#include "lib/util/say.h"

#define AT_ONCE 64 /* messages of one peer before those of the others */

/*
 * Takes other settings. The region and this endpoint's key cannot change while
 * this process runs; the broker starts another store for those.
 * Return: 0; an errno: this process must not go on.
 */
static int reload(struct gth_store *s, int fd)
{
	struct gth_settings new;
	int err = gth_settings_unpack(&new, fd);

	if (!err && s->region.trust && !gth_trust_same(&new.trust, s->region.trust))
		err = -ESTALE;
	gth_settings_wipe(&new);
	if (err) {
		gth_say("the new settings cannot be used: %s", strerror(-err));
		gth_settings_free(&new);
		return err;
	}
	gth_settings_free(&s->reloaded);
	s->reloaded = new;
	s->settings = &s->reloaded;
	s->config = &s->reloaded.config;
	s->reloads = gth_now();
	s->feed.due = 0;
	/* The country may have changed: the statement is checked again. */
	s->region.due = 0;
	memset(s->backoff, 0, sizeof(s->backoff));
	/* A quota for which submissions wait may have been raised. */
	gth_store_check(s, gth_db_run(&s->db, "UPDATE submission SET due = 0 WHERE waits != 0", ""),
			"submissions");
	gth_review_all(s);
	return 0;
}

/* The courier's orders are not carried out any more: each counts as one without an answer. */
void gth_peer_lose_courier(struct gth_store *s)
{
	if (s->courier < 0)
		return;
	gth_say("the courier has ended; requests to the region wait for the next one");
	close(s->courier);
	s->courier = -1;
	gth_outbox_empty(&s->to_courier);
	gth_response_lost(s);
}

static void take_courier(struct gth_store *s, int fd)
{
	gth_peer_lose_courier(s);
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	s->courier = fd;
	memset(s->backoff, 0, sizeof(s->backoff));
}

/* Handles one message; takes the descriptor. */
static void from_broker(struct gth_store *s, const struct gth_message *m, int file)
{
	struct gth_request request;

	if (m->type != GTH_MSG_ASK)
		gth_group_end(s);
	switch (m->type) {
	case GTH_MSG_ASK:
		memcpy(&request, m->body, sizeof(request));
		gth_query(s, &request, request.fd < 0 ? -1 : file);
		break;
	case GTH_MSG_REJECTED:
		gth_region_rejected(s, m);
		break;
	case GTH_MSG_ACCEPTED:
		gth_accepted_hear(s, m);
		break;
	case GTH_MSG_KEPT:
	case GTH_MSG_UNKEPT:
		gth_journal_kept(&s->journal, m);
		gth_accepted_enter(s);
		break;
	case GTH_MSG_RELOAD:
		/* Consent may have been taken back: without it nothing goes on. */
		if (reload(s, file))
			s->fatal = -ESTALE;
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
int gth_peer_read(struct gth_store *s, int fd, enum gth_peer from)
{
	static struct gth_message message;

	for (int n = 0; n < AT_ONCE; n++) {
		int file = -1, got;

		if (from == GTH_PEER_BROKER && s->to_broker.n >= GTH_PEER_OUTBOX_FULL)
			return 0;
		gth_pulse();
		got = gth_message_receive(fd, &message, &file);
		if (got == -EAGAIN)
			return 0;
		if (got == -EINTR)
			continue;
		if (got == 1 && !gth_message_allowed(&message, from, GTH_PEER_STORE)) {
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
			from_broker(s, &message, file);
		else
			gth_response(s, &message);
		/* The courier may have been replaced. */
		if (from == GTH_PEER_COURIER && fd != s->courier)
			return 0;
	}
	gth_store_wake(s, 0);
	return 0;
}
