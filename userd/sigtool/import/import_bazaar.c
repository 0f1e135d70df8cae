// SPDX-License-Identifier: GPL-2.0-or-later
/* import_bazaar.c - MalwareBazaar's exports: CSV, its columns named in a comment. */
#include "sigtool/import/import.h"
#include "sigtool/import/table.h"

#include "sigtool/sigtool.h"

static bool has_text(const struct csv_field *f)
{
	return f->len && !csv_is(f, "n/a");
}

/* The name of the signature, or of the file. */
static int take(struct taking *t, const struct csv_field *cell, u64 line)
{
	const struct csv_field *name = has_text(&cell[1]) ? &cell[1] : &cell[2];

	return table_digest(t, &cell[0], has_text(name) ? name : NULL, line);
}

int import_bazaar(struct taking *t, const char *path)
{
	static const struct table table = {
		.format = "malwarebazaar",
		.column = { "sha256hash", "signature", "filename" },
		.needed = 1,
		.several = true,
		.comments = true,
		.hint = "no record before the first sample names the column sha256_hash",
		.take = take,
	};
	static struct source s;
	int status = source_open(&s, t, path);

	if (!status)
		status = table_read(t, &table, encoding_read, &s.text);
	source_close(&s);
	return status;
}
