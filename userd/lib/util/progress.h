/* SPDX-License-Identifier: GPL-2.0-or-later */
/* progress.h - how far a long command has come, on stderr. */
#ifndef GTH_LIB_UTIL_PROGRESS_H
#define GTH_LIB_UTIL_PROGRESS_H

#include <stdbool.h>

struct gth_progress {
	bool on;
	bool terminal; /* rewrite one line; else a line now and then */
	bool shown;    /* there is a line to be cleared */
	unsigned int calls;
	double next; /* do not show before */
};

void gth_progress_init(struct gth_progress *p, bool always);
void gth_progress_show(struct gth_progress *p, const char *what, unsigned long long done,
		       unsigned long long total);
void gth_progress_clear(struct gth_progress *p);

#endif /* GTH_LIB_UTIL_PROGRESS_H */
