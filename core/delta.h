/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * delta.h - what one release of a signature database changes in another.
 *
 * Pure: no locks, no allocation, no I/O. The caller reads both files, computes
 * the SHA-256 of the records and of the result, and must not use any record of
 * the result before it has compared both. docs/formats.md has the format.
 */
#ifndef GTH_DELTA_H
#define GTH_DELTA_H

#include <linux/gotthard.h>
#include <linux/types.h>

#include "core/body.h"

#define GTH_DELTA_HEAD_MAX	512	/* bytes; the longest head has 383 */

enum gth_delta_kind {
	GTH_DELTA_REMOVED,
	GTH_DELTA_CHANGED,	/* the class */
	GTH_DELTA_ADDED,
	GTH_DELTA_KINDS
};

/* The head, from text to numbers. */
struct gth_delta {
	char name[GTH_NAME_SIZE];	/* of the database; padded with NULs */
	u64 from_version;		/* of the base: 1 to S64_MAX */
	u8 from[GTH_DIGEST_SIZE];	/* SHA-256 of the base's manifest */
	u8 to[GTH_DIGEST_SIZE];		/* SHA-256 of the new release's manifest */
	u64 count[GTH_DELTA_KINDS];	/* records of each kind */
	u8 digest[GTH_DIGEST_SIZE];	/* SHA-256 of the records */
};

/* A record: the class before and after, where UNKNOWN says that there is none. */
struct gth_delta_record {
	u8 domain;			/* enum gth_domain */
	u8 digest[GTH_DIGEST_SIZE];
	u8 from;			/* enum gth_class */
	u8 to;				/* enum gth_class, another one */
};

/* The records, as they stream by. */
struct gth_delta_check {
	u8 last[GTH_RECORD_KEY];	/* key of the record before, if any */
	bool any;
	u64 count[GTH_DELTA_KINDS];	/* records of each kind so far */
};

/* The bits that gth_delta_step() returns: how it used its two records. */
#define GTH_DELTA_USED_BASE	1	/* the next record of the base is to be read */
#define GTH_DELTA_USED_DELTA	2	/* the next record of the delta is to be read */
#define GTH_DELTA_MADE		4	/* there is a record for the result */

int gth_delta_parse(struct gth_delta *d, const char *text, size_t len, size_t *at);
u64 gth_delta_records(const struct gth_delta *d);
enum gth_delta_kind gth_delta_kind(const struct gth_delta_record *rec);
void gth_delta_check_init(struct gth_delta_check *c);
int gth_delta_check(struct gth_delta_check *c, const struct gth_delta_record *rec);
int gth_delta_check_end(const struct gth_delta_check *c, const struct gth_delta *d);
int gth_delta_step(const struct gth_record *base, const struct gth_delta_record *delta,
		   struct gth_record *out);

#endif /* GTH_DELTA_H */
