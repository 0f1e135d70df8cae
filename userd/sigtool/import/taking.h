/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * taking.h - what becomes of the records of an import: a list of those that were taken, and a
 * count of the others by reason, with the file and the line of the first of each.
 */
#ifndef SIGTOOL_IMPORT_TAKING_H
#define SIGTOOL_IMPORT_TAKING_H

#include <limits.h>
#include <linux/gotthard.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "lib/util/progress.h"
#include "lib/util/sink.h"

#define TAKING_REASONS 32
#define TAKING_NAME_MAX 4096 /* bytes of a name that are kept */

/* A record that was not taken. */
enum taking_not {
	TAKING_FOREIGN,	  /* it is of the format, and nothing that could be listed */
	TAKING_MALFORMED, /* it is not of the format */
};

struct taking_reason {
	const char *text; /* a constant; the same pointer is the same reason */
	char *file;	  /* of the first */
	u64 line;	  /* of the first; 0: it has none */
	u64 count;
};

struct taking {
	const char *list; /* that is written, for people */
	struct gth_sink sink;
	bool unwritten; /* writing it failed */
	struct gth_progress progress;
	bool strict;
	const char *root;    /* of the machine whose packages are read */
	char file[PATH_MAX]; /* that is read now, for people */
	u64 known;	     /* records of this file that are of the format */
	u64 here;	     /* records of this file */
	u64 records, taken;  /* of all files */
	struct taking_reason reason[TAKING_REASONS];
	unsigned int reasons;
};

void taking_begin(struct taking *t, const char *file);
void taking_at(struct taking *t, const char *file);
int taking_take(struct taking *t, const u8 digest[GTH_DIGEST_SIZE], const char *name, size_t len);
int taking_not(struct taking *t, u64 line, enum taking_not kind, const char *reason);
int taking_end(struct taking *t, const char *format);
int taking_failed(struct taking *t, u64 line, int err);
void taking_free(struct taking *t);

#endif /* SIGTOOL_IMPORT_TAKING_H */
