/* SPDX-License-Identifier: GPL-2.0-or-later */
/* input.h - one list of digests, read into the sorter. */
#ifndef SIGTOOL_INPUT_H
#define SIGTOOL_INPUT_H

#include <linux/types.h>
#include <stdbool.h>

#include "lib/util/progress.h"
#include "sigtool/list.h"
#include "sigtool/sorter.h"

struct input {
	const char *path; /* as given, without the class; "-" is stdin */
	const char *name; /* for people */
	u8 class;	  /* of every entry; UNKNOWN: not said */
	enum list_format format;
	u64 lines;
	u64 kind[LIST_KIND_MAX]; /* entries of each kind; SHA-256 was taken */
	u64 malformed;		 /* lines skipped */
	u64 empty;		 /* line of the empty file's digest, the first; 0: none */
};

void input_init(struct input *in, const char *arg, u8 class, enum list_format format);
int input_read(struct input *in, struct sorter *sorter, bool skip_malformed, bool allow_empty,
	       struct gth_progress *progress);

#endif /* SIGTOOL_INPUT_H */
