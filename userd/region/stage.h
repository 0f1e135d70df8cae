/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stage.h - the files of a release come into a log's directory whole, or not at all.
 *
 * They are copied to releases/.staging, checked and synced on the way, and renamed to
 * releases/NAME/VERSION. The caller has the log open for writing, so that there is one stage.
 */
#ifndef REGION_STAGE_H
#define REGION_STAGE_H

#include <stddef.h>

#include "core/manifest.h"
#include "lib/util/progress.h"

#define REGION_RELEASES "releases"
#define REGION_PATH_SIZE 80 /* of releases/NAME/VERSION, with its NUL */

struct region_stage {
	int releases, dir; /* descriptors; -1: none */
};

void region_release_path(const struct gth_manifest *m, char path[REGION_PATH_SIZE]);

int region_stage_begin(struct region_stage *s, int log);
int region_stage_text(struct region_stage *s, const char *name, const void *text, size_t len);
int region_stage_copy(struct region_stage *s, int from, const char *name);
int region_stage_body(struct region_stage *s, int from, const struct gth_manifest *m,
		      struct gth_progress *progress);
int region_stage_commit(struct region_stage *s, const struct gth_manifest *m);
int region_stage_take_back(struct region_stage *s, const struct gth_manifest *m);
void region_stage_end(struct region_stage *s);

#endif /* REGION_STAGE_H */
