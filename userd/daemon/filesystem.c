// SPDX-License-Identifier: GPL-2.0-or-later
/* filesystem.c - types of file systems: of an open file, and whether a name is one (see
 * filesystem.h). */
#include "daemon/filesystem.h"

#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

/* For files whose device is not in mountinfo: mounts of another namespace, and btrfs. */
static const struct {
	unsigned long magic;
	const char *types;
} magics[] = {
	{ EXT4_SUPER_MAGIC, "ext4 ext3 ext2" },
	{ XFS_SUPER_MAGIC, "xfs" },
	{ BTRFS_SUPER_MAGIC, "btrfs" },
	{ TMPFS_MAGIC, "tmpfs devtmpfs" },
	{ RAMFS_MAGIC, "ramfs" },
	{ OVERLAYFS_SUPER_MAGIC, "overlay" },
	{ NFS_SUPER_MAGIC, "nfs nfs4" },
	{ CIFS_SUPER_MAGIC, "cifs smb3" },
	{ SMB2_SUPER_MAGIC, "cifs smb3" },
	{ SMB_SUPER_MAGIC, "smbfs" },
	{ FUSE_SUPER_MAGIC, "fuse fuseblk" },
	{ MSDOS_SUPER_MAGIC, "vfat msdos" },
	{ EXFAT_SUPER_MAGIC, "exfat" },
	{ ISOFS_SUPER_MAGIC, "iso9660" },
	{ UDF_SUPER_MAGIC, "udf" },
	{ SQUASHFS_MAGIC, "squashfs" },
	{ EROFS_SUPER_MAGIC_V1, "erofs" },
	{ F2FS_SUPER_MAGIC, "f2fs" },
	{ CEPH_SUPER_MAGIC, "ceph" },
	{ V9FS_MAGIC, "9p" },
	{ AFS_FS_MAGIC, "afs" },
	{ NILFS_SUPER_MAGIC, "nilfs2" },
	{ REISERFS_SUPER_MAGIC, "reiserfs" },
	{ ECRYPTFS_SUPER_MAGIC, "ecryptfs" },
	{ HUGETLBFS_MAGIC, "hugetlbfs" },
};

/*
 * mountinfo: ID PARENT MAJOR:MINOR ROOT POINT OPTIONS [TAG...] - TYPE SOURCE ...
 * (proc(5)). Return: was the device found?
 */
static bool mounted_type(dev_t dev, char *out, size_t size)
{
	FILE *file = fopen("/proc/self/mountinfo", "re");
	size_t room = 0;
	char *line = NULL;
	bool found = false;

	while (file && !found && getline(&line, &room, file) > 0) {
		const char *type = strstr(line, " - ");
		unsigned int major_number, minor_number;

		if (!type || sscanf(line, "%*u %*u %u:%u", &major_number, &minor_number) != 2 ||
		    makedev(major_number, minor_number) != dev)
			continue;
		type += 3;
		snprintf(out, size, "%.*s", (int)strcspn(type, " \n"), type);
		found = true;
	}
	free(line);
	if (file)
		fclose(file);
	return found;
}

/* gth_filesystem_of() - the type of an open file's file system, or types it may be; empty: unknown
 */
void gth_filesystem_of(int fd, dev_t dev, char *out, size_t size)
{
	struct statfs fs;

	out[0] = '\0';
	if (mounted_type(dev, out, size) || fstatfs(fd, &fs))
		return;
	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++)
		if (magics[i].magic == (unsigned long)fs.f_type)
			snprintf(out, size, "%s", magics[i].types);
}

/* Types whose module need not be loaded when the configuration is read, besides those of magics. */
static const char *const others[] = {
	"adfs",	  "affs",     "autofs", "bcachefs", "befs",  "bfs",	  "bindfs", "ceph",
	"coda",	  "cramfs",   "efs",	"fat",	    "gfs2",  "glusterfs", "hfs",    "hfsplus",
	"hpfs",	  "jffs2",    "jfs",	"lustre",   "minix", "ntfs",	  "ntfs3",  "ocfs2",
	"omfs",	  "orangefs", "qnx4",	"qnx6",	    "romfs", "sysv",	  "ubifs",  "ufs",
	"vboxsf", "virtiofs", "zfs",	"zonefs"
};

static bool is_word(const char *words, const char *wanted)
{
	size_t len = strlen(wanted);

	for (const char *at = words; *at; at += strspn(at, " ")) {
		size_t n = strcspn(at, " ");

		if (n == len && !memcmp(at, wanted, len))
			return true;
		at += n;
	}
	return false;
}

/* /proc/filesystems: "nodev" or nothing, a tab, the type (proc(5)). */
static bool in_kernel(const char *name)
{
	FILE *file = fopen("/proc/filesystems", "re");
	char line[128], type[64];
	bool found = false;

	while (file && !found && fgets(line, sizeof(line), file)) {
		const char *tab = strchr(line, '\t');

		found = tab && sscanf(tab + 1, "%63s", type) == 1 && !strcmp(type, name);
	}
	if (file)
		fclose(file);
	return found;
}

/*
 * gth_filesystem_known() - can a file system have this type? One that the kernel has
 * now, one of a module that it may load later, or "fuse.NAME" and "fuseblk.NAME",
 * whose names their programs choose.
 */
bool gth_filesystem_known(const char *name)
{
	if (!strncmp(name, "fuse.", 5) || !strncmp(name, "fuseblk.", 8) || in_kernel(name))
		return true;
	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++)
		if (is_word(magics[i].types, name))
			return true;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (!strcmp(others[i], name))
			return true;
	return false;
}
