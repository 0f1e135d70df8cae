// SPDX-License-Identifier: GPL-2.0-or-later
/* resend.c - verdicts that the broker does not have yet (see resend.h). */
#include "daemon/store/resend.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/store/context.h"
#include "daemon/store/db.h"
#include "daemon/store/outbox.h"
#include "lib/util/clock.h"

#define AHEAD 16 /* while so many messages wait for the broker, no verdict is added */

/* Begins with the first verdict. */
void gth_resend_begin(struct gth_resend *r)
{
	r->going = true;
	r->begun = false;
}

void gth_resend_stop(struct gth_resend *r)
{
	r->going = false;
}

/*
 * gth_resend_some() - send kept verdicts, a few at a time, so that the broker
 * can keep up; READY once all have been sent, and UNABLE if the journal cannot
 * be written: nothing leaves then, so that no task need wait
 */
void gth_resend_some(struct gth_store *s)
{
	struct gth_resend *r = &s->resend;
	bool able;

	while (r->going && s->to_broker.n < AHEAD) {
		struct gth_kept_verdict v;
		int found = gth_db_verdict_after(&s->db, r->begun ? r->after : NULL, gth_now(), &v);

		if (found == 1)
			found = gth_outbox_put(&s->to_broker, GTH_MSG_VERDICT, 0, v.note,
					       strlen(v.note), NULL, 0, -1)
					?: 1;
		free(v.note);
		if (gth_store_check(s, found < 0 ? found : 0, "verdicts"))
			return;
		memcpy(r->after, v.digest, sizeof(v.digest));
		r->begun = true;
		r->going = found;
	}
	/* Without a region every question is answered at once; with one, the journal has to be
	 * writable. */
	able = !s->region.trust || !s->journal.trouble[0];
	if (r->going || r->ready_sent == able)
		return;
	if (!gth_store_check(s,
			     gth_outbox_put(&s->to_broker, able ? GTH_MSG_READY : GTH_MSG_UNABLE, 0,
					    NULL, 0, NULL, 0, -1),
			     "message"))
		r->ready_sent = able;
}
