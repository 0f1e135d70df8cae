/* SPDX-License-Identifier: GPL-2.0-or-later */
/* diversions.h - dpkg-divert(1): files that are elsewhere than their packages have them. */
#ifndef SIGTOOL_IMPORT_DIVERSIONS_H
#define SIGTOOL_IMPORT_DIVERSIONS_H

#include <stddef.h>

#include "sigtool/import/names.h"

struct diversion {
	const char *from, *to, *package; /* of the package that keeps the place, or ":" */
};

struct diversions {
	struct names lines; /* three for each */
	struct diversion *diversion;
	size_t n;
};

int diversions_read(struct diversions *d, int fd);
const char *diversions_place(const struct diversions *d, const char *package, const char *path);
void diversions_free(struct diversions *d);

#endif /* SIGTOOL_IMPORT_DIVERSIONS_H */
