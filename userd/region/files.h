/* SPDX-License-Identifier: GPL-2.0-or-later */
/* files.h - small files and new directories, private and durable. */
#ifndef REGION_FILES_H
#define REGION_FILES_H

#include <limits.h>
#include <stddef.h>

int region_file_write(int dirfd, const char *name, const void *data, size_t len);
int region_line_write(int dirfd, const char *name, const char *line);
int region_file_read(int dirfd, const char *name, char **text, size_t max);

/* A directory that appears whole or not at all: made under another name beside it. */
struct region_staging {
	char path[PATH_MAX]; /* its final path */
	char temp[PATH_MAX];
	int dirfd;
};

int region_staging_begin(struct region_staging *s, const char *path);
int region_staging_commit(struct region_staging *s);
void region_staging_abort(struct region_staging *s);

#endif /* REGION_FILES_H */
