/* SPDX-License-Identifier: GPL-2.0-or-later */
/* table.h - files of comma-separated values whose first record names the columns. */
#ifndef SIGTOOL_IMPORT_TABLE_H
#define SIGTOOL_IMPORT_TABLE_H

#include "sigtool/import/csv.h"
#include "sigtool/import/source.h"

#define TABLE_COLUMNS 8

/* @cell: of the columns of the table, in its order; at is NULL: the column is not there. */
typedef int (*table_take_fn)(struct taking *t, const struct csv_field *cell, u64 line);

struct table {
	const char *format;
	const char *column[TABLE_COLUMNS]; /* without case, `-', `_' and blanks; NULL ends them */
	unsigned int needed;		   /* so many of them are needed, the first ones */
	bool several;			   /* a field may have several lines */
	bool comments;	  /* lines that begin with #; the columns may be named in one */
	const char *hint; /* for a file that has not all that are needed */
	table_take_fn take;
};

int table_read(struct taking *t, const struct table *table, gth_read_fn read, void *read_ctx);
int table_digest(struct taking *t, const struct csv_field *digest, const struct csv_field *name,
		 u64 line);

#endif /* SIGTOOL_IMPORT_TABLE_H */
