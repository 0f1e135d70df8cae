// SPDX-License-Identifier: GPL-2.0-or-later
/* table.c - files of comma-separated values whose first record names the columns (see table.h). */
#include "sigtool/import/table.h"

#include <errno.h>
#include <string.h>

#include "lib/util/hex.h"
#include "lib/util/say.h"
#include "sigtool/sigtool.h"

#define NONE CSV_FIELDS /* this file does not have the column */

struct reading {
	const struct table *table;
	struct csv csv;
	bool headed; /* the columns are known */
	unsigned int column[TABLE_COLUMNS];
};

static bool find_columns(struct reading *r)
{
	const struct table *table = r->table;
	unsigned int i, j;

	for (i = 0; i < TABLE_COLUMNS && table->column[i]; i++) {
		for (j = 0; j < r->csv.fields; j++)
			if (csv_is(&r->csv.field[j], table->column[i]))
				break;
		r->column[i] = j < r->csv.fields ? j : NONE;
		if (r->column[i] == NONE && i < table->needed)
			return false;
	}
	return true;
}

static int not_of_the_format(struct taking *t, const struct reading *r)
{
	gth_progress_clear(&t->progress);
	gth_say("%s: not of the format %s: %s", t->file, r->table->format, r->table->hint);
	return -ECANCELED;
}

static int take_record(struct taking *t, const struct reading *r)
{
	static const char few[] = "fewer fields than the first record has columns";
	struct csv_field cell[TABLE_COLUMNS] = { 0 };

	for (unsigned int i = 0; i < TABLE_COLUMNS && r->table->column[i]; i++) {
		if (r->column[i] == NONE)
			continue;
		if (r->column[i] >= r->csv.fields)
			return taking_not(t, r->csv.line, TAKING_MALFORMED, few);
		cell[i] = r->csv.field[r->column[i]];
	}
	return r->table->take(t, cell, r->csv.line);
}

static bool is_blank(const char *line, size_t len)
{
	while (len && (line[len - 1] == ' ' || line[len - 1] == '\t'))
		len--;
	return !len;
}

/* MalwareBazaar names its columns in a comment. */
static void take_comment(struct reading *r, const char *line, size_t len, u64 number)
{
	const char *why;

	while (len && (*line == '#' || *line == ' ')) {
		line++;
		len--;
	}
	if (!r->headed && csv_line(&r->csv, line, len, number, &why) == 1)
		r->headed = find_columns(r);
	r->csv.open = false;
}

static int take_line(struct taking *t, void *ctx, const char *line, size_t len, u64 number)
{
	struct reading *r = ctx;
	const char *why;
	int rc;

	if (!r->csv.open && is_blank(line, len))
		return 0;
	if (!r->csv.open && r->table->comments && *line == '#') {
		take_comment(r, line, len, number);
		return 0;
	}
	rc = csv_line(&r->csv, line, len, number, &why);
	if (!rc)
		return 0;
	if (!r->headed) {
		r->headed = rc == 1 && find_columns(r);
		return r->headed ? 0 : not_of_the_format(t, r);
	}
	return rc == 1 ? take_record(t, r) : taking_not(t, r->csv.line, TAKING_MALFORMED, why);
}

/* Return: an exit status, and an error was logged. */
int table_read(struct taking *t, const struct table *table, gth_read_fn read, void *read_ctx)
{
	static const char open[] = "a quoted field that does not end";
	static struct reading r;
	int status, err;

	r.table = table;
	r.headed = false;
	csv_init(&r.csv, table->several);
	status = source_lines(t, read, read_ctx, take_line, &r);
	if (status)
		return status;
	if (r.csv.open) {
		err = taking_not(t, r.csv.line, TAKING_MALFORMED, open);
		if (err)
			return taking_failed(t, r.csv.line, err);
	}
	if (!r.headed)
		return taking_failed(t, 0, not_of_the_format(t, &r));
	return taking_end(t, table->format);
}

/* A cell that should have a SHA-256; @name may be NULL. */
int table_digest(struct taking *t, const struct csv_field *digest, const struct csv_field *name,
		 u64 line)
{
	static const char empty[] = "a record without a SHA-256";
	static const char wrong[] = "a SHA-256 that is not 64 hexadecimal digits";
	u8 bytes[GTH_DIGEST_SIZE];

	if (is_blank(digest->at, digest->len))
		return taking_not(t, line, TAKING_FOREIGN, empty);
	if (digest->len != 2 * GTH_DIGEST_SIZE ||
	    gth_hex_decode(bytes, GTH_DIGEST_SIZE, digest->at))
		return taking_not(t, line, TAKING_MALFORMED, wrong);
	return taking_take(t, bytes, name ? name->at : NULL, name ? name->len : 0);
}
