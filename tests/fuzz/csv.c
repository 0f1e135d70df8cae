// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * csv.c - fuzzes userd/sigtool/import/csv.c; the first byte says whether a field may have several
 * lines. Fields lie within the record, one behind the other.
 */
#include <errno.h>
#include <stdlib.h>

#include "sigtool/import/csv.h"
#include "tests/fuzz/feed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_record(const struct csv *c)
{
	const char *at = c->text;

	if (!c->fields || c->fields > CSV_FIELDS)
		abort();
	for (unsigned int i = 0; i < c->fields; i++) {
		if (c->field[i].at < at || c->field[i].at + c->field[i].len > c->text + c->len)
			abort();
		at = c->field[i].at + c->field[i].len;
		csv_is(&c->field[i], "sha256");
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct csv c;
	struct gth_lines lines;
	struct feed feed;
	const char *line, *why;
	size_t len;

	if (!size)
		return 0;
	feed = feed_of(data, size);
	csv_init(&c, data[0] & 1);
	if (gth_lines_init_from(&lines, feed_read, &feed))
		return 0;
	while (gth_lines_next(&lines, &line, &len) > 0) {
		int rc = csv_line(&c, line, len, lines.number, &why);

		if (rc == 1)
			check_record(&c);
		else if ((rc && rc != -EINVAL) || (!rc && !c.several) || (rc && (!why || c.open)))
			abort();
	}
	gth_lines_free(&lines);
	return 0;
}
