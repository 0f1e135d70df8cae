/* SPDX-License-Identifier: GPL-2.0-only */
/* entry.bpf.h - the inode cache: the warm path, which stays in BPF alone. */
#ifndef GTH_ENTRY_BPF_H
#define GTH_ENTRY_BPF_H

#include "kernel.bpf.h"

#include <linux/gotthard.h>

#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_INODE_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct gth_inode_entry);
} inodes SEC(".maps");

#define LOAD(x) (*(volatile typeof(x) *)&(x))

/*
 * Does the entry allow op, under this generation and for the content that the
 * inode has now? Partner: the stores in gth_entry_publish(). Two equal tags
 * around the version mean that the version was allowed; i_version is read last
 * and never falls, so it is that version only if nothing changed since.
 */
static __always_inline int entry_allows(struct gth_inode_entry *e, struct inode *inode, __u32 op,
					__u64 generation)
{
	__u64 tag = LOAD(e->tag);
	__u64 version;

	if (GTH_TAG_GENERATION(tag) != (__u32)generation || !(tag & GTH_OP_BIT(op)))
		return 0;
	version = LOAD(e->version);
	if (LOAD(e->tag) != tag)
		return 0;
	/* The lowest bit says only that the version was queried (linux/iversion.h). */
	return (__u64)inode->i_version.counter >> 1 == version;
}

#endif /* GTH_ENTRY_BPF_H */
