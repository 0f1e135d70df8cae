/* SPDX-License-Identifier: GPL-2.0-or-later */
/* follow_work.h - the parts of gth_follow(): what is fetched, and what is made of it. */
#ifndef GTH_LIB_RELEASE_FOLLOW_WORK_H
#define GTH_LIB_RELEASE_FOLLOW_WORK_H

#include "lib/release/follow.h"

#define GTH_FOLLOW_DONE 1 /* the state is known; below 0: an errno */

/* The work, as far as it has come. Its functions return 0, GTH_FOLLOW_DONE or an errno. */
struct gth_follow_work {
	const struct gth_follow *f;
	struct gth_followed *r;
	enum gth_follow_state state;
	char *note; /* the checkpoint, as it was signed */
	size_t note_len;
	uint64_t index;	   /* of the newest entry of the name */
	uint64_t size_now; /* 0: not known */
};

int gth_follow_done(struct gth_follow_work *w, enum gth_follow_state state);
int gth_follow_tile(struct gth_follow_work *w, int level, uint64_t n);
int gth_follow_way(struct gth_follow_work *w, uint64_t index);
int gth_follow_edge(struct gth_follow_work *w);

#endif /* GTH_LIB_RELEASE_FOLLOW_WORK_H */
