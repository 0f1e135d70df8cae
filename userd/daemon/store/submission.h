/* SPDX-License-Identifier: GPL-2.0-or-later */
/* submission.h - the way of one file to the region. */
#ifndef GTH_DAEMON_STORE_SUBMISSION_H
#define GTH_DAEMON_STORE_SUBMISSION_H

#include <stdint.h>

#include "daemon/store/db.h"

struct gth_store;

void gth_submission_begin(struct gth_row *r, const uint8_t digest[GTH_DIGEST_SIZE], uint64_t now);
int gth_submission_move(struct gth_store *s, struct gth_row *r, int state);
int gth_submission_withhold(struct gth_store *s, struct gth_row *r, enum gth_withheld reason);
int gth_submission_fail(struct gth_store *s, struct gth_row *r, const char *detail);
int gth_submission_anew(struct gth_store *s, struct gth_row *r);
int gth_submission_seal_anew(struct gth_store *s, struct gth_row *r);
int gth_submission_trouble(struct gth_store *s, struct gth_row *r, const char *detail);
void gth_submission_unknown(struct gth_store *s, unsigned int domain,
			    const uint8_t digest[GTH_DIGEST_SIZE]);
void gth_submission_done(struct gth_store *s, const struct gth_region_verdict *v);

#endif /* GTH_DAEMON_STORE_SUBMISSION_H */
