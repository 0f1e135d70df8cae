/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sigtable.h - the signature table in force: streamed in, checked, published.
 *
 * Readers look up under RCU. A load builds the new table aside and publishes
 * it only when the whole body was read and its digest is the manifest's; until
 * then, and after any error, the old one stays.
 */
#ifndef GTH_SIGTABLE_H
#define GTH_SIGTABLE_H

#include <linux/fs.h>
#include <linux/gotthard.h>
#include <linux/types.h>

/* A copy of the facts about the table in force; version 0: there is none. */
struct gth_sigtable_info {
	char name[GTH_NAME_SIZE];
	u64 version, created, expires;
	u64 entries, bytes;
	u64 count[GTH_CLASS_MAX];
	const char *signer;		/* the key's name; NULL: not signed */
};

/* The files of a release, open for reading. */
struct gth_table_input {
	struct file *manifest, *body;
	struct file *signature;		/* NULL: none */
};

int gth_sigtable_load(const struct gth_table_input *in, bool rollback);
int gth_sigtable_drop(void);
u8 gth_sigtable_find(u8 domain, const u8 digest[GTH_DIGEST_SIZE]);
void gth_sigtable_info(struct gth_sigtable_info *info);
void gth_sigtable_exit(void);

#endif /* GTH_SIGTABLE_H */
