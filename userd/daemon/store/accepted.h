/* SPDX-License-Identifier: GPL-2.0-or-later */
/* accepted.h - the journal entry that root accepted this journal in place of another one. */
#ifndef GTH_DAEMON_STORE_ACCEPTED_H
#define GTH_DAEMON_STORE_ACCEPTED_H

#include "daemon/message.h"
#include "lib/text/journal_head.h"

struct gth_accepted {
	char text[GTH_JOURNAL_ACCEPTED_SIZE]; /* of the entry to be written; empty: none */
};

struct gth_store;

void gth_accepted_hear(struct gth_store *s, const struct gth_message *m);
void gth_accepted_enter(struct gth_store *s);

#endif /* GTH_DAEMON_STORE_ACCEPTED_H */
