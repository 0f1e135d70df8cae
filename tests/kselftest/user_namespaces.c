// SPDX-License-Identifier: GPL-2.0-or-later
/* user_namespaces.c - who makes himself root of a namespace, and mounts there, is denied as before.
 */
#include "access_paths.h"

#include <sys/mount.h>
#include <sys/stat.h>

GTH_FIXTURE_ACCESS_PATHS(user_namespaces)

#define VIEW "/run"

static char dir[160];

static int plain(const char *path)
{
	int ret = become_root_of_own(CLONE_NEWNS);

	directory_of(path, dir, sizeof(dir));
	return ret ? ret : open_and_exec_in(dir, path);
}

static int bound(const char *path)
{
	int ret = become_root_of_own(CLONE_NEWNS);

	directory_of(path, dir, sizeof(dir));
	if (!ret && mount(dir, VIEW, NULL, MS_BIND | MS_REC, NULL))
		ret = -errno;
	return ret ? ret : open_and_exec_in(VIEW, path);
}

static int overlay(const char *path)
{
	char options[400];
	int ret = become_root_of_own(CLONE_NEWNS);

	directory_of(path, dir, sizeof(dir));
	snprintf(options, sizeof(options),
		 "lowerdir=%s,upperdir=" VIEW "/upper,workdir=" VIEW "/work,userxattr", dir);
	if (!ret && (mount("own", VIEW, "tmpfs", 0, NULL) || mkdir(VIEW "/upper", 0755) ||
		     mkdir(VIEW "/work", 0755) || mount("own", VIEW, "overlay", 0, options)))
		ret = -errno;
	return ret ? ret : open_and_exec_in(VIEW, path);
}

/* The user's copy is on a file system of its own, from a descriptor that it got in time. */
static int source;

static int copy(const char *path)
{
	int ret = become_root_of_own(CLONE_NEWNS), fd;
	char data[GTH_PROGRAM_SIZE];

	if (ret || mount("own", VIEW, "tmpfs", 0, NULL))
		return ret ? ret : -errno;
	snprintf(dir, sizeof(dir), VIEW "/%s", gth_bare_name(path));
	fd = gth_open_fd(dir, O_WRONLY | O_CREAT);
	if (fd < 0 || fchmod(fd, 0755) || pread(source, data, sizeof(data), 0) != sizeof(data) ||
	    write(fd, data, sizeof(data)) != sizeof(data))
		return -EIO;
	close(fd);
	return open_and_exec_in(VIEW, path);
}

static int bound_by_somebody(const char *path)
{
	return in_child(bound, path);
}

static int used_by_somebody(const char *path)
{
	return in_child(plain, path);
}

static int overlaid_by_somebody(const char *path)
{
	return in_child(overlay, path);
}

static int copied_by_somebody(const char *path)
{
	int ret = gth_set("hooks/open", "0");

	source = gth_open_fd(path, O_RDONLY);
	ret = ret ? ret : gth_set("hooks/open", "1");
	return ret || source < 0 ? -EIO : in_child(copy, path);
}

TEST_F(user_namespaces, root_of_his_own_is_denied)
{
	if (used_by_somebody(self->other.path) == -ENOSPC)
		SKIP(return, "this kernel allows no user namespaces");
	DENIES(used_by_somebody);
	DENIES(bound_by_somebody);
	DENIES(copied_by_somebody);
}

TEST_F(user_namespaces, overlay_of_his_own_is_denied)
{
	DENIES(overlaid_by_somebody);
}

TEST_HARNESS_MAIN
