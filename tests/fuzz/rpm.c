// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * rpm.c - fuzzes userd/sigtool/import/rpm_text.c: what rpm prints, line by line. Paths lie within
 * their line, and a sum is as long as the algorithm of its package makes it.
 */
#include <stdlib.h>

#include "lib/util/lines.h"
#include "sigtool/import/rpm_text.h"
#include "tests/fuzz/feed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(enum rpm_kind kind, const struct rpm_package *p, const struct rpm_file *f,
		  const char *line, size_t len)
{
	if (strnlen(p->name, sizeof(p->name)) == sizeof(p->name) || p->size > RPM_SUM_MAX)
		abort();
	if ((kind == RPM_ELSEWHERE || kind == RPM_MALFORMED) != (f->why != NULL))
		abort();
	if ((kind == RPM_FILE || kind == RPM_ELSEWHERE) && (!p->size || !f->path))
		abort();
	if (f->path && (!f->len || f->path < line || f->path + f->len > line + len ||
			*f->path != '/' || memchr(f->path, '\0', f->len)))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct rpm_package package;
	struct gth_lines lines;
	struct feed feed;
	const char *line;
	size_t len;

	if (!size)
		return 0;
	feed = feed_of(data, size);
	package = (struct rpm_package) { .size = 0 };
	if (gth_lines_init_from(&lines, feed_read, &feed))
		return 0;
	while (gth_lines_next(&lines, &line, &len) > 0) {
		/* exactly as long, so that the sanitizer sees a read past it */
		char *copy = malloc(len ? len : 1);
		struct rpm_file file;

		memcpy(copy, line, len);
		check(rpm_parse(&package, copy, len, &file), &package, &file, copy, len);
		free(copy);
	}
	gth_lines_free(&lines);
	return 0;
}
