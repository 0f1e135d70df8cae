/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * verdict_file.h - verdicts of root that are set at every start of the daemon. A line for each:
 *
 *	CLASS DOMAIN:DIGEST EXPIRES UID WHEN [WHY]
 *
 * Lines that begin with '#', and empty ones, are comments. A wrong line does not affect
 * the others, and stays in the file until an administrator corrects it.
 */
#ifndef GTH_LIB_HOST_VERDICT_FILE_H
#define GTH_LIB_HOST_VERDICT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <linux/gotthard.h>

#define GTH_VERDICT_FILE "verdicts"	     /* below GTH_ETC */
#define GTH_VERDICT_FILE_SIZE_MAX (4U << 20) /* bytes */
#define GTH_VERDICT_LINES_MAX 4096	     /* verdicts; more belong in a table */
#define GTH_WHY_SIZE 256		     /* bytes, NUL included */
#define GTH_WHY_TEXT "why: 1 to %d bytes of text on one line, with no space at its ends"

struct gth_kept_verdict {
	unsigned int line;	/* 0: not from a file */
	struct gth_verdict v;	/* source is ROOT; expires in Unix time, 0: never */
	uint32_t uid;		/* who has set it */
	uint64_t when;		/* Unix time */
	char why[GTH_WHY_SIZE]; /* "": no reason was given */
};

struct gth_verdict_file {
	size_t n;
	struct gth_kept_verdict *at; /* to be freed by gth_verdict_file_free() */
};

/* @line: 0: of the whole file */
typedef void gth_verdict_error_fn(void *ctx, unsigned int line, const char *text);

/* Shared by reading and editing. */
ssize_t gth_verdict_file_read(int dir, char **text);

bool gth_verdict_line(const char *text, size_t len, struct gth_kept_verdict *k, const char **wrong);

bool gth_why_ok(const char *text);
int gth_verdict_file_parse(struct gth_verdict_file *f, const char *text, size_t len,
			   gth_verdict_error_fn *error, void *ctx);
int gth_verdict_file_load(struct gth_verdict_file *f, const char *etc, gth_verdict_error_fn *error,
			  void *ctx);
void gth_verdict_file_free(struct gth_verdict_file *f);
const struct gth_kept_verdict *gth_verdict_file_find(const struct gth_verdict_file *f,
						     const struct gth_verdict *v);
int gth_verdict_file_set(const char *etc, const struct gth_kept_verdict *set, size_t n);
int gth_verdict_file_forget(const char *etc, const struct gth_verdict *forget, size_t n);

#endif /* GTH_LIB_HOST_VERDICT_FILE_H */
