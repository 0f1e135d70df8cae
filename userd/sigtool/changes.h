/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * changes.h - what two releases differ in: counted by class, the first of each kind, and
 * all records in a file without a name when they are to be listed or written.
 */
#ifndef SIGTOOL_CHANGES_H
#define SIGTOOL_CHANGES_H

#include <stdbool.h>

#include "core/delta.h"
#include "lib/util/sha256.h"
#include "lib/util/sink.h"

#define CHANGES_FIRST 10 /* of each kind */

struct changes {
	u64 count[GTH_CLASS_MAX][GTH_CLASS_MAX]; /* from, to; UNKNOWN: not there */
	struct gth_delta_record first[GTH_DELTA_KINDS * CHANGES_FIRST]; /* in order */
	unsigned int firsts;
	u64 kind[GTH_DELTA_KINDS]; /* of all */
	int fd;			   /* of all records; -1: they are not kept */
	struct gth_sink sink;
	struct gth_sha256 hash;
	u8 digest[GTH_DIGEST_SIZE]; /* of all records, after changes_end() */
};

int changes_init(struct changes *c, int dirfd);
int changes_add(void *changes, const struct gth_delta_record *rec);
int changes_end(struct changes *c);
int changes_list(const struct changes *c, bool all,
		 int (*take)(void *ctx, const struct gth_delta_record *rec), void *ctx);
void changes_free(struct changes *c);

#endif /* SIGTOOL_CHANGES_H */
