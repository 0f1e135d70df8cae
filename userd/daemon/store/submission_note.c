// SPDX-License-Identifier: GPL-2.0-or-later
/* submission_note.c - the note of a submission (see submission_note.h). */
#include "daemon/store/submission_note.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/store/context.h"
#include "daemon/store/guarded.h"
#include "daemon/store/journal.h"
#include "lib/util/clock.h"

/* gth_submission_note() - the signed note; made once and kept, so that it is the same each time */
int gth_submission_note(struct gth_store *s, const struct gth_row *r, char **note)
{
	static struct gth_submission sub;
	char *text = NULL;
	int err = gth_db_proof(&s->db, r->id, GTH_PROOF_SUBMISSION, note);

	if (err)
		return err < 0 ? err : 0;
	memset(&sub, 0, sizeof(sub));
	snprintf(sub.endpoint, sizeof(sub.endpoint), "%.*s", (int)sizeof(sub.endpoint) - 1,
		 s->setup->endpoint->verifier.name);
	memcpy(sub.region, s->region.statement.region, sizeof(sub.region));
	memcpy(sub.id, r->id, sizeof(sub.id));
	sub.time = gth_now();
	sub.class = (enum gth_data_class)r->class;
	memcpy(sub.digest, r->digest, GTH_DIGEST_SIZE);
	sub.size = r->size;
	memcpy(sub.type, r->type, sizeof(sub.type));
	sub.cipher_size = r->cipher_size;
	memcpy(sub.cipher_digest, r->cipher_digest, GTH_DIGEST_SIZE);
	if (s->config->metadata) {
		memcpy(sub.path, r->path, sizeof(sub.path));
		memcpy(sub.comm, r->comm, sizeof(sub.comm));
	}
	sub.has_journal = true;
	err = gth_journal_head(&s->journal, &sub.journal_size, sub.journal_root);
	if (!err)
		err = gth_submission_format(&sub, &text);
	if (!err)
		err = gth_note_sign(text, s->setup->endpoint, note);
	free(text);
	if (err)
		return err;
	err = gth_db_begin(&s->db);
	if (err)
		return err;
	err = gth_db_spend(&s->db, sub.time, 1, r->cipher_size);
	if (!err)
		err = gth_db_put_proof(&s->db, r->id, GTH_PROOF_SUBMISSION, r->digest,
				       r->cipher_size, *note, sub.time);
	if (!err)
		err = gth_db_count(&s->db, "submissions", 1);
	if (!err)
		err = gth_db_commit(&s->db);
	else
		gth_db_rollback(&s->db);
	return err ? err : gth_guarded_keep(s);
}

/* gth_submission_note_stale() - does the note have a path or a name that the owner does not permit
 * any more? */
bool gth_submission_note_stale(struct gth_store *s, const struct gth_row *r)
{
	static struct gth_submission sub;
	char *note = NULL, *end;
	bool tells = false;

	if (s->config->metadata || gth_db_proof(&s->db, r->id, GTH_PROOF_SUBMISSION, &note) != 1)
		return false;
	end = strstr(note, "\n\n");
	if (end && !gth_submission_parse(&sub, note, (size_t)(end - note) + 1))
		tells = sub.path[0] || sub.comm[0];
	free(note);
	return tells;
}
