// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sums.c - fuzzes userd/sigtool/import/encoding.c and sums.c: a file of digests, read in pieces.
 * UTF-16 must become UTF-8, and a name must come from the line or from the heading before.
 */
#include <stdlib.h>

#include "lib/util/lines.h"
#include "lib/util/utf8.h"
#include "sigtool/import/encoding.h"
#include "sigtool/import/sums.h"
#include "tests/fuzz/feed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_utf8(const char *line, size_t len)
{
	uint32_t letter;

	while (len) {
		size_t n = gth_utf8_next(line, len, &letter);

		if (!n)
			abort();
		line += n;
		len -= n;
	}
}

static void check_entry(const struct sums *s, const char *line, size_t len,
			const struct sums_entry *e)
{
	static char name[GTH_LINE_MAX];
	const char *end;

	if (!e->len)
		return;
	end = e->name + e->len;
	if (!(e->name >= line && end <= line + len) &&
	    !(e->name >= s->name && end <= s->name + SUMS_NAME_MAX))
		abort();
	if (sums_unescape(name, e->name, e->len) > e->len)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct encoding text;
	static struct sums sums;
	struct gth_lines lines;
	struct feed feed;
	const char *line;
	size_t len;
	int more;

	if (!size)
		return 0;
	feed = feed_of(data, size);
	encoding_init(&text, feed_read, &feed);
	sums = (struct sums) { .listing = false };
	if (gth_lines_init_from(&lines, encoding_read, &text))
		return 0;
	while ((more = gth_lines_next(&lines, &line, &len)) > 0) {
		struct sums_entry e;
		/* exactly as long, so that the sanitizer sees a read past it */
		char *copy = malloc(len ? len : 1);
		enum sums_kind kind;

		memcpy(copy, line, len);
		if (text.wide)
			check_utf8(line, len);
		kind = sums_parse(&sums, copy, len, &e);
		if ((kind == SUMS_OTHER || kind == SUMS_MALFORMED) != (e.why != NULL))
			abort();
		if (kind == SUMS_SHA256)
			check_entry(&sums, copy, len, &e);
		free(copy);
	}
	if (more < 0)
		abort();
	gth_lines_free(&lines);
	return 0;
}
