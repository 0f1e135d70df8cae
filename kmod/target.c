// SPDX-License-Identifier: GPL-2.0-only
/* target.c - the file under judgement (see target.h). */
#include <linux/blkdev.h>
#include <linux/cred.h>
#include <linux/error-injection.h>
#include <linux/file.h>
#include <linux/hash.h>
#include <linux/highmem.h>
#include <linux/iversion.h>
#include <linux/key.h>
#include <linux/magic.h>
#include <linux/major.h>
#include <linux/mount.h>
#include <linux/pagemap.h>
#include <linux/sched/task.h>
#include <linux/shmem_fs.h>

#include "compat.h"
#include "pages.h"
#include "scan.h"
#include "target.h"

#ifndef XFS_SUPER_MAGIC
#define XFS_SUPER_MAGIC 0x58465342	/* "XFSB"; not in uapi magic.h of every version */
#endif

/* The kernel's own, outside of every sandbox. */
static const struct cred *reader_cred;

int gth_target_setup(void)
{
	reader_cred = prepare_kernel_cred(&init_task);
	return reader_cred ? 0 : -ENOMEM;
}

void gth_target_teardown(void)
{
	put_cred(reader_cred);
}

/*
 * gth_file_regular() - is this a regular file?
 *
 * The check before every other use of a file: private_data, the
 * superblock's idea of the inode and the dentry's layers mean what this module
 * takes them for in regular files only. A FIFO on overlayfs has a pipe in its
 * private_data, a directory a list of names.
 */
bool gth_file_regular(const struct file *file)
{
	return S_ISREG(file_inode(file)->i_mode);
}

/*
 * gth_real_inode() - the inode that holds a file's data; NULL if the file is not
 * regular, or overlayfs has no data for it. No reference is taken: the file
 * keeps its dentry, and an overlay dentry keeps its upper and lower inodes.
 */
struct inode *gth_real_inode(const struct file *file)
{
	struct inode *inode = file_inode(file);

	if (!gth_file_regular(file))
		return NULL;
	if (inode->i_sb->s_magic == OVERLAYFS_SUPER_MAGIC)
		inode = d_real_inode(file->f_path.dentry);
	return inode && S_ISREG(inode->i_mode) ? inode : NULL;
}

/*
 * The credentials that a file is read with. The module's own: LSMs then see the
 * kernel, and no sandbox of the task (Landlock, AppArmor) hides content from the
 * judge that the task may well execute. A server may know the opener only, and
 * the key of an encrypted file may be in the opener's keyrings: there the opener's
 * ids and keys are put into a copy.
 *
 * Return: the credentials, referenced; NULL: no memory.
 */
static const struct cred *reader_cred_for(const struct gth_target *s)
{
	const struct cred *opener = s->file->f_cred;
	struct cred *c;

	if (s->local && !IS_ENCRYPTED(s->inode))
		return get_cred(reader_cred);
	c = prepare_kernel_cred(&init_task);
	if (!c)
		return NULL;
	c->uid = opener->uid;
	c->gid = opener->gid;
	c->suid = opener->suid;
	c->sgid = opener->sgid;
	c->euid = opener->euid;
	c->egid = opener->egid;
	c->fsuid = opener->fsuid;
	c->fsgid = opener->fsgid;
	put_group_info(c->group_info);
	c->group_info = get_group_info(opener->group_info);
#ifdef CONFIG_KEYS
	key_put(c->session_keyring);
	key_put(c->process_keyring);
	key_put(c->thread_keyring);
	c->session_keyring = key_get(opener->session_keyring);
	c->process_keyring = key_get(opener->process_keyring);
	c->thread_keyring = key_get(opener->thread_keyring);
#endif
	return c;
}

/*
 * Hidden from fanotify: a listener asked about it would get a descriptor of its
 * own, and that open would wait for this one's scan to end. The credentials are
 * those of the task meanwhile, since LSMs look at both.
 */
static struct file *open_hidden(const struct path *path, int flags, const struct cred *cred)
{
	const struct cred *old = override_creds(cred);
	struct file *f = dentry_open(path, O_RDONLY | O_LARGEFILE | O_NOATIME |
				     __FMODE_NONOTIFY | flags, cred);

	revert_creds(old);
	if (!IS_ERR(f))
		f->f_flags &= ~O_NONBLOCK;	/* reading waits */
	return f;
}

/**
 * gth_find_data() - have overlayfs look for the data of a file that was not opened
 * @file: any; matters for those of O_PATH
 *
 * Where a layer has the data only, overlayfs looks it up at open, and the
 * kernel warns if gth_real_inode() is asked for data that was removed.
 *
 * Return: 0; else the error of opening the file.
 */
int gth_find_data(const struct file *file)
{
	struct inode *inode = file_inode(file);
	struct gth_scan scan;
	struct file *f;
	int ret;

	if (!gth_file_regular(file) || inode->i_sb->s_magic != OVERLAYFS_SUPER_MAGIC ||
	    !(file->f_mode & FMODE_PATH))
		return 0;
	ret = gth_scan_begin(&scan, inode, false);
	if (ret)
		return ret;
	f = open_hidden(&file->f_path, O_NONBLOCK, reader_cred);
	gth_scan_end(&scan);
	if (IS_ERR(f))
		return PTR_ERR(f);
	fput(f);
	return 0;
}

/*
 * gth_opened_file() - the file that overlayfs opened for a regular file; NULL: the
 * file is not regular, or not an overlay's.
 *
 * A mapping is of that file's data even if it was copied up since, while
 * gth_real_inode() already names the copy.
 */
struct file *gth_opened_file(const struct file *file)
{
	struct file *opened = NULL;

	if (!gth_file_regular(file))
		return NULL;
	/* A layer may be an overlay itself. */
	while (file_inode(file)->i_sb->s_magic == OVERLAYFS_SUPER_MAGIC) {
		/* Before it is opened, overlayfs has not set private_data. */
		if (!(file->f_mode & FMODE_OPENED))
			return NULL;
		opened = gth_overlay_realfile(file);
		if (!opened)
			return NULL;
		file = opened;
	}
	return opened;
}

/*
 * SB_I_VERSION alone is not enough: some filesystems set it and do not bump it
 * for everything that changes content. These do, or never change at all.
 */
static bool fs_versioned(const struct gth_target *s)
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

void gth_target_init(struct gth_target *s, struct file *file, struct inode *inode, u8 op)
{
	*s = (struct gth_target){
		.file = file,
		.inode = inode,
		.op = op,
		.nonblock = file->f_flags & O_NONBLOCK,
	};
	s->local = fs_versioned(s);
}

void gth_target_end(struct gth_target *s)
{
	if (s->reader)
		fput(s->reader);
	s->reader = NULL;
}

/**
 * gth_target_reader() - a readable file on the target
 * @s: the target; keeps the file until gth_target_end()
 *
 * The open re-enters the hooks; gth_scan_current() lets it pass. It waits for the
 * holder of a lease, as the open under judgement will, unless that is O_NONBLOCK.
 *
 * Return: the file or an ERR_PTR: what opening gives, -ESTALE if overlayfs
 * copied the file up meanwhile, -EAGAIN: a lease.
 */
struct file *gth_target_reader(struct gth_target *s)
{
	const struct cred *cred;
	struct file *f;

	if (s->reader)
		return s->reader;
	cred = reader_cred_for(s);
	if (!cred)
		return ERR_PTR(-ENOMEM);
	f = open_hidden(&s->file->f_path, s->nonblock ? O_NONBLOCK : 0, cred);
	put_cred(cred);
	if (IS_ERR(f))
		return f;
	if (gth_real_inode(f) != s->inode) {
		fput(f);
		return ERR_PTR(-ESTALE);
	}
	s->reader = f;
	return f;
}

/**
 * gth_target_read() - read through the filesystem
 * @s: the target
 * @buf: where to
 * @size: of @buf in bytes
 * @pos: moved on by what was read
 *
 * Return: bytes read, 0 at the end, or -errno; -ESTALE: overlayfs copied the
 * file up, and the bytes may be the copy's. That happens once and in one direction,
 * so one check after the read is enough.
 */
ssize_t gth_target_read(struct gth_target *s, void *buf, size_t size, loff_t *pos)
{
	struct file *f = gth_target_reader(s);
	const struct cred *old;
	ssize_t n;

	if (IS_ERR(f))
		return PTR_ERR(f);
	/* AppArmor asks the current task's label about each read, too. */
	old = override_creds(f->f_cred);
	n = kernel_read(f, buf, size, pos);
	revert_creds(old);
	return gth_real_inode(f) == s->inode ? n : -ESTALE;
}
ALLOW_ERROR_INJECTION(gth_target_read, ERRNO);

/* gth_target_resident() - is the page cache the content? Only local filesystems promise that. */
bool gth_target_resident(const struct gth_target *s)
{
	return s->local && !IS_DAX(s->inode);
}

/* gth_target_fuse() - is the content made by a process, perhaps of any user? */
bool gth_target_fuse(const struct gth_target *s)
{
	return s->inode->i_sb->s_magic == FUSE_SUPER_MAGIC;
}

/* gth_target_memory() - is it a memfd? Those lie on the kernel's own mounts. */
bool gth_target_memory(const struct gth_target *s)
{
	const struct super_block *sb = s->inode->i_sb;

	return sb->s_flags & SB_KERNMOUNT &&
	       (sb->s_magic == TMPFS_MAGIC || sb->s_magic == HUGETLBFS_MAGIC);
}

/* A memfd that no task can change any more: sealing has waited for pins and mappings. */
static bool is_sealed(const struct gth_target *s)
{
	const unsigned int all = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW;

	return s->inode->i_sb->s_magic == TMPFS_MAGIC &&
	       (READ_ONCE(SHMEM_I(s->inode)->seals) & all) == all;
}

/* gth_target_head() - the first bytes; fewer at the end of file; or -errno. */
ssize_t gth_target_head(struct gth_target *s, u8 *buf, size_t size)
{
	loff_t pos = 0;
	struct page *page;

	if (gth_target_resident(s)) {
		page = find_get_page(s->inode->i_mapping, 0);
		if (page && PageUptodate(page) && !PageHWPoison(page)) {
			gth_pages_look(s, page);
			size = min_t(loff_t, size, i_size_read(s->inode));
			memcpy_from_page(buf, page, 0, size);
			put_page(page);
			return (ssize_t)size;
		}
		if (page)
			put_page(page);
	}
	return gth_target_read(s, buf, size, &pos);
}

/*
 * A user who has an image mounted (udisks does that for any user, and never without
 * nosuid) may write to the image's file without the filesystem's knowledge.
 */
static bool on_user_image(const struct gth_target *s)
{
	const struct block_device *bdev = s->inode->i_sb->s_bdev;

	/* The disk's number: a partition of it has one of its own. btrfs names no device. */
	return bdev && bdev->bd_disk->major == LOOP_MAJOR &&
	       s->file->f_path.mnt->mnt_flags & MNT_NOSUID;
}

/* gth_target_versioned() - does the filesystem show when content changes? */
bool gth_target_versioned(const struct gth_target *s)
{
	return s->local && !on_user_image(s);
}

/*
 * gth_target_cacheable() - may a verdict be kept with the inode?
 *
 * Not while a task can write: stores through a shared mapping change content
 * without changing i_version, and so do writes to a pinned page (io_uring's
 * registered buffers). At a later open for writing the BPF program invalidates
 * the entry. A memfd, on the kernel's own mount of tmpfs, is writable from its
 * creation without ever being opened, until it is sealed.
 */
bool gth_target_cacheable(const struct gth_target *s)
{
	if (!gth_target_versioned(s) || s->pinned)
		return false;
	if (s->inode->i_sb->s_flags & SB_KERNMOUNT)
		return is_sealed(s);
	return !inode_is_open_for_write(s->inode) && !mapping_writably_mapped(s->inode->i_mapping);
}

/* gth_target_version() - i_version, noted as seen, so the next change bumps it. */
u64 gth_target_version(const struct gth_target *s)
{
	return IS_I_VERSION(s->inode) ? inode_query_iversion(s->inode) : 0;
}

/*
 * gth_target_stamp() - the traces of a change of content besides i_version: size
 * and time of modification, folded. A task that opens the file for writing or
 * resizes it can restore both, and the hooks see that; so this is a second
 * witness for changes that they do not see, never the only one.
 */
u16 gth_target_stamp(const struct gth_target *s)
{
	struct timespec64 mtime = inode_get_mtime(s->inode);
	u64 size = (u64)i_size_read(s->inode);

	return (u16)hash_64(size ^ hash_64((u64)timespec64_to_ns(&mtime), 64), 16);
}
