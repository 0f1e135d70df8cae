/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lines.h - untrusted text, line by line, in memory that does not grow with it. */
#ifndef GTH_LIB_UTIL_LINES_H
#define GTH_LIB_UTIL_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define GTH_LINE_MAX 65536 /* bytes of a line without its end */

/* Up to @size bytes, at least 1. Return: how many; 0 at the end; or a negative errno. */
typedef ssize_t (*gth_read_fn)(void *ctx, void *data, size_t size);

struct gth_lines {
	int fd; /* borrowed; not used if there is a function */
	gth_read_fn read;
	void *ctx;
	bool eof;
	bool skip; /* the rest of a line that was too long is still to come */
	char *buffer;
	size_t start, end;	   /* what is unread in buffer */
	unsigned long long number; /* of the line returned last, from 1 */
	unsigned long long bytes;  /* read */
};

int gth_lines_init(struct gth_lines *l, int fd);
int gth_lines_init_from(struct gth_lines *l, gth_read_fn read, void *ctx);
int gth_lines_next(struct gth_lines *l, const char **line, size_t *len);
void gth_lines_free(struct gth_lines *l);

#endif /* GTH_LIB_UTIL_LINES_H */
