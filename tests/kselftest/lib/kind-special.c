// SPDX-License-Identifier: GPL-2.0-or-later
/* kind-special.c - files that have a name and are not regular files (see kind.h). */
#include "kind.h"

#include <errno.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

static const char *path_of(const char *dir, const char *name)
{
	static char path[160];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static int given(const char *path)
{
	return lchown(path, GTH_USER, GTH_USER) ? -errno : 0;
}

static int plant_directory(const char *dir, const char *name, const uint8_t *image)
{
	const char *path = path_of(dir, name);

	(void)image;
	return mkdir(path, 0755) ? -errno : given(path);
}

static int plant_node(const char *dir, const char *name, mode_t mode, dev_t dev)
{
	const char *path = path_of(dir, name);

	return mknod(path, mode, dev) || chmod(path, mode & 0777) ? -errno : given(path);
}

static int plant_fifo(const char *dir, const char *name, const uint8_t *image)
{
	(void)image;
	return plant_node(dir, name, S_IFIFO | 0777, 0);
}

static int plant_zero(const char *dir, const char *name, const uint8_t *image)
{
	(void)image;
	return plant_node(dir, name, S_IFCHR | 0777, makedev(1, 5));
}

/* Its driver keeps something of its own in the file, as most do. */
static int plant_kmsg(const char *dir, const char *name, const uint8_t *image)
{
	(void)image;
	return plant_node(dir, name, S_IFCHR | 0777, makedev(1, 11));
}

/* The first of the rig's disks. */
static int plant_disk(const char *dir, const char *name, const uint8_t *image)
{
	unsigned int major = 0, minor = 0;
	struct dirent *entry;
	char path[300], text[32];
	DIR *d = opendir("/sys/block");

	(void)image;
	while (d && !major && (entry = readdir(d))) {
		snprintf(path, sizeof(path), "/sys/block/%s/dev", entry->d_name);
		if (strncmp(entry->d_name, "vd", 2) || gth_read_line(path, text, sizeof(text)) ||
		    sscanf(text, "%u:%u", &major, &minor) != 2)
			major = 0;
	}
	if (d)
		closedir(d);
	return major ? plant_node(dir, name, S_IFBLK | 0777, makedev(major, minor)) : -ENXIO;
}

static int plant_socket(const char *dir, const char *name, const uint8_t *image)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), ret;

	(void)image;
	snprintf(a.sun_path, sizeof(a.sun_path), "%s/%s", dir, name);
	ret = fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) ? -errno : 0;
	close(fd);
	return ret ? ret : given(a.sun_path);
}

/* It leads to a program beside it. */
static int plant_symlink(const char *dir, const char *name, const uint8_t *image)
{
	(void)image;
	return symlink("regular", path_of(dir, name)) ? -errno : given(path_of(dir, name));
}

static int grab_directory(struct gth_object *o, const struct gth_ground *g)
{
	(void)g;
	return gth_open_fd(o->path, O_RDONLY | O_DIRECTORY);
}

static int grab_fifo(struct gth_object *o, const struct gth_ground *g)
{
	(void)g;
	return gth_open_fd(o->path, O_RDWR | O_NONBLOCK);
}

static int grab_by_path(struct gth_object *o, const struct gth_ground *g)
{
	(void)g;
	return gth_open_fd(o->path, O_PATH | O_NOFOLLOW);
}

static int grab_device(struct gth_object *o, const struct gth_ground *g)
{
	int fd = gth_open_fd(o->path, O_RDONLY | O_NONBLOCK);

	if (fd != -EACCES || !g->nodev)
		return fd;
	o->by_path = true;
	return grab_by_path(o, g);
}

#define NOT_REGULAR .explain = -EISDIR
#define BY_PATH NOT_REGULAR, .map_private = -EBADF, .map_shared = -EBADF, .grab = grab_by_path
#define NO_MAP NOT_REGULAR, .map_private = -ENODEV, .map_shared = -ENODEV

const struct gth_kind gth_special_kinds[] = {
	{ .name = "directory",
	  .plant = plant_directory,
	  .grab = grab_directory,
	  NO_MAP,
	  .exec = -EACCES },
	{ .name = "directory_by_path", .plant = plant_directory, BY_PATH, .exec = -EACCES },
	{ .name = "fifo", .plant = plant_fifo, .grab = grab_fifo, NO_MAP, .exec = -EACCES },
	{ .name = "fifo_by_path", .plant = plant_fifo, BY_PATH, .exec = -EACCES, .reopen = 0 },
	{ .name = "socket_by_path",
	  .plant = plant_socket,
	  BY_PATH,
	  .exec = -EACCES,
	  .reopen = -ENXIO },
	{ .name = "symlink_by_path",
	  .plant = plant_symlink,
	  BY_PATH,
	  .exec = -ELOOP,
	  .reopen = -ELOOP },
	{ .name = "character_device",
	  .plant = plant_zero,
	  .grab = grab_device,
	  NOT_REGULAR,
	  .exec = -EACCES },
	{ .name = "character_device_with_data",
	  .plant = plant_kmsg,
	  .grab = grab_device,
	  NO_MAP,
	  .exec = -EACCES,
	  .reopen = GTH_ANY,
	  .maker = GTH_ROOT_ONLY },
	{ .name = "character_device_by_path",
	  .plant = plant_kmsg,
	  BY_PATH,
	  .exec = -EACCES,
	  .reopen = GTH_ANY },
	{ .name = "block_device",
	  .plant = plant_disk,
	  .grab = grab_device,
	  NOT_REGULAR,
	  .exec = -EACCES,
	  .reopen = GTH_ANY,
	  .maker = GTH_ROOT_ONLY },
};

const unsigned int gth_special_kind_count =
	sizeof(gth_special_kinds) / sizeof(gth_special_kinds[0]);
