/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * egress.h - the entries of the egress journal: what left this machine, what was
 * withheld and why, and what was acknowledged. A log of tlog.h; an entry is text
 * (docs/formats.md).
 *
 * An entry about what leaves is written before the first byte does.
 */
#ifndef GTH_LIB_EGRESS_H
#define GTH_LIB_EGRESS_H

#include "lib/text/exchange.h"

enum gth_egress_kind {
	GTH_EGRESS_CONTACT,    /* a request that tells nothing but that this endpoint is there */
	GTH_EGRESS_LOOKUP,     /* D1: a digest was asked for */
	GTH_EGRESS_SUBMISSION, /* its note: D3 or D4, and D2 */
	GTH_EGRESS_UPLOAD,     /* the ciphertext, from an offset on */
	GTH_EGRESS_STATISTICS, /* D5 */
	GTH_EGRESS_RECEIPT,    /* the region has it */
	GTH_EGRESS_DELETION,   /* the region has it no more */
	GTH_EGRESS_WITHHELD,   /* it was not sent */
	GTH_EGRESS_KINDS
};

/* Why something was not sent; as words: see gth_withheld_name(). */
enum gth_withheld {
	GTH_WITHHELD_NOT,
	GTH_WITHHELD_LOOKUP_OFF, /* D1 is off */
	GTH_WITHHELD_CLASS_OFF,	 /* D3 or D4 is off */
	GTH_WITHHELD_PATH,	 /* excluded by path */
	GTH_WITHHELD_OWNER,	 /* … by owner of the file */
	GTH_WITHHELD_FILESYSTEM, /* … by type of file system */
	GTH_WITHHELD_SIZE,	 /* larger than the owner, or the region, allows */
	GTH_WITHHELD_RATE,	 /* the rate cap; it waits */
	GTH_WITHHELD_QUOTA,	 /* the daily quota; it waits */
	GTH_WITHHELD_SPOOL,	 /* the spool was full: dropped */
	GTH_WITHHELD_COUNTRY,	 /* the region does not serve this endpoint's country */
	GTH_WITHHELD_STATEMENT,	 /* no statement that holds; it waits */
	GTH_WITHHELD_CHANGED,	 /* the content changed while it was copied */
	GTH_WITHHELD_UNREADABLE, /* it could not be read */
	GTH_WITHHELD_REFUSED,	 /* the region refused it */
	GTH_WITHHELD_DROPPED,	 /* the operator dropped it */
	GTH_WITHHELD_RECIPIENT,	 /* encrypted for a region or key that is not in force any more */
	GTH_WITHHELD_REASONS
};

struct gth_egress {
	enum gth_egress_kind kind;
	uint64_t time;
	char region[GTH_REGION_SIZE];
	char what[256]; /* the request line, e.g. "GET /v1/files/sha256:…"; empty: none */
	uint64_t bytes; /* of its body */
	uint8_t body_digest[32]; /* SHA-256 of its body */
	uint8_t digest[32];	 /* of the file, all zero: none */
	char id[GTH_UUID_SIZE];	 /* of the submission, empty: none */
	enum gth_withheld reason;
};

int gth_egress_parse(struct gth_egress *e, const char *text, size_t len);
int gth_egress_format(const struct gth_egress *e, char **text);
const char *gth_egress_kind_name(enum gth_egress_kind kind);
const char *gth_withheld_name(enum gth_withheld reason); /* "lookup-off", … */
const char *gth_withheld_text(enum gth_withheld reason); /* for people, with what to do */

#endif /* GTH_LIB_EGRESS_H */
