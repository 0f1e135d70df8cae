/* SPDX-License-Identifier: GPL-2.0-or-later */
/* submission_note.h - the note that this endpoint signs for a file that it submits. */
#ifndef GTH_DAEMON_STORE_SUBMISSION_NOTE_H
#define GTH_DAEMON_STORE_SUBMISSION_NOTE_H

#include <stdbool.h>

#include "daemon/store/db.h"

struct gth_store;

int gth_submission_note(struct gth_store *s, const struct gth_row *r, char **note);
bool gth_submission_note_stale(struct gth_store *s, const struct gth_row *r);

#endif /* GTH_DAEMON_STORE_SUBMISSION_NOTE_H */
