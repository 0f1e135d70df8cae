/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * import.h - the formats of the import command. Each returns an exit status, and logs an error.
 *
 * @path: the file, or NULL for the packages of the system whose root directory is t->root.
 */
#ifndef SIGTOOL_IMPORT_IMPORT_H
#define SIGTOOL_IMPORT_IMPORT_H

#include "sigtool/import/taking.h"

int import_sums(struct taking *t, const char *path);
int import_clamav(struct taking *t, const char *path);
int import_nsrl(struct taking *t, const char *path);
int import_bazaar(struct taking *t, const char *path);
int import_misp(struct taking *t, const char *path);
int import_dpkg(struct taking *t, const char *path);
int import_rpm(struct taking *t, const char *path);

#endif /* SIGTOOL_IMPORT_IMPORT_H */
