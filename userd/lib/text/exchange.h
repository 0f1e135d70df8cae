/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * exchange.h - what endpoint and region sign to each other: a submission, its
 * receipt, the deletion of the file, and a verdict. docs/protocol.md has the texts.
 */
#ifndef GTH_LIB_TEXT_EXCHANGE_H
#define GTH_LIB_TEXT_EXCHANGE_H

#include "lib/log/note.h"
#include "lib/text/data_class.h"
#include "lib/text/fields.h"

#define GTH_ENDPOINT_SIZE 64 /* [a-z0-9][a-z0-9.-]*, with its NUL */
#define GTH_TYPE_SIZE 128    /* of a MIME type */

/* The findings; as words: unknown, benign, suspicious, malicious. */
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
	enum gth_data_class class;	 /* of a file: D3 or D4 */
	uint8_t digest[GTH_DIGEST_SIZE]; /* SHA-256 of the file */
	uint64_t size;
	char type[GTH_TYPE_SIZE];
	uint64_t cipher_size; /* of the age file */
	uint8_t cipher_digest[GTH_DIGEST_SIZE];
	bool has_journal;      /* version 2 of the text: how far the endpoint's journal has come */
	uint64_t journal_size; /* entries */
	uint8_t journal_root[GTH_DIGEST_SIZE];
	char path[4096]; /* D2; empty: not sent */
	char comm[16];	 /* D2 */
};

struct gth_receipt {
	char region[GTH_REGION_SIZE];
	char id[GTH_UUID_SIZE];
	uint8_t submission_digest[GTH_DIGEST_SIZE]; /* SHA-256 of the submission's note */
	uint8_t cipher_digest[GTH_DIGEST_SIZE];
	uint64_t received, delete_by;
};

struct gth_deletion {
	char region[GTH_REGION_SIZE];
	char id[GTH_UUID_SIZE];
	uint8_t cipher_digest[GTH_DIGEST_SIZE];
	uint64_t deleted;
};

/* Seconds by which the clocks of an endpoint and a region may differ. */
#define GTH_CLOCKS_DIFFER 86400

/* Seconds that "benign" counts, however long the region says that it holds. */
#define GTH_BENIGN_LIFE (30 * 86400)

struct gth_region_verdict {
	char region[GTH_REGION_SIZE];
	uint8_t digest[GTH_DIGEST_SIZE];
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
int gth_region_verdict_check(struct gth_region_verdict *v, const char *note, size_t len,
			     const char *region, const struct gth_verifier *key, uint64_t now);
int gth_region_verdict_format(const struct gth_region_verdict *v, char **text);

const char *gth_finding_name(enum gth_finding finding);
int gth_finding_class(enum gth_finding finding); /* enum gth_class of linux/gotthard.h */

#endif /* GTH_LIB_TEXT_EXCHANGE_H */
