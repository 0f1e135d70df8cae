// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * accepted.c - writes an entry into the journal that root accepted it in place of another one, so
 * that a copy of the journal shows this without the broker's files.
 *
 * The broker sends the same text at each start. The database has the one that was entered last;
 * after a crash before it was written there, or with a new database, it is entered once more.
 */
#include "daemon/store/accepted.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/store/context.h"
#include "daemon/store/db.h"
#include "daemon/store/journal.h"
#include "lib/util/clock.h"

#define VALUE "accepted" /* its name in the database */

/* gth_accepted_hear() - GTH_MSG_ACCEPTED; the message KEPT about that journal follows */
void gth_accepted_hear(struct gth_store *s, const struct gth_message *m)
{
	char *entered = NULL;
	int err = gth_db_get(&s->db, VALUE, &entered);

	gth_store_check(s, err < 0 ? err : 0, VALUE);
	s->accepted.text[0] = '\0';
	if (m->size < sizeof(s->accepted.text) && (!entered || strcmp(entered, m->body) != 0))
		memcpy(s->accepted.text, m->body, m->size + 1);
	free(entered);
}

/*
 * gth_accepted_enter() - write the entry as soon as the journal can be written, before all others
 */
void gth_accepted_enter(struct gth_store *s)
{
	struct gth_egress e = { .kind = GTH_EGRESS_ACCEPTED, .time = gth_now() };

	if (!s->accepted.text[0] || !s->journal.log)
		return;
	memcpy(e.what, s->accepted.text, sizeof(s->accepted.text));
	/* The journal has logged the error; the next call tries again. */
	if (gth_journal_add(&s->journal, &e))
		return;
	gth_store_check(s, gth_db_set(&s->db, VALUE, s->accepted.text), VALUE);
	s->accepted.text[0] = '\0';
}
