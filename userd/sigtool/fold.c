// SPDX-License-Identifier: GPL-2.0-or-later
/* fold.c - makes one record of those that have the same key (see fold.h). */
#include "sigtool/fold.h"

#include <assert.h>
#include <string.h>

/* Sorting puts the winner last. */
static_assert(GTH_CLASS_TRUSTED < GTH_CLASS_SUSPICIOUS &&
		      GTH_CLASS_SUSPICIOUS < GTH_CLASS_MALICIOUS,
	      "order of classes");

#define KEY offsetof(struct gth_record, class)

static void note_conflict(struct fold *f, const struct gth_record *rec)
{
	struct fold_sample *s = f->samples ? &f->sample[f->samples - 1] : NULL;

	f->conflicts++;
	if (!s || memcmp(&s->rec, rec, KEY) != 0) {
		if (f->samples == FOLD_SAMPLES)
			return;
		s = &f->sample[f->samples++];
	}
	s->rec = *rec;
	s->lost = f->held.class;
}

/* Return: 0 or what take returned. @fold is a struct fold; the sorter calls this. */
int fold_add(void *fold, const struct gth_record *rec)
{
	struct fold *f = fold;
	int err = 0;

	if (f->any && !memcmp(&f->held, rec, KEY)) {
		if (f->held.class == rec->class)
			f->duplicates++;
		else
			note_conflict(f, rec);
	} else if (f->any) {
		err = fold_end(f);
	}
	f->held = *rec;
	f->any = true;
	return err;
}

/* Gives the last record away. */
int fold_end(struct fold *f)
{
	if (!f->any)
		return 0;
	f->any = false;
	f->count[f->held.class]++;
	return f->take(f->ctx, &f->held);
}
