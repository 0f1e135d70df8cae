/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * exchange.h - what endpoint and region sign to each other: a submission, its
 * receipt, the deletion of the file, and a verdict. docs/protocol.md has the texts.
 */
#ifndef GTH_LIB_EXCHANGE_H
#define GTH_LIB_EXCHANGE_H

#include "lib/text/fields.h"
#include "lib/log/note.h"

#define GTH_ENDPOINT_SIZE 64 /* [a-z0-9][a-z0-9.-]*, with its NUL */
#define GTH_TYPE_SIZE 128    /* of a MIME type */

enum gth_data_class { GTH_D1 = 1, GTH_D2, GTH_D3, GTH_D4, GTH_D5 };

/* What was found; as words: unknown, benign, suspicious, malicious. */
enum gth_finding {
	GTH_FINDING_UNKNOWN,
	GTH_FINDING_BENIGN,
	GTH_FINDING_SUSPICIOUS,
	GTH_FINDING_MALICIOUS,
	GTH_FINDINGS
};

struct gth_submission {
	char endpoint[GTH_ENDPOINT_SIZE];
	char region[GTH_REGION_SIZE];
	char id[GTH_UUID_SIZE];
	uint64_t time;
	enum gth_data_class class; /* D3 or D4 */
	uint8_t digest[32];	   /* SHA-256 of the file */
	uint64_t size;
	char type[GTH_TYPE_SIZE];
	uint64_t cipher_size; /* of the age file */
	uint8_t cipher_digest[32];
	bool has_journal;      /* version 2 of the text: how far the endpoint's journal has come */
	uint64_t journal_size; /* entries */
	uint8_t journal_root[32];
	char path[4096]; /* D2; empty: not told */
	char comm[16];	 /* D2 */
};

struct gth_receipt {
	char region[GTH_REGION_SIZE];
	char id[GTH_UUID_SIZE];
	uint8_t submission_digest[32]; /* SHA-256 of the submission's note */
	uint8_t cipher_digest[32];
	uint64_t received, delete_by;
};

struct gth_deletion {
	char region[GTH_REGION_SIZE];
	char id[GTH_UUID_SIZE];
	uint8_t cipher_digest[32];
	uint64_t deleted;
};

/* Seconds that "benign" counts, however long the region says that it holds. */
#define GTH_BENIGN_LIFE (30 * 86400)

struct gth_region_verdict {
	char region[GTH_REGION_SIZE];
	uint8_t digest[32];
	enum gth_finding finding;
	char name[256];	    /* of what was found; "none" */
	char engine[128];   /* with its version */
	char database[128]; /* its version */
	uint64_t issued, expires;
};

int gth_submission_parse(struct gth_submission *s, const char *text, size_t len);
int gth_submission_format(const struct gth_submission *s, char **text);
int gth_receipt_parse(struct gth_receipt *r, const char *text, size_t len);
int gth_receipt_format(const struct gth_receipt *r, char **text);
int gth_deletion_parse(struct gth_deletion *d, const char *text, size_t len);
int gth_deletion_format(const struct gth_deletion *d, char **text);
int gth_region_verdict_parse(struct gth_region_verdict *v, const char *text, size_t len);
bool gth_region_verdict_cap(struct gth_region_verdict *v, uint64_t now);
int gth_region_verdict_format(const struct gth_region_verdict *v, char **text);

const char *gth_finding_name(enum gth_finding finding);
int gth_finding_class(enum gth_finding finding);	    /* enum gth_class of linux/gotthard.h */
const char *gth_data_class_name(enum gth_data_class class); /* "D1" … */

#endif /* GTH_LIB_EXCHANGE_H */
