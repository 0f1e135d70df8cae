/* SPDX-License-Identifier: GPL-2.0-or-later */
/* update_state.h - how the last update went, for status: a file in root's state directory. */
#ifndef GTH_LIB_RELEASE_UPDATE_STATE_H
#define GTH_LIB_RELEASE_UPDATE_STATE_H

#include <linux/gotthard.h>

#include "lib/log/note.h"
#include "lib/release/follow.h"

#define GTH_UPDATE_FILE "table-update"
#define GTH_UPDATE_TEXT_MAX 2048 /* bytes */

struct gth_update_state {
	enum gth_follow_state state;
	uint64_t since, time;	      /* Unix time: at which the state began, and of the last try */
	char name[GTH_NAME_SIZE];     /* of the database */
	uint64_t version;	      /* the newest one in the log; 0: not known */
	char log[GTH_NOTE_NAME_SIZE]; /* its origin; "": not known */
	uint64_t size;		      /* entries of it */
	uint64_t witnessed; /* Unix time at which a quorum had seen it; 0: not known, or not needed
			     */
};

int gth_update_state_parse(struct gth_update_state *u, const char *text, size_t len);
int gth_update_state_format(const struct gth_update_state *u, char **text);
int gth_update_state_load(struct gth_update_state *u, const char *dir);
int gth_update_state_note(struct gth_update_state *u, const char *dir);

#endif /* GTH_LIB_RELEASE_UPDATE_STATE_H */
