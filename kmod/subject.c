// SPDX-License-Identifier: GPL-2.0-only
/* subject.c - the file under judgement (see subject.h). */
#include <linux/cred.h>
#include <linux/file.h>
#include <linux/highmem.h>
#include <linux/iversion.h>
#include <linux/magic.h>
#include <linux/pagemap.h>
#include <linux/sched/task.h>

#include "subject.h"

#ifndef XFS_SUPER_MAGIC
#define XFS_SUPER_MAGIC 0x58465342	/* "XFSB"; not in uapi magic.h of every version */
#endif

/* LSMs see the module read a file as the kernel, not as the task that opened it. */
static const struct cred *reader_cred;

int gth_subject_setup(void)
{
	reader_cred = prepare_kernel_cred(&init_task);
	return reader_cred ? 0 : -ENOMEM;
}

void gth_subject_teardown(void)
{
	put_cred(reader_cred);
}

/*
 * gth_real_inode() - the inode that holds a file's data; NULL if overlayfs has
 * none. No reference is taken: the file keeps its dentry, and an overlay dentry
 * keeps its upper and lower inodes.
 */
struct inode *gth_real_inode(const struct file *file)
{
	struct inode *inode = file_inode(file);

	if (inode->i_sb->s_magic == OVERLAYFS_SUPER_MAGIC)
		inode = d_real_inode(file->f_path.dentry);
	return inode;
}

void gth_subject_init(struct gth_subject *s, struct file *file, struct inode *inode, u8 op)
{
	*s = (struct gth_subject){ .file = file, .inode = inode, .op = op };
}

void gth_subject_end(struct gth_subject *s)
{
	if (s->reader)
		fput(s->reader);
}

/**
 * gth_subject_reader() - a readable file on the subject
 * @s: the subject; keeps the file until gth_subject_end()
 *
 * The open re-enters the hooks; gth_scan_current() lets it pass. It is hidden
 * from fanotify: a listener asked about it would get a descriptor of its own,
 * and that open would wait for this one's scan to end.
 *
 * Return: the file or an ERR_PTR: what opening gives, -ESTALE if overlayfs
 * copied the file up meanwhile.
 */
struct file *gth_subject_reader(struct gth_subject *s)
{
	struct file *f;

	if (s->reader)
		return s->reader;
	f = dentry_open(&s->file->f_path, O_RDONLY | O_LARGEFILE | O_NOATIME | __FMODE_NONOTIFY,
			reader_cred);
	if (IS_ERR(f))
		return f;
	if (gth_real_inode(f) != s->inode) {
		fput(f);
		return ERR_PTR(-ESTALE);
	}
	s->reader = f;
	return f;
}

/* gth_subject_head() - the first bytes; fewer at the end of file; or -errno. */
ssize_t gth_subject_head(struct gth_subject *s, u8 *buf, size_t size)
{
	loff_t pos = 0;
	struct page *page;
	struct file *f;

	if (!IS_DAX(s->inode)) {
		page = find_get_page(s->inode->i_mapping, 0);
		if (page && PageUptodate(page)) {
			size = min_t(loff_t, size, i_size_read(s->inode));
			memcpy_from_page(buf, page, 0, size);
			put_page(page);
			return (ssize_t)size;
		}
		if (page)
			put_page(page);
	}
	f = gth_subject_reader(s);
	if (IS_ERR(f))
		return PTR_ERR(f);
	return kernel_read(f, buf, size, &pos);
}

/**
 * gth_subject_versioned() - does the filesystem tell when content changes?
 * @s: the subject
 *
 * SB_I_VERSION alone is not enough: some filesystems set it and do not bump it
 * for everything that changes content. These do, or never change at all.
 */
bool gth_subject_versioned(const struct gth_subject *s)
{
	const struct super_block *sb = s->inode->i_sb;

	switch (sb->s_magic) {
	case EXT4_SUPER_MAGIC:
	case XFS_SUPER_MAGIC:
	case BTRFS_SUPER_MAGIC:
	case TMPFS_MAGIC:
		return IS_I_VERSION(s->inode);
	case SQUASHFS_MAGIC:
	case EROFS_SUPER_MAGIC_V1:
	case ISOFS_SUPER_MAGIC:
		return true;
	default:
		return false;
	}
}

/*
 * gth_subject_cacheable() - may a verdict be kept with the inode?
 *
 * Not while somebody can write: stores through a shared mapping change content
 * without changing i_version. Who opens for writing later makes the BPF program
 * forget the entry.
 */
bool gth_subject_cacheable(const struct gth_subject *s)
{
	return gth_subject_versioned(s) && !inode_is_open_for_write(s->inode) &&
	       !mapping_writably_mapped(s->inode->i_mapping);
}

/* gth_subject_version() - i_version, noted as seen, so the next change bumps it. */
u64 gth_subject_version(const struct gth_subject *s)
{
	return IS_I_VERSION(s->inode) ? inode_query_iversion(s->inode) : 0;
}
