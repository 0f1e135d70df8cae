/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pseudo.h - filesystems whose regular files have no content of their own: the
 * kernel makes it when they are read. The BPF programs include this as well.
 */
#ifndef GTH_PSEUDO_H
#define GTH_PSEUDO_H

#include <linux/magic.h>

/* Not in uapi magic.h of every version, or in none. */
#define GTH_CONFIGFS_MAGIC	0x62656570
#define GTH_MQUEUE_MAGIC	0x19800202
#define GTH_FUSECTL_MAGIC	0x65735543
#define GTH_RDTGROUP_MAGIC	0x7655821
#define GTH_SECRETMEM_MAGIC	0x5345434d	/* memfd_secret(2): not even the kernel reads it */
#define GTH_AAFS_MAGIC		0x5a3c69f0
#define GTH_PIDFS_MAGIC		0x50494446

/* @magic: of the superblock */
static inline int gth_magic_is_pseudo(unsigned long magic)
{
	switch (magic) {
	case PROC_SUPER_MAGIC:
	case SYSFS_MAGIC:
	case DEBUGFS_MAGIC:
	case TRACEFS_MAGIC:
	case SECURITYFS_MAGIC:
	case SELINUX_MAGIC:
	case SMACK_MAGIC:
	case GTH_AAFS_MAGIC:
	case GTH_SECRETMEM_MAGIC:
	case CGROUP_SUPER_MAGIC:
	case CGROUP2_SUPER_MAGIC:
	case BPF_FS_MAGIC:
	case PSTOREFS_MAGIC:
	case EFIVARFS_MAGIC:
	case GTH_CONFIGFS_MAGIC:
	case GTH_MQUEUE_MAGIC:
	case GTH_FUSECTL_MAGIC:
	case GTH_RDTGROUP_MAGIC:
	case BINFMTFS_MAGIC:
	case NSFS_MAGIC:
	case GTH_PIDFS_MAGIC:
	case DEVPTS_SUPER_MAGIC:
		return 1;
	default:
		return 0;
	}
}

#endif /* GTH_PSEUDO_H */
