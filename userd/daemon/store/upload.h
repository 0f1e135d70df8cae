/* SPDX-License-Identifier: GPL-2.0-or-later */
/* upload.h - the region's answers during an upload. */
#ifndef GTH_DAEMON_STORE_UPLOAD_H
#define GTH_DAEMON_STORE_UPLOAD_H

#include "daemon/store/answer.h"

void gth_upload_create(struct gth_store *s, struct gth_answer *a);
void gth_upload_offset(struct gth_store *s, struct gth_answer *a);
void gth_upload_body(struct gth_store *s, struct gth_answer *a);
void gth_upload_again(struct gth_store *s, struct gth_row *r);

#endif /* GTH_DAEMON_STORE_UPLOAD_H */
