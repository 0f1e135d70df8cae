/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fold.h - makes one record of those that have the same key.
 *
 * Sorted records in, a body out: the class with the highest number wins, which
 * is malicious over suspicious over trusted.
 */
#ifndef SIGTOOL_FOLD_H
#define SIGTOOL_FOLD_H

#include <linux/gotthard.h>
#include <linux/types.h>
#include <stdbool.h>

#define FOLD_SAMPLES 10

struct fold_sample {
	struct gth_record rec; /* with the class that won */
	u8 lost;	       /* the last class that did not */
};

struct fold {
	struct gth_record held; /* the last one, until it is known to be final */
	bool any;
	u64 count[GTH_CLASS_MAX];		 /* records given to take */
	u64 duplicates;				 /* the same key in the same class */
	u64 conflicts;				 /* the same key in a lower class */
	struct fold_sample sample[FOLD_SAMPLES]; /* the first of the conflicts */
	unsigned int samples;
	int (*take)(void *ctx, const struct gth_record *rec);
	void *ctx;
};

int fold_add(void *fold, const struct gth_record *rec);
int fold_end(struct fold *f);

#endif /* SIGTOOL_FOLD_H */
