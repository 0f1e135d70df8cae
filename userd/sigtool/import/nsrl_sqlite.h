/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nsrl_sqlite.h - NSRL's RDSv3, an SQLite database. */
#ifndef SIGTOOL_IMPORT_NSRL_SQLITE_H
#define SIGTOOL_IMPORT_NSRL_SQLITE_H

#include "sigtool/import/taking.h"

#define NSRL_SQLITE_MAGIC "SQLite format 3" /* and a NUL: what such a file begins with */

int nsrl_sqlite(struct taking *t, const char *path);

#endif /* SIGTOOL_IMPORT_NSRL_SQLITE_H */
