/* SPDX-License-Identifier: GPL-2.0-only */
/* check.bpf.h - from a hook's file to its answer. */
#ifndef GTH_CHECK_BPF_H
#define GTH_CHECK_BPF_H

#include "entry.bpf.h"
#include "kernel.bpf.h"
#include "kfunc.bpf.h"

#include "core/pseudo.h"

#include <bpf/bpf_core_read.h>

static __always_inline int is_regular(const struct inode *inode)
{
	return (inode->i_mode & S_IFMT) == S_IFREG;
}

/* Asked on a miss only. */
static __always_inline int is_pseudo(const struct inode *inode)
{
	return gth_magic_is_pseudo(inode->i_sb->s_magic);
}

static __always_inline int is_overlay(const struct inode *inode)
{
	return inode->i_sb->s_magic == OVERLAYFS_SUPER_MAGIC;
}

/*
 * Has this very open made the file? Denying it would leave the name behind. The
 * answer of a server in user space is not believed.
 */
static __always_inline int is_created(const struct file *file, const struct inode *inode)
{
	return file->f_mode & FMODE_CREATED && inode->i_sb->s_magic != FUSE_SUPER_MAGIC;
}

/* Files that the kernel reads neither to run them nor to load them into a device. */
static __always_inline int is_no_code(enum kernel_read_file_id id)
{
	return id == bpf_core_enum_value(enum kernel_read_file_id, READING_POLICY) ||
	       id == bpf_core_enum_value(enum kernel_read_file_id, READING_X509_CERTIFICATE);
}

/*
 * Does O_TRUNC truncate? Not in xfs's open by handle (XFS_IOC_OPEN_BY_HANDLE), and a
 * server in user space may go on showing what was there, whatever it answers.
 */
static __always_inline int truncates(const struct inode *inode)
{
	unsigned long magic = inode->i_sb->s_magic;

	return magic != XFS_SUPER_MAGIC && magic != FUSE_SUPER_MAGIC;
}

/*
 * Memory of no file's, for which the kernel keeps a nameless one: shared anonymous
 * memory, /dev/zero, SysV segments; huge pages (memfds of them look the same).
 */
static __always_inline int is_nameless(const struct inode *inode)
{
	return inode->i_flags & S_PRIVATE || (inode->i_sb->s_magic == HUGETLBFS_MAGIC &&
					      inode->i_sb->s_flags & SB_KERNMOUNT);
}

/* A constant that the compiler does not fold into the value it was compared with. */
#define LITERAL(value) ({ long v = (value); asm volatile("" : "+r"(v)); v; })

/* Literal answers: kernels from 6.12 on verify the range an LSM program returns. */
static __always_inline int answer(int ret)
{
	if (!ret)
		return 0;
	if (ret == -EAGAIN)
		return LITERAL(-EAGAIN);
	if (ret == -ERESTARTSYS)
		return LITERAL(-ERESTARTSYS);
	if (ret == -ERESTARTNOINTR)
		return LITERAL(-ERESTARTNOINTR);
	if (ret == -ENOKEY)
		return LITERAL(-ENOKEY);
	return LITERAL(-EPERM);
}

/*
 * Content is about to change: the digest no longer counts. Both hooks that call
 * this run after the kernel has counted the writer, and before its first write.
 */
static __always_inline void forget(struct inode *inode)
{
	struct gth_inode_entry *e = bpf_inode_storage_get(&inodes, inode, 0, 0);

	if (e)
		bpf_gth_forget(e, sizeof(*e));
}

/*
 * Notes what a writer leaves behind beside changed content (GTH_WRITES_FLAGS): a direct
 * write that fails half-way leaves pages that are older than the disk, and a shared
 * mapping may leave pages that the kernel still writes to. The entry is made for that
 * to be remembered.
 *
 * Return: 0, or -ENOMEM: it would not be remembered.
 */
static __noinline int note(struct inode *inode, __u32 flags)
{
	struct gth_inode_entry *e;

	e = bpf_inode_storage_get(&inodes, inode, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	/* Not if another task makes it at that moment; then it is there. */
	if (!e)
		e = bpf_inode_storage_get(&inodes, inode, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!e)
		return LITERAL(-ENOMEM);
	bpf_gth_note(e, sizeof(*e), flags);
	return 0;
}

/*
 * A mapping is about to be made that is shared: can it be written to, now or after
 * mprotect? Memfds are left out: nothing is kept for one before it is sealed, and
 * sealing waits until its pages are not held.
 */
static __always_inline int note_mapping(struct file *file)
{
	struct inode *inode;

	if (!(file->f_mode & FMODE_WRITE) || !is_regular(file->f_inode))
		return 0;
	inode = bpf_gth_data_inode(file);
	if (!inode || inode->i_sb->s_flags & SB_KERNMOUNT || is_pseudo(inode))
		return 0;
	return note(inode, GTH_WRITES_MAPPED);
}

/* Also of an overlay's inode, which has no entry; its real one comes by itself. */
static __noinline void forget_resized(struct dentry *dentry, struct iattr *attr)
{
	if (attr->ia_valid & ATTR_SIZE && dentry->d_inode)
		forget(dentry->d_inode);
}

/* The module decides, and nothing is kept. */
static __noinline int check_unkept(struct file *file, struct inode *inode, __u32 op)
{
	struct gth_inode_entry none = {};

	return bpf_gth_check(file, inode, op, &none, sizeof(none));
}

/* A miss: the module decides, and fills the entry if the decision may be kept. */
static __noinline int check_slow(struct file *file, struct inode *inode, __u32 op)
{
	struct gth_inode_entry *e;

	e = bpf_inode_storage_get(&inodes, inode, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!e)		/* no memory */
		return check_unkept(file, inode, op);
	return bpf_gth_check(file, inode, op, e, sizeof(*e));
}

/* inode is where the data is: the file's own, or what overlayfs stands for. */
static __always_inline int check_inode(struct file *file, struct inode *inode, __u32 op,
				       __u64 generation)
{
	struct gth_inode_entry *e = bpf_inode_storage_get(&inodes, inode, 0, 0);

	if (e && entry_allows(e, inode, op, generation))
		return 0;
	if (is_pseudo(inode))
		return 0;
	return answer(check_slow(file, inode, op));
}

/*
 * Devices, rings, sockets, and nameless memory: mapped as code they are as free as
 * anonymous memory, in which the same task could have the same code. Counted.
 */
static __always_inline int is_memory(const struct inode *inode)
{
	return !is_regular(inode) || is_nameless(inode);
}

/* For hooks that see the overlay's file only; file_open sees both. */
static __always_inline int check_mapped(struct file *file, __u32 op)
{
	struct inode *inode = file->f_inode;
	__u64 generation;
	int ret;

	/* Nothing else of a file is looked at before its type is known. */
	if (!is_regular(inode)) {
		/* The kernel itself refuses to run or to load them. */
		if (op == GTH_OP_MMAP)
			bpf_gth_memory();
		return 0;
	}
	generation = bpf_gth_begin(op);
	if (!is_overlay(inode))
		return check_inode(file, inode, op, generation);
	inode = bpf_gth_real_inode(file);
	if (!inode)	/* data that overlayfs cannot name: decide, keep nothing */
		return answer(check_unkept(file, file->f_inode, op));
	ret = check_inode(file, inode, op, generation);
	bpf_gth_put_inode(inode);
	if (ret)
		return ret;
	/* Copied up since it was opened: mappings still show what was opened. */
	inode = bpf_gth_opened_inode(file);
	if (!inode)
		return 0;
	ret = check_inode(file, inode, op, generation);
	bpf_gth_put_inode(inode);
	return ret;
}

#endif /* GTH_CHECK_BPF_H */
