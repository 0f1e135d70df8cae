/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * csv.h - records of comma-separated values (RFC 4180), with blanks around a quoted field allowed.
 *
 * Pure: bytes in, fields or a reason out.
 */
#ifndef SIGTOOL_IMPORT_CSV_H
#define SIGTOOL_IMPORT_CSV_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "lib/util/lines.h"

#define CSV_FIELDS 64

struct csv_field {
	const char *at; /* in the text of the record; not ended by a NUL */
	size_t len;
};

/* A record that is put together of lines: a quoted field may have several. */
struct csv {
	bool several; /* they are allowed */
	bool open;    /* the last line ended within quotes */
	u64 line;     /* of its beginning */
	size_t len;
	char text[GTH_LINE_MAX + 1];
	struct csv_field field[CSV_FIELDS];
	unsigned int fields;
};

void csv_init(struct csv *c, bool several);
int csv_line(struct csv *c, const char *line, size_t len, u64 number, const char **why);
bool csv_is(const struct csv_field *f, const char *text);

#endif /* SIGTOOL_IMPORT_CSV_H */
