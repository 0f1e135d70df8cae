/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lines.h - untrusted text, line by line, in memory that does not grow with it. */
#ifndef GTH_LIB_LINES_H
#define GTH_LIB_LINES_H

#include <stdbool.h>
#include <stddef.h>

#define GTH_LINE_MAX 65536 /* bytes of a line without its end */

struct gth_lines {
	int fd; /* borrowed */
	bool eof;
	bool skip; /* the rest of a line that was too long is still to come */
	char *buffer;
	size_t start, end;	   /* what is unread in buffer */
	unsigned long long number; /* of the line returned last, from 1 */
	unsigned long long bytes;  /* read from fd */
};

int gth_lines_init(struct gth_lines *l, int fd);
int gth_lines_next(struct gth_lines *l, const char **line, size_t *len);
void gth_lines_free(struct gth_lines *l);

#endif /* GTH_LIB_LINES_H */
