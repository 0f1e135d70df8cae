/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pseudo.bpf.h - filesystems whose regular files have no content of their own:
 * the kernel makes it when they are read. Asked on a miss only.
 */
#ifndef GTH_PSEUDO_BPF_H
#define GTH_PSEUDO_BPF_H

#include "kernel.bpf.h"

#include <linux/magic.h>

#define CONFIGFS_MAGIC		0x62656570
#define MQUEUE_MAGIC		0x19800202
#define FUSECTL_SUPER_MAGIC	0x65735543
#define RDTGROUP_MAGIC		0x7655821
#define SECRETMEM_MAGIC		0x5345434d	/* memfd_secret(2): not even the kernel reads it */
#define AAFS_MAGIC		0x5a3c69f0
#define PID_FS_MAGIC		0x50494446

static __always_inline int is_pseudo(const struct inode *inode)
{
	switch (inode->i_sb->s_magic) {
	case PROC_SUPER_MAGIC:
	case SYSFS_MAGIC:
	case DEBUGFS_MAGIC:
	case TRACEFS_MAGIC:
	case SECURITYFS_MAGIC:
	case SELINUX_MAGIC:
	case SMACK_MAGIC:
	case AAFS_MAGIC:
	case SECRETMEM_MAGIC:
	case CGROUP_SUPER_MAGIC:
	case CGROUP2_SUPER_MAGIC:
	case BPF_FS_MAGIC:
	case PSTOREFS_MAGIC:
	case EFIVARFS_MAGIC:
	case CONFIGFS_MAGIC:
	case MQUEUE_MAGIC:
	case FUSECTL_SUPER_MAGIC:
	case RDTGROUP_MAGIC:
	case BINFMTFS_MAGIC:
	case NSFS_MAGIC:
	case PID_FS_MAGIC:
	case DEVPTS_SUPER_MAGIC:
		return 1;
	default:
		return 0;
	}
}

#endif /* GTH_PSEUDO_BPF_H */
