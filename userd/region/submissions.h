/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * submissions.h - endpoints' submissions, from the note to the deletion.
 *
 *	awaiting-upload -> queued <-> in-progress -> completed | failed
 *	        any of these three ----------------> expired
 *
 * A submission that has ended is shown as in-progress until its file is deleted
 * and the deletion signed, so that endpoints get both at once.
 */
#ifndef REGION_SUBMISSIONS_H
#define REGION_SUBMISSIONS_H

#include "lib/text/exchange.h"
#include "region/state.h"

enum region_status {
	REGION_AWAITING,
	REGION_QUEUED,
	REGION_IN_PROGRESS,
	REGION_COMPLETED,
	REGION_FAILED,
	REGION_EXPIRED,
	REGION_STATUSES
};

struct region_submission {
	char id[GTH_UUID_SIZE];
	char endpoint[GTH_ENDPOINT_SIZE];
	enum region_status status;
	uint8_t digest[GTH_DIGEST_SIZE], cipher_digest[GTH_DIGEST_SIZE];
	uint64_t size, cipher_size; /* bytes */
	uint64_t delete_by;	    /* Unix time */
	uint64_t attempts;	    /* at analysis that failed, but not because of the file */
	char *note, *receipt, *verdict, *deletion, *detail; /* or NULL */
};

/* Limits on endpoints' files here; 0 is 0. Bytes are of kept ciphertext and of notes. */
struct region_limits {
	uint64_t submissions; /* of one endpoint, not yet ended */
	uint64_t bytes;	      /* of one endpoint */
	uint64_t total;	      /* of all */
	uint64_t records;     /* of one endpoint, ended ones included */
	uint64_t spare;	      /* bytes of the disk that uploads leave free */
	int disk;	      /* a descriptor on it */
};

const char *region_status_name(enum region_status status);
int region_submission_get(struct region_state *s, const char *id, struct region_submission *sub);
void region_submission_free(struct region_submission *sub);
enum region_status region_submission_shown(const struct region_submission *sub);

int region_submission_create(struct region_state *s, const struct gth_submission *sub,
			     const char *note, const struct region_limits *l, uint64_t now,
			     uint64_t delete_by);
int region_submission_received(struct region_state *s, const char *id, const char *receipt,
			       uint64_t delete_by);
int region_submission_await(struct region_state *s, const char *id, uint64_t ms);

int region_submission_waiting(struct region_state *s, uint64_t now);
int region_submission_claim(struct region_state *s, uint64_t now, uint64_t at_once,
			    struct region_submission *sub);
int region_submission_spent(struct region_state *s, const char *endpoint, uint64_t ms);
int region_submission_requeue(struct region_state *s, const char *id, uint64_t not_before,
			      bool attempt);
int region_submission_recover(struct region_state *s);
int region_submission_outcome(struct region_state *s, const char *id, enum region_status status,
			      const char *verdict, const char *detail);

int region_submission_expire(struct region_state *s, uint64_t now);
int region_submission_overdue(struct region_state *s, uint64_t now, const char *after,
			      char id[GTH_UUID_SIZE]);
int region_submission_undeleted(struct region_state *s, const char *after,
				struct region_submission *sub);
int region_submission_deleted(struct region_state *s, const char *id, const char *deletion);
int region_submission_prune(struct region_state *s, uint64_t before);

#endif /* REGION_SUBMISSIONS_H */
