// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dpkg.c - fuzzes userd/sigtool/import/dpkg_text.c: one input as status, with its conffiles, and as
 * PACKAGE.md5sums. Paths lie within their line, and a name is one of a file.
 */
#include <errno.h>
#include <stdlib.h>

#include "lib/util/lines.h"
#include "sigtool/import/dpkg_text.h"
#include "tests/fuzz/feed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_sum(int rc, const struct dpkg_sum *s, const char *line, size_t len)
{
	if (rc == 1)
		return;
	if (rc && rc != -EINVAL)
		abort();
	if (!rc && (!s->len || s->path < line || s->path + s->len > line + len ||
		    memchr(s->path, '\0', s->len)))
		abort();
}

static void check_name(const char *name)
{
	if (strlen(name) > DPKG_NAME_MAX || strchr(name, '/') || *name == '.')
		abort();
}

static void check_package(const struct dpkg_package *p)
{
	const char *at = p->text, *end = p->text + p->len;

	if (!p->open || !p->line || p->len > sizeof(p->text))
		abort();
	check_name(p->name);
	check_name(p->arch);
	while (at < end) {
		const char *lf = memchr(at, '\n', (size_t)(end - at)), *why;
		struct dpkg_sum sum;

		if (!lf)
			abort();
		check_sum(dpkg_conffile_line(at, (size_t)(lf - at), &sum, &why), &sum, at,
			  (size_t)(lf - at));
		at = lf + 1;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct dpkg_package package;
	struct gth_lines lines;
	struct feed feed;
	const char *line;
	size_t len;

	if (!size)
		return 0;
	feed = feed_of(data, size);
	dpkg_package_init(&package);
	if (gth_lines_init_from(&lines, feed_read, &feed))
		return 0;
	while (gth_lines_next(&lines, &line, &len) > 0) {
		/* exactly as long, so that the sanitizer sees a read past it */
		char *copy = malloc(len ? len : 1);
		const char *why;
		struct dpkg_sum sum;

		memcpy(copy, line, len);
		check_sum(dpkg_sum_line(copy, len, &sum, &why), &sum, copy, len);
		if (dpkg_package_line(&package, copy, len, lines.number)) {
			check_package(&package);
			dpkg_package_init(&package);
		}
		free(copy);
	}
	gth_lines_free(&lines);
	return 0;
}
