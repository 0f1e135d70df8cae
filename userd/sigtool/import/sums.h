/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sums.h - lines of lists of SHA-256 digests, in every form that coreutils, BSD, OpenSSL and
 * Windows write them, mixed as they come.
 *
 * Pure: bytes in, a record or a reason out.
 */
#ifndef SIGTOOL_IMPORT_SUMS_H
#define SIGTOOL_IMPORT_SUMS_H

#include <linux/gotthard.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#define SUMS_NAME_MAX 4096

enum sums_kind {
	SUMS_NOTHING, /* blank, a comment, a heading */
	SUMS_SHA256,
	SUMS_OTHER, /* of another algorithm */
	SUMS_MALFORMED,
};

/* State from one line to the next, for the forms that take several lines. */
struct sums {
	bool listing;	/* Get-FileHash | Format-List: NAME : VALUE */
	bool other;	/* of another algorithm */
	size_t heading; /* bytes in name: certutil writes it first */
	char name[SUMS_NAME_MAX];
};

struct sums_entry {
	u8 digest[GTH_DIGEST_SIZE]; /* of SUMS_SHA256 */
	const char *name;	    /* in the line or in struct sums, as it was written */
	size_t len;
	bool escaped; /* \\, \n and \r in name are as sha256sum writes them */
	const char *why;
};

enum sums_kind sums_parse(struct sums *s, const char *line, size_t len, struct sums_entry *e);
size_t sums_unescape(char *out, const char *name, size_t len);

#endif /* SIGTOOL_IMPORT_SUMS_H */
