// SPDX-License-Identifier: GPL-2.0-or-later
/* kind-regular.c - regular files, however they came to be open (see kind.h). */
#include "kind.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef OPEN_TREE_CLONE
#define OPEN_TREE_CLONE 1
#endif

static int plant(const char *dir, const char *name, const uint8_t *image)
{
	struct gth_place place;
	struct gth_file f;
	int ret;

	snprintf(place.dir, sizeof(place.dir), "%s", dir);
	ret = gth_make(&f, &place, name, 0755, image, GTH_PROGRAM_SIZE);
	if (!ret && chown(f.path, GTH_USER, GTH_USER))
		ret = -errno;
	return ret;
}

static int grab(struct gth_object *o, const struct gth_ground *g)
{
	(void)g;
	return gth_open_fd(o->path, O_RDONLY);
}

static int grab_path(struct gth_object *o, const struct gth_ground *g)
{
	(void)g;
	return gth_open_fd(o->path, O_PATH);
}

static int grab_unlinked(struct gth_object *o, const struct gth_ground *g)
{
	int fd = grab(o, g);

	return fd >= 0 && unlink(o->path) ? -errno : fd;
}

/* A file that is open for writing is not executed: this one is for reading. */
static int reopened(int fd)
{
	char link[32];
	int again;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	again = gth_open_fd(link, O_RDONLY);
	close(fd);
	return again;
}

static int filled(int fd, const struct gth_object *o)
{
	return write(fd, o->image, GTH_PROGRAM_SIZE) == GTH_PROGRAM_SIZE ? fd : -EIO;
}

static int grab_tmpfile(struct gth_object *o, const struct gth_ground *g)
{
	int fd = open(g->view, O_TMPFILE | O_RDWR | O_CLOEXEC, 0755);

	if (fd < 0)
		return -errno;
	fd = filled(fd, o);
	return fd < 0 ? fd : reopened(fd);
}

static int grab_detached(struct gth_object *o, const struct gth_ground *g)
{
	char path[160];
	int fd;

	if (mount(g->view, g->bound, NULL, MS_BIND, NULL))
		return -errno;
	snprintf(path, sizeof(path), "%s/%s", g->bound, gth_bare_name(o->path));
	fd = gth_open_fd(path, O_RDONLY);
	return umount2(g->bound, MNT_DETACH) ? -errno : fd;
}

static int grab_of_tree(struct gth_object *o, const struct gth_ground *g)
{
	int tree = (int)syscall(SYS_open_tree, AT_FDCWD, g->view, OPEN_TREE_CLONE | O_CLOEXEC);
	int fd;

	if (tree < 0)
		return -errno;
	fd = openat(tree, gth_bare_name(o->path), O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		fd = -errno;
	close(tree);
	return fd;
}

/* The layer loses it, and the overlay does not know. */
static int grab_removed(struct gth_object *o, const struct gth_ground *g)
{
	int fd = grab(o, g);
	char path[160];

	snprintf(path, sizeof(path), "%s/%s", g->planted, gth_bare_name(o->path));
	return fd >= 0 && unlink(path) ? -errno : fd;
}

/* Opened in the lower layer; an open for writing copies it up. */
static int grab_copied_up(struct gth_object *o, const struct gth_ground *g)
{
	int fd = grab(o, g), ret = gth_open(o->path, O_WRONLY);

	return ret ? ret : fd;
}

static int grab_memory(struct gth_object *o, const struct gth_ground *g)
{
	(void)g;
	return gth_memory_file(o->image, GTH_PROGRAM_SIZE);
}

static int grab_sealed(struct gth_object *o, const struct gth_ground *g)
{
	int fd = memfd_create("sealed", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	(void)g;
	if (fd < 0)
		return -errno;
	fd = filled(fd, o);
	return fd >= 0 && fcntl(fd, F_ADD_SEALS,
				F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)
		       ? -errno
		       : fd;
}

#define CONTENT .content = true, .exec = GTH_KIND_EXIT

const struct gth_kind gth_regular_kinds[] = {
	{ .name = "regular", .plant = plant, .grab = grab, CONTENT },
	{ .name = "regular_by_path",
	  .plant = plant,
	  .grab = grab_path,
	  .map_private = -EBADF,
	  .map_shared = -EBADF,
	  CONTENT },
	{ .name = "unlinked", .plant = plant, .grab = grab_unlinked, CONTENT },
	{ .name = "tmpfile", .grab = grab_tmpfile, .lack = -EOPNOTSUPP, CONTENT },
	{ .name = "on_detached_mount",
	  .plant = plant,
	  .grab = grab_detached,
	  .maker = GTH_MOUNTER,
	  CONTENT },
	{ .name = "on_cloned_tree",
	  .plant = plant,
	  .grab = grab_of_tree,
	  .maker = GTH_MOUNTER,
	  CONTENT },
	{ .name = "removed_beneath",
	  .plant = plant,
	  .grab = grab_removed,
	  .layered = true,
	  CONTENT },
	{ .name = "copied_up", .plant = plant, .grab = grab_copied_up, .layered = true, CONTENT },
	{ .name = "memfd", .grab = grab_memory, .memory = true, CONTENT },
	{ .name = "memfd_sealed", .grab = grab_sealed, .memory = true, CONTENT },
};

const unsigned int gth_regular_kind_count =
	sizeof(gth_regular_kinds) / sizeof(gth_regular_kinds[0]);
