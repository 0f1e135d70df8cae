/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * manifest.h - the manifest of a signature database, from text to numbers.
 *
 * Pure: no locks, no allocation, no I/O, so that the module and the database
 * tool refuse the same texts with the same code. docs/formats.md has the format.
 */
#ifndef GTH_MANIFEST_H
#define GTH_MANIFEST_H

#include <linux/gotthard.h>
#include <linux/types.h>

struct gth_manifest {
	char name[GTH_NAME_SIZE];	/* ends with a NUL and is padded with NULs */
	u64 version;			/* 1 to S64_MAX */
	u64 created;			/* Unix time in s */
	u64 expires;			/* Unix time in s, after created */
	bool has_prev;
	u8 prev[GTH_DIGEST_SIZE];	/* SHA-256 of the previous release's manifest */
	u64 body_size;			/* bytes */
	u8 body_digest[GTH_DIGEST_SIZE]; /* SHA-256 */
	u64 count[GTH_CLASS_MAX];	/* records of each class; UNKNOWN has none */
};

int gth_manifest_parse(struct gth_manifest *m, const char *text, size_t len);
int gth_manifest_parse_at(struct gth_manifest *m, const char *text, size_t len, size_t *at);

#endif /* GTH_MANIFEST_H */
