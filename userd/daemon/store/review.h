/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * review.h - checks consent again for earlier files, by the facts that were kept with them, because
 * the owner may have changed the configuration.
 */
#ifndef GTH_DAEMON_STORE_REVIEW_H
#define GTH_DAEMON_STORE_REVIEW_H

#include "daemon/store/db.h"
#include "daemon/store/file_info.h"

struct gth_store;

void gth_review_keep(struct gth_row *r, const struct gth_subject *subject);
enum gth_withheld gth_review_one(const struct gth_store *s, const struct gth_row *r);
void gth_review_all(struct gth_store *s);

#endif /* GTH_DAEMON_STORE_REVIEW_H */
