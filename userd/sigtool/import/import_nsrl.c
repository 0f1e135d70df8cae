// SPDX-License-Identifier: GPL-2.0-or-later
/* import_nsrl.c - NSRL's reference data sets: NSRLFile.txt, or the SQLite database of RDSv3. */
#include "sigtool/import/import.h"

#include <string.h>

#include "sigtool/import/nsrl_sqlite.h"
#include "sigtool/import/table.h"
#include "sigtool/sigtool.h"

static int take(struct taking *t, const struct csv_field *cell, u64 line)
{
	return table_digest(t, &cell[0], &cell[1], line);
}

int import_nsrl(struct taking *t, const char *path)
{
	static const struct table table = {
		.format = "nsrl",
		.column = { "sha256", "filename" },
		.needed = 1,
		.hint = "the first record names no column SHA-256 (sets before RDSv3 have SHA-1 "
			"and MD5, which cannot be looked up)",
		.take = take,
	};
	static struct source s;
	const u8 *bytes;
	size_t len;
	int err, status = source_open(&s, t, path);

	if (status)
		return status;
	err = encoding_peek(&s.text, &bytes, &len);
	if (err)
		status = taking_failed(t, 0, err);
	else if (len >= sizeof(NSRL_SQLITE_MAGIC) &&
		 !memcmp(bytes, NSRL_SQLITE_MAGIC, sizeof(NSRL_SQLITE_MAGIC)))
		status = nsrl_sqlite(t, path);
	else
		status = table_read(t, &table, encoding_read, &s.text);
	source_close(&s);
	return status;
}
