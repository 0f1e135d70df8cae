/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * list.h - one line of a list of digests, in each format that is understood.
 *
 * Pure: bytes in, an entry or a reason out.
 */
#ifndef SIGTOOL_LIST_H
#define SIGTOOL_LIST_H

#include <linux/types.h>
#include <stddef.h>

#include <linux/gotthard.h>

enum list_format {
	LIST_AUTO,	/* not known yet */
	LIST_SHA256SUM, /* GNU, BSD and bare lines, mixed as they come */
	LIST_HDB,	/* ClamAV: DIGEST:SIZE:NAME[:MIN[:MAX]] */
	LIST_HSB,	/* the same; the digest's length tells its kind in both */
	LIST_FORMAT_MAX
};

enum list_kind {
	LIST_NONE, /* blank, or a comment */
	LIST_SHA256,
	LIST_SHA1, /* cannot be looked up */
	LIST_MD5,  /* cannot be looked up */
	LIST_KIND_MAX
};

struct list_entry {
	enum list_kind kind;
	u8 digest[GTH_DIGEST_SIZE]; /* of LIST_SHA256 only */
	const char *name;	    /* in the line: of ClamAV's signature; NULL: there is none */
	size_t name_len;
};

extern const char list_lone_cr[];
extern const char *const list_format_name[LIST_FORMAT_MAX];
extern const char *const list_kind_name[LIST_KIND_MAX];

enum list_format list_detect(const char *line, size_t len);
int list_parse(enum list_format format, const char *line, size_t len, struct list_entry *entry,
	       const char **why);

#endif /* SIGTOOL_LIST_H */
