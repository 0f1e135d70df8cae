/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * race_files.h - files that change while others open them, and what is known of
 * each at any time.
 *
 * A slot is a name; it holds one of a few contents. Slot and content have a
 * sequence number in shared memory: odd while an actor changes what the slot
 * holds, or whether the content is listed. An actor that sees the same even
 * numbers before and after an operation knows what the file held and whether
 * that was listed all the while; nothing is assumed of how long anything takes.
 */
#ifndef GTH_TEST_RACE_FILES_H
#define GTH_TEST_RACE_FILES_H

#include "gth.h"

enum gth_content_id {
	GTH_BAD,	/* always listed */
	GTH_CLEAN,	/* never */
	GTH_TAILED,	/* GTH_BAD and a tail: never listed; truncated it is GTH_BAD */
	GTH_BY_TABLE,	/* in one of the tables that are swapped */
	GTH_BY_VERDICT, /* by a verdict that comes and goes */
	GTH_CONTENTS
};

/* Pages enough that hashing one can be interrupted half way. */
#define GTH_CONTENT_SIZE (4UL * GTH_PROGRAM_SIZE)
#define GTH_CONTENT_MAX (GTH_CONTENT_SIZE + 64)

/* A program; its exit status tells which, but for a tail. */
struct gth_content {
	uint32_t seq;
	bool listed;
	struct gth_file file; /* its digest */
	int exit_status;
	size_t len;
	uint8_t image[GTH_CONTENT_MAX];
};

#define GTH_SLOTS 12

struct gth_slot {
	uint32_t seq;
	enum gth_content_id content;
	gth_u64 ino;
	bool in_place;	       /* may be rewritten; else each file keeps its first content */
	unsigned int rewrites; /* of this file */
	char path[96];
};

struct gth_race_files {
	struct gth_content content[GTH_CONTENTS];
	struct gth_slot slot[GTH_SLOTS];
};

/* The state that was known at some moment. */
struct gth_sight {
	bool stable;
	uint32_t slot_seq, content_seq;
	enum gth_content_id content;
	bool listed;
	gth_u64 ino;
};

struct gth_race_files *gth_race_files(const struct gth_place *place);

bool gth_take(uint32_t *seq); /* false: another actor has it */
void gth_take_wait(uint32_t *seq);
void gth_give(uint32_t *seq);

struct gth_sight gth_look(struct gth_race_files *files, struct gth_slot *slot);
bool gth_still(struct gth_race_files *files, struct gth_slot *slot, const struct gth_sight *sight);

/* The caller has taken the slot. 0 or -errno. */
int gth_put_fresh(struct gth_race_files *files, struct gth_slot *slot, enum gth_content_id content);
int gth_put(struct gth_race_files *files, struct gth_slot *slot, enum gth_content_id content);
int gth_exchange(struct gth_slot *a, struct gth_slot *b);

#endif /* GTH_TEST_RACE_FILES_H */
