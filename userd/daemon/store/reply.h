/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reply.h - the JSON of the region's answers, parsed strictly: no name twice, no other types. */
#ifndef GTH_DAEMON_STORE_REPLY_H
#define GTH_DAEMON_STORE_REPLY_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* docs/protocol.md: the JSON of a submission. Texts are the JSON's; NULL: null, or not there. */
struct gth_reply_submission {
	json_t *json; /* to be dropped by gth_reply_free() */
	const char *status, *receipt, *verdict, *deletion, *detail;
};

/* The JSON of GET /v1/verdicts. */
struct gth_reply_verdicts {
	json_t *json;
	json_t *notes; /* array of strings */
	const char *cursor;
};

/* A problem of RFC 9457. */
struct gth_reply_problem {
	char type[64];	  /* behind urn:gotthard:; empty: another */
	char detail[160]; /* printable; the title, if there is no detail */
	int upload;	  /* 0, 1; -1: not told */
};

int gth_reply_submission(struct gth_reply_submission *r, const char *text, size_t len);
int gth_reply_verdicts(struct gth_reply_verdicts *r, const char *text, size_t len);
void gth_reply_problem(struct gth_reply_problem *r, const char *text, size_t len);
void gth_reply_free(json_t *json);

#endif /* GTH_DAEMON_STORE_REPLY_H */
