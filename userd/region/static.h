/* SPDX-License-Identifier: GPL-2.0-or-later */
/* static.h - the directory of a log of releases, read by endpoints below /log/ (docs/protocol.md).
 */
#ifndef REGION_STATIC_H
#define REGION_STATIC_H

#include <stdbool.h>
#include <sys/stat.h>

#define REGION_STATIC "/log/"
#define REGION_ETAG_SIZE 72 /* with its NUL */
#define REGION_DATE_SIZE 32 /* of HTTP, with its NUL */

/* By these a client knows one content of a file from another. */
struct region_validators {
	char etag[REGION_ETAG_SIZE], date[REGION_DATE_SIZE];
};

bool region_static_is(const char *target);
const char *region_static_path(const char *target);
int region_static_open(int dir, const char *path, struct stat *st);
void region_validators(struct region_validators *v, const struct stat *st);
bool region_unchanged(const struct region_validators *v, const char *if_none_match,
		      const char *if_modified_since);

#endif /* REGION_STATIC_H */
