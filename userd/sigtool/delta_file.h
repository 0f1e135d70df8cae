/* SPDX-License-Identifier: GPL-2.0-or-later */
/* delta_file.h - the file `delta' beside a manifest: its head, and its records, checked as they are
 * read. */
#ifndef SIGTOOL_DELTA_FILE_H
#define SIGTOOL_DELTA_FILE_H

#include <limits.h>

#include "core/delta.h"
#include "lib/util/progress.h"
#include "sigtool/database.h"
#include "sigtool/stream.h"

struct delta_file {
	char path[PATH_MAX];
	int fd;
	size_t head; /* bytes */
	struct gth_delta d;
	struct stream stream;
	struct gth_delta_check check;
	struct problem problem;
};

bool delta_file_exists(const struct database *to);
bool delta_file_alone(const struct database *to);
int delta_file_open(struct delta_file *f, const struct database *to);
int delta_file_rewind(struct delta_file *f);
int delta_file_next(struct delta_file *f, const struct gth_delta_record **rec);
int delta_file_check(struct delta_file *f, struct gth_progress *progress);
void delta_file_misfit(struct delta_file *f, const struct gth_delta_record *rec, int err);
json_t *delta_file_json(const struct gth_delta *d);
void delta_file_close(struct delta_file *f);

#endif /* SIGTOOL_DELTA_FILE_H */
