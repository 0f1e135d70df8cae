/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * remember.h - a release is judged beside the checkpoint of its log that was believed last, and
 * what is believed is remembered: the directory `logs` in root's state directory (lib/log/seen.h).
 */
#ifndef GTH_LIB_RELEASE_REMEMBER_H
#define GTH_LIB_RELEASE_REMEMBER_H

#include "lib/release/judge.h"

#define GTH_RELEASE_LOGS "logs" /* in root's state directory */

/* The memory of the log of a release. */
enum gth_release_memory {
	GTH_MEMORY_NOT_ASKED, /* the release was refused before */
	GTH_MEMORY_KNOWN,     /* a checkpoint */
	GTH_MEMORY_NONE,      /* nothing yet, or the file is gone */
};

const struct gth_verifier *gth_release_key(const struct gth_policy *p, const char *origin);
int gth_release_memory_open(const char *state);
int gth_release_judge_again(int memory, int log, struct gth_release_case *c,
			    struct gth_release_judgement *j, enum gth_release_outcome *outcome,
			    enum gth_release_memory *known);
int gth_release_remember(int memory, const struct gth_release_case *c,
			 const struct gth_release_judgement *j);

#endif /* GTH_LIB_RELEASE_REMEMBER_H */
