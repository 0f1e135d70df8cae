/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fake_region.h - the courier of a store under test and the region behind it, in one:
 * it answers orders as a region does, or as a bad one.
 */
#ifndef GTH_TEST_FAKE_REGION_H
#define GTH_TEST_FAKE_REGION_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/message.h"
#include "lib/log/note.h"
#include "lib/text/exchange.h"

#define FILES_MAX 1024

/* The region's part of a submission. */
struct upload {
	char id[GTH_UUID_SIZE];
	struct gth_submission note;
	uint8_t note_digest[32];
	char *data;
	size_t have;
	bool complete, deleted;
};

/* How the region misbehaves. */
struct faults {
	bool down;		       /* no answer to anything */
	bool mute[GTH_ORDERS];	       /* nothing comes back at all */
	bool refuse;		       /* uploads are not wanted */
	bool cut;		       /* the next upload breaks off in the middle */
	bool bad_receipt, bad_verdict; /* signed by another key */
	bool foreign_verdict;	       /* for another file */
	bool lose_receipt;	       /* the answer to the next upload is lost */
	unsigned int busy;	       /* so many answers are 429 */
	uint32_t retry_after;	       /* … with this */
	unsigned int create_status;    /* not 0: the answer to PUT */
	const char *create_type;
	bool garbage;	    /* answers are no JSON */
	const char *status; /* of a submission, without a verdict */
	int endless_feed;   /* always another page: 1: of verdicts; 2: of nothing that holds */
	bool creep;	    /* an upload gets on by one byte */
	bool cut_all;	    /* every upload breaks off before it gets on */
	bool forgets;	    /* half of an upload is told of, and then it is unknown */
};

extern struct fake_region {
	struct faults faults;
	char *statement;	      /* note */
	json_t *verdicts;	      /* for GET /v1/verdicts */
	uint8_t known[FILES_MAX][32]; /* files that have a verdict without an upload */
	size_t known_n;
	uint64_t verdict_life; /* s */

	/* what was seen */
	struct upload uploads[FILES_MAX];
	size_t n;
	unsigned int orders[GTH_ORDERS], cancelled;
	uint64_t bytes;	  /* of ciphertext that were sent, cut ones included */
	uint64_t offered; /* … that could have been */
	char statistics[1024], cursor[128];
	struct gth_journal_field looked_up; /* the journal, as the last look-up told it */
} region;

/* A region as it should be that has seen nothing. */
void region_fresh(void);

/* Answers an order, or notes that one is cancelled. */
void region_hears(int courier, const struct gth_message *m, int file);

/* How many orders there were of all kinds. */
unsigned int region_orders(void);

/* Statements that hold, unless told otherwise. Times count from now. */
char *make_statement(const struct gth_signer *key, const char *country, int64_t issued,
		     int64_t expires);
void set_statement(char *note);

char *make_verdict(const uint8_t digest[32], enum gth_finding finding, int64_t issued);
char *make_receipt(const struct upload *u);
char *make_deletion(const struct upload *u);

#endif /* GTH_TEST_FAKE_REGION_H */
