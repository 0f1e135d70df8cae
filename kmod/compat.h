/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compat.h - the only place for differences between kernels, each with the
 * version and the commit that brought it.
 */
#ifndef GTH_COMPAT_H
#define GTH_COMPAT_H

#include <linux/bpf.h>
#include <linux/btf.h>
#include <linux/btf_ids.h>
#include <linux/fs.h>
#include <linux/fsverity.h>
#include <linux/printk.h>
#include <linux/uaccess.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#error "gotthard needs Linux 6.1 or newer: older kernels lack functions that its BPF programs use"
#endif
#ifndef CONFIG_X86_64
#error "gotthard is built for x86-64 only: the inode entry relies on its memory ordering"
#endif

/* 6.3, 57e7c169cd6a "bpf: Add __bpf_kfunc tag" */
#ifndef __bpf_kfunc
#define __bpf_kfunc __used noinline
#endif

/* 6.7, 391145ba2acc "bpf: Add __bpf_kfunc_{start,end}_defs macros" */
#ifndef __bpf_kfunc_start_defs
#define __bpf_kfunc_start_defs()						\
	__diag_push();								\
	__diag_ignore_all("-Wmissing-prototypes", "called from BPF only")
#define __bpf_kfunc_end_defs() __diag_pop()
#endif

/* 6.8, 6f3189f38a3e "bpf: treewide: Annotate BPF kfuncs in BTF" */
#ifndef BTF_KFUNCS_START
#define BTF_KFUNCS_START BTF_SET8_START
#define BTF_KFUNCS_END BTF_SET8_END
#endif

/* 6.7, def3ae83da02 "fs: store real path instead of fake path in backing file" */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
#define gth_user_path(file) file_user_path(file)
#else
#define gth_user_path(file) (&(file)->f_path)
#endif

/* 6.6, 12cd44023651 "fs: new accessor methods for atime and mtime" */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
#define inode_get_mtime(inode) ((inode)->i_mtime)
#endif

/*
 * 6.13, 18e48d0e2c7b "ovl: store upper real file in ovl_file struct": until then
 * private_data is the real file itself. Newer kernels: what was copied up after
 * the open is judged by the copy only.
 *
 * A distribution may bring the newer layout to an older version. So what is found
 * is taken for a file only if it looks like one: its inode's mapping is its own.
 */
static inline struct file *gth_overlay_realfile(const struct file *file)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
	struct address_space *of_file, *of_inode;
	struct file *real = file->private_data;
	struct inode *inode;

	if (!get_kernel_nofault(inode, &real->f_inode) &&
	    !get_kernel_nofault(of_inode, &inode->i_mapping) &&
	    !get_kernel_nofault(of_file, &real->f_mapping) && of_file && of_file == of_inode &&
	    S_ISREG(inode->i_mode))
		return real;
	pr_warn_once("the layout of overlayfs's files is not known: a file that is copied up after its open is judged by the copy only\n");
	return NULL;
#else
	return NULL;
#endif
}

/*
 * 6.16 and, by backport, 6.12: "bpf: Add namespace BPF_INTERNAL"; bpf_link_get_from_fd()
 * is in it. 6.13, cdd30ebb1b9f "module: Convert symbol namespace to string literal".
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
#define GTH_IMPORT_BPF_INTERNAL MODULE_IMPORT_NS("BPF_INTERNAL")
#else
#define GTH_IMPORT_BPF_INTERNAL MODULE_IMPORT_NS(BPF_INTERNAL)
#endif

/*
 * 6.12 exports fsverity_get_digest(). 0: no digest (not enabled, or not SHA-256),
 * 1: there is one. The inode must have been opened once.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0) && IS_ENABLED(CONFIG_FS_VERITY)
#define GTH_HAVE_FSVERITY 1
static inline int gth_fsverity_digest(struct inode *inode, u8 digest[32])
{
	u8 raw[FS_VERITY_MAX_DIGEST_SIZE];
	enum hash_algo algo;

	if (fsverity_get_digest(inode, raw, NULL, &algo) != 32 || algo != HASH_ALGO_SHA256)
		return 0;
	memcpy(digest, raw, 32);
	return 1;
}
#else
#define GTH_HAVE_FSVERITY 0
static inline int gth_fsverity_digest(struct inode *inode, u8 digest[32])
{
	return 0;
}
#endif

#endif /* GTH_COMPAT_H */
