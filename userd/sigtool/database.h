/* SPDX-License-Identifier: GPL-2.0-or-later */
/* database.h - where a database is, and its manifest. */
#ifndef SIGTOOL_DATABASE_H
#define SIGTOOL_DATABASE_H

#include <jansson.h>
#include <limits.h>

#include "core/limits.h"
#include "core/manifest.h"
#include "sigtool/problem.h"

struct database {
	char manifest[PATH_MAX];	 /* path */
	char body[PATH_MAX];		 /* path */
	char signature[PATH_MAX];	 /* path, of the manifest with .p7s */
	char text[GTH_MANIFEST_MAX + 1]; /* one more, to tell that it is too long */
	size_t len;
	struct gth_manifest m;
};

int database_open(struct database *db, const char *path, const char *body);
int database_read(struct database *db);
int database_parse(struct database *db, struct problem *p);
int database_load(struct database *db, const char *path);
json_t *database_json(const struct gth_manifest *m);
json_t *database_empty_json(u8 class);
void database_warn_empty(const struct database *db, u8 class);

#endif /* SIGTOOL_DATABASE_H */
