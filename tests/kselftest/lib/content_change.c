// SPDX-License-Identifier: GPL-2.0-or-later
/* content_change.c - a file that is about to change (see content_change.h). */
#include "content_change.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/vfs.h>
#include <unistd.h>

#define XFS_MAGIC 0x58465342

static void fill(uint8_t *image, int code)
{
	unsigned int page;

	gth_program(image, NULL, 0x400000, code);
	for (page = 1; page < EDIT_SIZE / EDIT_PAGE; page++) {
		memset(image + page * EDIT_PAGE, 'A' + 16 * code + (int)page, EDIT_PAGE);
		gth_salt(image + page * EDIT_PAGE, 16);
	}
}

void edit_content(struct edit_content *c)
{
	fill(c->file, 1);
	fill(c->other, 2);
}

int edit_begin(struct edit *e, const struct gth_place *place, const char *name,
	       const struct edit_content *c)
{
	char other[64];
	int ret;

	snprintf(other, sizeof(other), "%s.other", name);
	*e = (struct edit) { .dir = place->dir, .fd = -1 };
	ret = gth_make(&e->file, place, name, 0755, c->file, EDIT_SIZE);
	if (!ret)
		ret = gth_make(&e->other, place, other, 0755, c->other, EDIT_SIZE);
	e->other_fd = ret ? ret : gth_open_fd(e->other.path, O_RDONLY);
	return e->other_fd < 0 ? e->other_fd : 0;
}

void edit_end(struct edit *e)
{
	close(e->other_fd);
	if (e->fd >= 0)
		close(e->fd);
	if (e->map)
		munmap(e->map, EDIT_SIZE);
	if (e->child) {
		kill(e->child, SIGKILL);
		gth_wait_child(e->child);
	}
}

/* edit_digest() - of what the path shows now */
int edit_digest(const struct edit *e, uint8_t digest[GTH_DIGEST_SIZE])
{
	static uint8_t data[4 * EDIT_SIZE];
	int fd = gth_open_fd(e->file.path, O_RDONLY);
	ssize_t n;

	if (fd < 0)
		return fd;
	n = read(fd, data, sizeof(data));
	close(fd);
	if (n < 0 || n == sizeof(data))
		return -EIO;
	gth_sha256(data, (size_t)n, digest);
	return 0;
}

/* edit_once() - opens the file, changes it, closes it */
int edit_once(const struct edit *e, int flags, int (*change)(int fd))
{
	int fd = gth_open_fd(e->file.path, flags), ret;

	if (fd < 0)
		return fd;
	ret = change(fd);
	close(fd);
	return ret;
}

/* edit_map() - a shared mapping in e->map; its descriptor is closed again */
int edit_map(struct edit *e, int prot)
{
	int fd = gth_open_fd(e->file.path, O_RDWR);
	void *p;

	if (fd < 0)
		return fd;
	p = mmap(NULL, EDIT_SIZE, prot, MAP_SHARED, fd, 0);
	if (p != MAP_FAILED)
		e->map = p;
	close(fd);
	return p == MAP_FAILED ? -errno : 0;
}

/* edit_shows() - 1: an open was let show this content; 0: it was denied, or showed another */
int edit_shows(const char *path, const uint8_t content[EDIT_SIZE])
{
	static uint8_t data[EDIT_SIZE];
	int fd = gth_open_fd(path, O_RDONLY), ret;

	if (fd < 0)
		return fd == -EPERM ? 0 : fd;
	ret = read(fd, data, sizeof(data)) == sizeof(data) && !memcmp(data, content, sizeof(data));
	close(fd);
	return ret;
}

/* edit_file_system() - EDIT_ON_*; 0: another one */
unsigned int edit_file_system(const char *dir)
{
	struct statfs st;

	if (statfs(dir, &st))
		return 0;
	switch (st.f_type) {
	case EXT4_SUPER_MAGIC:
		return EDIT_ON_EXT4;
	case XFS_MAGIC:
		return EDIT_ON_XFS;
	case BTRFS_SUPER_MAGIC:
		return EDIT_ON_BTRFS;
	case TMPFS_MAGIC:
		return EDIT_ON_TMPFS;
	case OVERLAYFS_SUPER_MAGIC:
		return EDIT_ON_OVERLAY;
	default:
		return 0;
	}
}
