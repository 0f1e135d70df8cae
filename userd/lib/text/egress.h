/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * egress.h - the entries of the egress journal: each request that left this machine,
 * each file that was withheld, and each acknowledgement. A log of tlog.h; an entry is
 * text (docs/formats.md).
 *
 * The entry of a request is written before its first byte leaves.
 */
#ifndef GTH_LIB_TEXT_EGRESS_H
#define GTH_LIB_TEXT_EGRESS_H

#include "lib/text/exchange.h"
#include "lib/text/withheld.h"

enum gth_egress_kind {
	GTH_EGRESS_CONTACT,    /* a request that shows only that this endpoint exists */
	GTH_EGRESS_LOOKUP,     /* D1: a digest was asked for */
	GTH_EGRESS_SUBMISSION, /* its note: D3 or D4, and D2 */
	GTH_EGRESS_UPLOAD,     /* the ciphertext, from an offset on */
	GTH_EGRESS_STATISTICS, /* D5 */
	GTH_EGRESS_RECEIPT,    /* the region has it */
	GTH_EGRESS_DELETION,   /* the region has deleted it */
	GTH_EGRESS_WITHHELD,   /* it was not sent */
	GTH_EGRESS_ACCEPTED,   /* root has accepted this journal in place of another one */
	GTH_EGRESS_KINDS
};

struct gth_egress {
	enum gth_egress_kind kind;
	uint64_t time;
	char region[GTH_REGION_SIZE];
	char what[256]; /* the request line, e.g. "GET /v1/files/sha256:…"; empty: none */
	uint64_t bytes; /* of its body */
	uint8_t body_digest[GTH_DIGEST_SIZE]; /* SHA-256 of its body */
	uint8_t digest[GTH_DIGEST_SIZE];      /* of the file, all zero: none */
	char id[GTH_UUID_SIZE];		      /* of the submission, empty: none */
	enum gth_withheld reason;
};

int gth_egress_parse(struct gth_egress *e, const char *text, size_t len);
int gth_egress_format(const struct gth_egress *e, char **text);
const char *gth_egress_kind_name(enum gth_egress_kind kind);

#endif /* GTH_LIB_TEXT_EGRESS_H */
