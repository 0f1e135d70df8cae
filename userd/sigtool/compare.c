// SPDX-License-Identifier: GPL-2.0-or-later
/* compare.c - the records in which two releases differ (see compare.h). */
#include "sigtool/compare.h"

#include <string.h>

/*
 * The reverse of gth_delta_step(): the next records of two bodies, NULL at the end of one.
 * Return: GTH_DELTA_USED_BASE when @old was used, GTH_DELTA_USED_DELTA when @new was, and
 * GTH_DELTA_MADE when @out has a difference.
 */
int compare_step(const struct gth_record *old, const struct gth_record *new,
		 struct gth_delta_record *out)
{
	int order = !old ? 1 : !new ? -1 : memcmp(old, new, GTH_RECORD_KEY);
	int used = (order <= 0 ? GTH_DELTA_USED_BASE : 0) | (order >= 0 ? GTH_DELTA_USED_DELTA : 0);

	if (!order && old->class == new->class)
		return used;
	memcpy(out, order < 0 ? old : new, GTH_RECORD_KEY);
	out->from = order <= 0 ? old->class : GTH_CLASS_UNKNOWN;
	out->to = order >= 0 ? new->class : GTH_CLASS_UNKNOWN;
	return used | GTH_DELTA_MADE;
}

/* Reads the next record, or sets it to NULL at the end. Return: 0 or a negative errno. */
static int advance(struct body_reader *r, const struct gth_record **rec)
{
	int more = body_reader_next(r, rec);

	if (more <= 0)
		*rec = NULL;
	return more < 0 ? more : 0;
}

/*
 * Gives each difference to @take. The bodies are good only if there is no problem in
 * either reader afterwards.
 * Return: 0, what @take returned, or a negative errno.
 */
int compare_bodies(struct body_reader *old, struct body_reader *new,
		   int (*take)(void *ctx, const struct gth_delta_record *rec), void *ctx,
		   struct gth_progress *progress)
{
	u64 total = (old->db->m.body_size + new->db->m.body_size) / sizeof(struct gth_record);
	const struct gth_record *a, *b;
	int err = advance(old, &a);

	if (!err)
		err = advance(new, &b);
	while (!err && (a || b) && !old->problem.check && !new->problem.check) {
		struct gth_delta_record rec;
		int did = compare_step(a, b, &rec);

		gth_progress_show(progress, "records compared",
				  old->stream.records + new->stream.records, total);
		if (did & GTH_DELTA_MADE)
			err = take(ctx, &rec);
		if (!err && did & GTH_DELTA_USED_BASE)
			err = advance(old, &a);
		if (!err && did & GTH_DELTA_USED_DELTA)
			err = advance(new, &b);
	}
	return err;
}
