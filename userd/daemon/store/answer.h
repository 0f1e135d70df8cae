/* SPDX-License-Identifier: GPL-2.0-or-later */
/* answer.h - an answer of the region, or that there was none. */
#ifndef GTH_DAEMON_STORE_ANSWER_H
#define GTH_DAEMON_STORE_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/message.h"
#include "daemon/store/db.h"
#include "daemon/store/inflight.h"
#include "daemon/store/reply.h"

struct gth_answer {
	const struct gth_inflight *order;
	const struct gth_result *result;
	const char *body; /* NUL-terminated */
	size_t len;
	struct gth_reply_problem problem;
	struct gth_row row; /* of the submission that it is about; filled by gth_answer_row() */
};

struct gth_store;

void gth_answer_printable(char *text);
bool gth_answer_is(const struct gth_answer *a, uint32_t status, const char *type);
void gth_answer_explain(char *out, size_t size, const struct gth_answer *a);
bool gth_answer_none(struct gth_store *s, const struct gth_answer *a);
bool gth_answer_row(struct gth_store *s, struct gth_answer *a, int state);
int gth_answer_trouble(struct gth_store *s, struct gth_answer *a);

#endif /* GTH_DAEMON_STORE_ANSWER_H */
