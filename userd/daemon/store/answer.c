// SPDX-License-Identifier: GPL-2.0-or-later
/* answer.c - an answer of the region (see answer.h). */
#include "daemon/store/answer.h"

#include <stdio.h>
#include <string.h>

#include "daemon/store/backoff.h"
#include "daemon/store/context.h"
#include "daemon/store/submission.h"

/* The text is foreign and goes to a terminal. */
void gth_answer_printable(char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}

bool gth_answer_is(const struct gth_answer *a, uint32_t status, const char *type)
{
	return a->result->status == status && !strcmp(a->problem.type, type);
}

/* Says for people what the region answered, or why there is no answer. */
void gth_answer_explain(char *out, size_t size, const struct gth_answer *a)
{
	if (a->result->error)
		snprintf(out, size, "no answer: %.*s", (int)sizeof(a->result->why),
			 a->result->why[0] ? a->result->why : strerror(-a->result->error));
	else
		snprintf(out, size, "the region answers %u %s", a->result->status,
			 a->problem.detail[0] ? a->problem.detail : a->problem.type);
}

/*
 * Is there no usable answer (network error, server error, limit)? Then all orders of the kind wait.
 */
bool gth_answer_none(struct gth_store *s, const struct gth_answer *a)
{
	uint32_t status = a->result->status;
	bool none = a->result->error || status >= 500 || status == 429 || status == 408;

	if (!none) {
		s->backoff[a->order->kind].failures = 0;
		s->region.trouble[0] = '\0';
		return false;
	}
	gth_backoff_failed(&s->backoff[a->order->kind], s->pace, a->result->retry_after);
	gth_answer_explain(s->region.trouble, sizeof(s->region.trouble), a);
	return true;
}

/* The row, if it is still in the state in which the order left. */
bool gth_answer_row(struct gth_store *s, struct gth_answer *a, int state)
{
	int found = gth_db_by_id(&s->db, a->order->id, &a->row);

	gth_store_check(s, found < 0 ? found : 0, "submission");
	return found == 1 && a->row.state == state;
}

/* The answer does not fit the submission: its step is tried again later. */
int gth_answer_trouble(struct gth_store *s, struct gth_answer *a)
{
	char text[192];

	gth_answer_explain(text, sizeof(text), a);
	return gth_submission_trouble(s, &a->row, text);
}
