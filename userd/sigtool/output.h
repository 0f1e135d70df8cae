/* SPDX-License-Identifier: GPL-2.0-or-later */
/* output.h - a list that is written: a regular file appears whole or not at all. */
#ifndef SIGTOOL_OUTPUT_H
#define SIGTOOL_OUTPUT_H

#include <stdbool.h>

#include "lib/util/atomic.h"

struct output {
	int fd; /* write here */
	int dirfd;
	bool direct; /* a pipe or a device, or stdout: what was written stays */
	struct gth_atomic file;
};

int output_open(struct output *o, const char *path);
int output_commit(struct output *o);
void output_abort(struct output *o);

#endif /* SIGTOOL_OUTPUT_H */
