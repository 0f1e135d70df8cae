/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sink.h - a buffered writer that can hash what goes through it. */
#ifndef GTH_LIB_UTIL_SINK_H
#define GTH_LIB_UTIL_SINK_H

#include <stddef.h>

struct gth_sha256;

struct gth_sink {
	int fd;			 /* borrowed */
	struct gth_sha256 *hash; /* borrowed, or NULL */
	char *buffer;		 /* NULL: not initialised, or freed */
	size_t have;
	unsigned long long written; /* bytes put in since init */
};

int gth_sink_init(struct gth_sink *s, int fd, struct gth_sha256 *hash);
int gth_sink_put(struct gth_sink *s, const void *data, size_t len);
int gth_sink_flush(struct gth_sink *s);
void gth_sink_free(struct gth_sink *s);

#endif /* GTH_LIB_UTIL_SINK_H */
