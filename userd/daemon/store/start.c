// SPDX-License-Identifier: GPL-2.0-or-later
/* start.c - start and end of the store (see start.h). */
#include "daemon/store/start.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/store/accepted.h"
#include "daemon/store/clock_set.h"
#include "daemon/store/context.h"
#include "daemon/store/db.h"
#include "daemon/store/guarded.h"
#include "daemon/store/journal.h"
#include "daemon/store/mime.h"
#include "daemon/store/outbox.h"
#include "daemon/store/region.h"
#include "daemon/store/reserve.h"
#include "daemon/store/review.h"
#include "daemon/store/spool.h"
#include "lib/util/clock.h"
#include "lib/util/say.h"

#define KEPT_MS 10000 /* the longest wait for the broker's first message */

/*
 * The broker's first messages name the journal's head and, if it was accepted, the user who did so.
 * The next steps may withhold files, which is entered into the journal, so the head comes first.
 * The wait ends for a silent broker too: nothing leaves until it sends the head. Return: 0;
 * -EPROTO: it sends something else first.
 */
static int await_kept(struct gth_store *s)
{
	static struct gth_message message;
	struct pollfd p = { .fd = s->setup->broker, .events = POLLIN };
	bool accepted;
	int got;

	do {
		if (poll(&p, 1, KEPT_MS) != 1)
			return 0;
		got = gth_message_receive(s->setup->broker, &message, NULL);
		accepted = got == 1 && message.type == GTH_MSG_ACCEPTED;
		if (accepted)
			gth_accepted_hear(s, &message);
	} while (accepted);
	/* If the broker is gone, the loop notices. */
	if (!got || got == -EAGAIN || got == -EINTR)
		return 0;
	if (got != 1 || (message.type != GTH_MSG_KEPT && message.type != GTH_MSG_UNKEPT)) {
		gth_say("the broker sent another message than the head of the journal");
		return -EPROTO;
	}
	gth_journal_kept(&s->journal, &message);
	gth_accepted_enter(s);
	return 0;
}

/* gth_start() - open and check the files on the disk, and make them agree */
int gth_start(struct gth_store *s)
{
	int err = gth_reserve_open(&s->reserve, s->setup->state_dir, s->pace->keep_free,
				   s->pace->keep_percent);

	if (err)
		gth_say(GTH_RESERVE_FILE ": %s; a full disk will stop all sending", strerror(-err));
	err = gth_db_open(&s->db, s->setup->state_dir, gth_now(), &s->reserve);
	if (err) {
		gth_say(GTH_STORE_DB ": %s",
			err == -EPROTONOSUPPORT ? "was written by a later version of gotthardd: "
						  "install that one again, or move the file "
						  "away"
						: strerror(-err));
		return err;
	}
	err = gth_guarded_begin(s);
	if (gth_store_check(s, err, GTH_STORE_DB))
		return err;
	err = gth_spool_open(&s->spool, s->setup->state_dir);
	if (!err)
		err = gth_spool_settle(&s->spool, &s->db, &s->spool.lost);
	if (err) {
		gth_say(GTH_SPOOL_DIR ": %s", strerror(-err));
		return err;
	}
	if (s->spool.lost)
		gth_say("%u files in " GTH_SPOOL_DIR " had no row in the database and were removed",
			s->spool.lost);
	err = gth_mime_open(&s->types);
	if (err) {
		gth_say("the database of file types (magic.mgc) cannot be read: install libmagic's "
			"data");
		return err;
	}
	/*
	 * Only the region knows how far an upload came; and times of an earlier run mean nothing
	 * now.
	 */
	err = gth_db_run(&s->db, "UPDATE submission SET state = ?, due = 0 WHERE state = ?", "ii",
			 (int64_t)GTH_SPOOLED_CREATED, (int64_t)GTH_SPOOLED_UPLOADING);
	if (!err)
		err = gth_db_run(&s->db, "UPDATE submission SET due = 0 WHERE due != 0", "");
	if (gth_store_check(s, err, GTH_STORE_DB))
		return err;
	/*
	 * The journal is opened when the broker has sent the head. An error is logged and shown,
	 * and does not end the store: verdicts can be kept without it.
	 */
	gth_journal_init(&s->journal, s->setup->state_dir, s->setup->endpoint, &s->reserve);
	err = await_kept(s);
	if (err)
		return err;
	gth_clock_set_begin(s);
	gth_region_begin(s);
	gth_review_all(s);
	return s->fatal;
}

/* gth_start_undo() - close what gth_start() has opened, as far as it came, and free the rest */
void gth_start_undo(struct gth_store *s)
{
	gth_journal_close(&s->journal);
	gth_mime_close(&s->types);
	gth_spool_close(&s->spool);
	gth_db_close(&s->db);
	gth_reserve_close(&s->reserve);
	gth_outbox_empty(&s->to_broker);
	gth_outbox_empty(&s->to_courier);
	gth_settings_free(&s->reloaded);
	free(s->region.note);
	if (s->courier >= 0 && s->courier != s->setup->courier)
		close(s->courier);
}
