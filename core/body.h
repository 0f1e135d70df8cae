/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * body.h - checks the body of a signature database as it streams by.
 *
 * Pure: no locks, no allocation, no I/O. It checks order, domains, classes
 * and counts; the caller computes the SHA-256 and uses the records. No record
 * may be used before gth_body_end() returned 0 and the digest was compared.
 */
#ifndef GTH_BODY_H
#define GTH_BODY_H

#include <linux/gotthard.h>
#include <linux/types.h>

struct gth_manifest;

/* The key of a record: its domain and digest. */
#define GTH_RECORD_KEY	(1 + GTH_DIGEST_SIZE)

struct gth_body {
	u8 last[GTH_RECORD_KEY];	/* key of the record before, if any */
	bool any;
	u8 part[sizeof(struct gth_record)]; /* a record cut by the end of a chunk */
	u32 have;			/* bytes in part, always less than a record */
	u64 count[GTH_CLASS_MAX];	/* records taken of each class */
};

void gth_body_init(struct gth_body *b);
int gth_body_feed(struct gth_body *b, const u8 *data, size_t len,
		  int (*take)(void *ctx, const struct gth_record *rec), void *ctx);
int gth_body_end(const struct gth_body *b, const struct gth_manifest *m);

#endif /* GTH_BODY_H */
