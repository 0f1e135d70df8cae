/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kernel.bpf.h - what the programs use of the kernel's types.
 *
 * CO-RE relocates every access to the running kernel's layout, so only the
 * members that are read stand here, and no vmlinux.h of one kernel is needed.
 */
#ifndef GTH_KERNEL_BPF_H
#define GTH_KERNEL_BPF_H

#include <linux/bpf.h>
#include <linux/types.h>

#include <stdbool.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

typedef struct {
	__s64 counter;
} atomic64_t;

struct super_block {
	unsigned long s_flags;
	unsigned long s_magic;
};

struct inode {
	unsigned short i_mode;
	unsigned int i_flags;
	struct super_block *i_sb;
	atomic64_t i_version;
};

struct file {
	unsigned int f_mode;
	unsigned int f_flags;
	struct inode *f_inode;
};

struct dentry {
	struct inode *d_inode;
};

struct iattr {
	unsigned int ia_valid;
};

struct linux_binprm {
	struct file *file;
};

struct vm_area_struct {
	unsigned long vm_flags;
	struct file *vm_file;
};

#pragma clang attribute pop

/*
 * <linux/kernel_read_file.h>; the values are the running kernel's, by
 * bpf_core_enum_value(). All other kinds, also those that newer kernels add, are
 * taken for code.
 */
enum kernel_read_file_id {
	READING_POLICY = 5,
	READING_X509_CERTIFICATE = 6,
};

/* <linux/fs.h>, <linux/mm.h>, <linux/mman.h>, <linux/fcntl.h>, <linux/stat.h> */
#define FMODE_READ	0x1
#define FMODE_WRITE	0x2
#define FMODE_CREATED	0x100000
#define FMODE_EXEC_FLAG	0x20		/* __FMODE_EXEC, in f_flags */
#define ATTR_SIZE	0x8
#define VM_EXEC		0x4
#define PROT_EXEC	0x4
#define MAP_SHARED	0x1		/* and in MAP_SHARED_VALIDATE */
#define O_TRUNC		01000
#define O_DIRECT	040000
#define F_SETFL		4
#define S_PRIVATE	0x200
#define SB_KERNMOUNT	0x400000
#define S_IFMT		0170000
#define S_IFREG		0100000

#ifndef XFS_SUPER_MAGIC
#define XFS_SUPER_MAGIC	0x58465342
#endif

#ifndef FUSE_SUPER_MAGIC
#define FUSE_SUPER_MAGIC 0x65735546
#endif

#define EPERM		1
#define EAGAIN		11
#define ENOMEM		12
#define ENOKEY		126
#define ERESTARTSYS	512
#define ERESTARTNOINTR	513

#endif /* GTH_KERNEL_BPF_H */
