/* SPDX-License-Identifier: GPL-2.0-or-later */
/* source.h - a file that is imported, as lines of UTF-8. */
#ifndef SIGTOOL_IMPORT_SOURCE_H
#define SIGTOOL_IMPORT_SOURCE_H

#include "lib/util/lines.h"
#include "sigtool/import/encoding.h"
#include "sigtool/import/taking.h"

struct source {
	int fd;
	struct encoding text;
};

/* Return: 0 or a negative errno; -ECANCELED: what is wrong was logged. */
typedef int (*source_line_fn)(struct taking *t, void *ctx, const char *line, size_t len,
			      u64 number);

int source_open(struct source *s, struct taking *t, const char *path);
void source_close(struct source *s);
ssize_t source_read(void *source, void *data, size_t size);
int source_lines(struct taking *t, gth_read_fn read, void *read_ctx, source_line_fn take,
		 void *ctx);
int source_file(struct taking *t, const char *path, const char *format, source_line_fn take,
		void *ctx);

#endif /* SIGTOOL_IMPORT_SOURCE_H */
