// SPDX-License-Identifier: GPL-2.0-or-later
/* facts.c - facts about a file that somebody asks for (see facts.h). */
#include "facts.h"

#include <errno.h>
#include <linux/magic.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "lib/number.h"
#include "lib/say.h"

/* Where the list of mounts does not tell: a mount of another namespace, or btrfs. */
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

static void filesystem_of(int fd, dev_t dev, char *out, size_t size)
{
	struct statfs fs;

	out[0] = '\0';
	if (mounted_type(dev, out, size) || fstatfs(fd, &fs))
		return;
	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++)
		if (magics[i].magic == (unsigned long)fs.f_type)
			snprintf(out, size, "%s", magics[i].types);
}

/*
 * gth_facts_gather() - all there is to know about the file of a request
 * @fd: the file, or -1
 * @with_filesystem: something depends on it; the list of mounts is read anew each time
 *
 * The request's path is what the opener saw, and only its tail if it was long; the
 * descriptor's is how this process sees it. Either may be excluded.
 */
void gth_facts_gather(struct gth_subject *s, const struct gth_request *r, int fd,
		      struct gth_types *types, bool with_filesystem)
{
	struct gth_facts *f = &s->facts;
	struct stat st;
	char link[64];
	ssize_t n;

	memset(s, 0, sizeof(*s));
	memcpy(s->request_path, r->path, sizeof(s->request_path));
	s->request_path[sizeof(s->request_path) - 1] = '\0';
	f->path[0] = s->request_path[0] ? s->request_path : NULL;
	f->size = r->size;
	f->class = GTH_D4;
	if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode))
		return;
	f->owner = st.st_uid;
	f->size = (uint64_t)st.st_size;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, s->link, sizeof(s->link) - 1);
	if (n > 0) {
		s->link[n] = '\0';
		f->path[1] = s->link;
	}
	if (with_filesystem)
		filesystem_of(fd, st.st_dev, s->filesystem, sizeof(s->filesystem));
	f->filesystem = s->filesystem;
	f->readable = !gth_type_of(types, fd, s->type, &f->class);
}

/*
 * Names of /etc/passwd become numbers; only there, because a directory service may
 * not answer. One that is not there is said. Return: how many there are.
 */
size_t gth_facts_owners(const struct gth_list *names, uid_t uids[GTH_CONFIG_LIST_MAX])
{
	unsigned long long number;
	size_t n = 0;

	for (size_t i = 0; i < names->n; i++) {
		FILE *file;
		struct passwd *user = NULL;

		if (!gth_number_parse(names->item[i], UINT32_MAX - 1, &number)) {
			uids[n++] = (uid_t)number;
			continue;
		}
		file = fopen("/etc/passwd", "re");
		while (file && (user = fgetpwent(file)) &&
		       strcmp(user->pw_name, names->item[i]) != 0)
			;
		if (user)
			uids[n++] = user->pw_uid;
		else
			gth_say("exclude owner '%s': there is no such user in /etc/passwd; "
				"it excludes nobody",
				names->item[i]);
		if (file)
			fclose(file);
	}
	return n;
}
