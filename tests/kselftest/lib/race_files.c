// SPDX-License-Identifier: GPL-2.0-or-later
/* race_files.c - what is known of files that change (see race_files.h). */
#include "race_files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "stress.h"

bool gth_take(uint32_t *seq)
{
	uint32_t now = __atomic_load_n(seq, __ATOMIC_SEQ_CST);

	return !(now & 1) && __atomic_compare_exchange_n(seq, &now, now + 1, false,
							 __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

void gth_take_wait(uint32_t *seq)
{
	while (!gth_take(seq))
		gth_pause(1000);
}

void gth_give(uint32_t *seq)
{
	__atomic_fetch_add(seq, 1, __ATOMIC_SEQ_CST);
}

struct gth_sight gth_look(struct gth_race_files *files, struct gth_slot *slot)
{
	struct gth_sight s = { .slot_seq = __atomic_load_n(&slot->seq, __ATOMIC_SEQ_CST) };
	struct gth_content *c;

	s.content = __atomic_load_n(&slot->content, __ATOMIC_SEQ_CST);
	s.ino = __atomic_load_n(&slot->ino, __ATOMIC_SEQ_CST);
	c = &files->content[s.content];
	s.content_seq = __atomic_load_n(&c->seq, __ATOMIC_SEQ_CST);
	s.listed = __atomic_load_n(&c->listed, __ATOMIC_SEQ_CST);
	s.stable = !(s.slot_seq & 1) && !(s.content_seq & 1);
	/* Neither changed while it was looked at: what was seen belongs together. */
	s.stable = gth_still(files, slot, &s);
	return s;
}

bool gth_still(struct gth_race_files *files, struct gth_slot *slot, const struct gth_sight *s)
{
	return s->stable && __atomic_load_n(&slot->seq, __ATOMIC_SEQ_CST) == s->slot_seq &&
	       __atomic_load_n(&files->content[s->content].seq, __ATOMIC_SEQ_CST) == s->content_seq;
}

/* gth_race_files() - with files in every slot, half of them of the kind that is rewritten */
struct gth_race_files *gth_race_files(const struct gth_place *place)
{
	struct gth_race_files *files = gth_shared(sizeof(*files));

	for (int i = 0; i < GTH_CONTENTS; i++) {
		struct gth_content *c = &files->content[i];

		if (i == GTH_TAILED) {
			*c = files->content[GTH_BAD];
			gth_salt(c->image + c->len, GTH_CONTENT_MAX - c->len);
			c->len = GTH_CONTENT_MAX;
		} else {
			c->exit_status = 32 + i;
			c->len = GTH_CONTENT_SIZE;
			gth_program(c->image, NULL, 0x400000, c->exit_status);
			gth_random_bytes(c->image + GTH_PROGRAM_SIZE,
					 GTH_CONTENT_SIZE - GTH_PROGRAM_SIZE);
		}
		gth_sha256(c->image, c->len, c->file.digest);
	}
	for (int i = 0; i < GTH_SLOTS; i++) {
		struct gth_slot *slot = &files->slot[i];

		slot->in_place = i % 2;
		snprintf(slot->path, sizeof(slot->path), "%s/slot-%d", place->dir, i);
		if (gth_put_fresh(files, slot, GTH_CLEAN))
			return NULL;
	}
	return files;
}
