/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dpkg_text.h - the texts of dpkg's database: records of status, lines of conffiles and of
 * PACKAGE.md5sums.
 *
 * Pure: bytes in, a record or a reason out.
 */
#ifndef SIGTOOL_IMPORT_DPKG_TEXT_H
#define SIGTOOL_IMPORT_DPKG_TEXT_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#define DPKG_MD5_SIZE 16
#define DPKG_NAME_MAX 200	      /* bytes of the name of a package or an architecture */
#define DPKG_CONFFILES_MAX (1U << 20) /* bytes of all conffiles of a package */

/* A record of status: of one package, for one architecture. */
struct dpkg_package {
	bool open;	/* it has a line */
	bool conffiles; /* the last line was of that field */
	bool installed; /* all its files are there */
	bool same;	/* Multi-Arch: same, so its architecture is in the names of its files */
	u64 line;	/* of its beginning */
	char name[DPKG_NAME_MAX + 1];
	char arch[DPKG_NAME_MAX + 1];
	const char *why;	       /* the reason for which it is malformed, or NULL */
	u64 conffile_line;	       /* of the first one */
	size_t len;		       /* bytes in text */
	char text[DPKG_CONFFILES_MAX]; /* lines of the field Conffiles */
};

/* A file and its package's sum of it. */
struct dpkg_sum {
	u8 md5[DPKG_MD5_SIZE];
	const char *path; /* in the line; with or without a slash at the beginning */
	size_t len;
};

void dpkg_package_init(struct dpkg_package *p);
bool dpkg_package_line(struct dpkg_package *p, const char *line, size_t len, u64 number);
int dpkg_sum_line(const char *line, size_t len, struct dpkg_sum *s, const char **why);
int dpkg_conffile_line(const char *line, size_t len, struct dpkg_sum *s, const char **why);

#endif /* SIGTOOL_IMPORT_DPKG_TEXT_H */
