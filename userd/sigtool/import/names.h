/* SPDX-License-Identifier: GPL-2.0-or-later */
/* names.h - the lines of a file, whole in memory and sorted, to be searched. */
#ifndef SIGTOOL_IMPORT_NAMES_H
#define SIGTOOL_IMPORT_NAMES_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#define NAMES_BYTES (32U << 20)
#define NAMES_LINES (1U << 20)

struct name {
	const char *text;
	u32 line;  /* from 1 */
	bool seen; /* for the caller */
};

struct names {
	char *text;
	struct name *name;
	size_t n;
};

int names_read(struct names *names, int fd);
void names_sort(struct names *names);
struct name *names_find(const struct names *names, const char *text);
void names_free(struct names *names);

#endif /* SIGTOOL_IMPORT_NAMES_H */
