/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rpm_text.h - what rpm(8) prints of its database by the format of a query, RPM_QUERY.
 *
 * Pure: bytes in, a record or a reason out.
 */
#ifndef SIGTOOL_IMPORT_RPM_TEXT_H
#define SIGTOOL_IMPORT_RPM_TEXT_H

#include <linux/types.h>
#include <stddef.h>

/*
 * A line for each package and one for each of its files. rpm prints "(none)" for a tag that a
 * package does not have, and without an end of line if it has no files.
 */
#define RPM_QUERY                                                                                  \
	"package\\t%{FILEDIGESTALGO}\\t%{NEVRA}\\n"                                                \
	"[file\\t%{FILEDIGESTS}\\t%{FILESTATES}\\t%{FILENAMES}\\n]\\n"

#define RPM_SUM_MAX 64 /* bytes: of SHA-512 */
#define RPM_NAME_MAX 1024

/* Of PGP's algorithms (RFC 4880, 9.4), by which rpm numbers them. */
enum rpm_algorithm {
	RPM_MD5 = 1, /* also of packages that name none */
	RPM_SHA1 = 2,
	RPM_SHA256 = 8,
	RPM_SHA384 = 9,
	RPM_SHA512 = 10,
	RPM_SHA224 = 11,
};

enum rpm_kind {
	RPM_NOTHING, /* blank; or a directory, a link, a file that rpm does not install */
	RPM_PACKAGE, /* the lines that follow are of its files */
	RPM_FILE,
	RPM_ELSEWHERE, /* a file that is not as the package has it, and rpm knows that */
	RPM_MALFORMED,
};

/* The package to which the lines belong. */
struct rpm_package {
	char name[RPM_NAME_MAX]; /* name, epoch, version, release, architecture; for people */
	enum rpm_algorithm algorithm;
	size_t size; /* bytes of its sums; 0: of an algorithm that is not known */
};

struct rpm_file {
	u8 sum[RPM_SUM_MAX];
	const char *path; /* in the line */
	size_t len;
	const char *why; /* after RPM_ELSEWHERE and RPM_MALFORMED */
};

enum rpm_kind rpm_parse(struct rpm_package *p, const char *line, size_t len, struct rpm_file *f);

#endif /* SIGTOOL_IMPORT_RPM_TEXT_H */
