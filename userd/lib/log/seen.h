/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * seen.h - the checkpoints that were seen, the last one of each log: those that a witness has
 * cosigned, and those that an endpoint has believed.
 *
 * The state is a directory with a file for each origin, called by its SHA-256: the checkpoint as
 * its log signed it, with its cosignatures. It is durable before it has consequences, so that no
 * two truths have any.
 */
#ifndef GTH_LIB_LOG_SEEN_H
#define GTH_LIB_LOG_SEEN_H

#include "lib/log/tlog.h"

int gth_seen_open(const char *path);
int gth_seen_note(int state, const struct gth_verifier *log, char **note, size_t *len);
int gth_seen_load(int state, const struct gth_verifier *log, struct gth_checkpoint *c);
int gth_seen_store(int state, const struct gth_verifier *log, const char *note);

#endif /* GTH_LIB_LOG_SEEN_H */
