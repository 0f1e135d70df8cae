// SPDX-License-Identifier: GPL-2.0-or-later
/* mounts.c - a listed file is denied through every mount of its file system, in every mount
 * namespace. */
#include "access_paths.h"

#include <linux/mount.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

GTH_FIXTURE_ACCESS_PATHS(mounts)

static char dir[160], view[200];

/* Mounts of this process alone, and a directory beside the file to mount on. */
static int prepare(const char *path)
{
	directory_of(path, dir, sizeof(dir));
	snprintf(view, sizeof(view), "%sview", dir);
	if (mkdir(view, 0755) && errno != EEXIST)
		return -errno;
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return -errno;
	return 0;
}

static int bind_there(const char *path)
{
	int ret = prepare(path);

	return ret || !mount(dir, view, NULL, MS_BIND, NULL) ? ret : -errno;
}

static int bound(const char *path)
{
	int ret = bind_there(path);

	return ret ? ret : open_and_exec_in(view, path);
}

static int bind_of_a_file(const char *path)
{
	int ret = prepare(path);

	strcat(view, "/file");
	ret = ret ? ret : gth_open(view, O_WRONLY | O_CREAT);
	if (ret || mount(path, view, NULL, MS_BIND, NULL))
		return ret ? ret : -errno;
	return gth_open(view, O_RDONLY);
}

/* The rights of a mount are not a property of the file. */
static int read_only(const char *path)
{
	int ret = bind_there(path);

	if (!ret && mount(NULL, view, NULL,
			  MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NOATIME, NULL))
		ret = -errno;
	return ret ? ret : open_and_exec_in(view, path);
}

static int clone_mount(const char *path)
{
	int ret = prepare(path), tree;

	if (ret)
		return ret;
	tree = (int)syscall(SYS_open_tree, AT_FDCWD, dir, OPEN_TREE_CLONE);
	return tree < 0 ? -errno : tree;
}

/* Never in any namespace. */
static int detached(const char *path)
{
	int tree = clone_mount(path), fd;

	if (tree < 0)
		return tree;
	fd = openat(tree, gth_bare_name(path), O_RDONLY);
	return fd < 0 ? -errno : close(fd);
}

static int moved(const char *path)
{
	int tree = clone_mount(path);

	if (tree < 0)
		return tree;
	if (syscall(SYS_move_mount, tree, "", AT_FDCWD, view, MOVE_MOUNT_F_EMPTY_PATH))
		return -errno;
	return open_and_exec_in(view, path);
}

/* Another process. It stays as it is after `change`, until it is killed. */
static pid_t other_process(int (*change)(const char *path), const char *path)
{
	int tell[2], ret = -ECHILD;
	pid_t pid;

	if (pipe(tell))
		return -errno;
	pid = fork();
	if (!pid) {
		ret = change(path);
		if (write(tell[1], &ret, sizeof(ret)) == sizeof(ret))
			pause();
		_exit(1);
	}
	close(tell[1]);
	if (read(tell[0], &ret, sizeof(ret)) != sizeof(ret))
		ret = -ECHILD;
	close(tell[0]);
	return ret ? ret : pid;
}

static int end(pid_t pid, int ret)
{
	kill(pid, SIGKILL);
	gth_wait_child(pid);
	return ret;
}

static int through_another_root(const char *path)
{
	pid_t pid = other_process(bind_there, path);
	char there[300];

	if (pid < 0)
		return pid;
	directory_of(path, dir, sizeof(dir));
	snprintf(there, sizeof(there), "/proc/%d/root%sview", pid, dir);
	return end(pid, open_and_exec_in(there, path));
}

static int enter(const char *path)
{
	pid_t pid = other_process(bind_there, path);
	char there[64];
	int ns;

	if (pid < 0)
		return pid;
	snprintf(there, sizeof(there), "/proc/%d/ns/mnt", pid);
	ns = gth_open_fd(there, O_RDONLY);
	if (ns < 0 || setns(ns, CLONE_NEWNS))
		return end(pid, -errno);
	directory_of(path, view, sizeof(view) - 4);
	strcat(view, "view");
	return end(pid, open_and_exec_in(view, path));
}

static int own_user_namespace(const char *path)
{
	(void)path;
	return become_root_of_own(0);
}

/* Shows the file as another user's. */
static int idmapped(const char *path)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_IDMAP };
	pid_t pid = other_process(own_user_namespace, path);
	int tree = clone_mount(path), user;
	char there[64];

	if (pid < 0 || tree < 0)
		return -ECHILD;
	snprintf(there, sizeof(there), "/proc/%d/ns/user", pid);
	user = gth_open_fd(there, O_RDONLY);
	attr.userns_fd = (uint64_t)user;
	if (user < 0 || syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH, &attr, sizeof(attr)) ||
	    syscall(SYS_move_mount, tree, "", AT_FDCWD, view, MOVE_MOUNT_F_EMPTY_PATH))
		return end(pid, -errno);
	return end(pid, open_and_exec_in(view, path));
}

#define IN_CHILD(way)                                                                              \
	static int through_##way(const char *path)                                                 \
	{                                                                                          \
		return in_child(way, path);                                                        \
	}

IN_CHILD(bound)
IN_CHILD(bind_of_a_file)
IN_CHILD(read_only)
IN_CHILD(detached)
IN_CHILD(moved)
IN_CHILD(enter)
IN_CHILD(idmapped)

TEST_F(mounts, every_mount_is_denied)
{
	DENIES(through_bound);
	DENIES(through_bind_of_a_file);
	DENIES(through_read_only);
	DENIES(through_detached);
	DENIES(through_moved);
}

TEST_F(mounts, mount_of_another_namespace_is_denied)
{
	DENIES(through_another_root);
	DENIES(through_enter);
}

TEST_F(mounts, idmapped_mount_is_denied)
{
	if (through_idmapped(self->other.path) == -EINVAL)
		SKIP(return, "no idmapped mounts of this file system");
	DENIES(through_idmapped);
}

TEST_HARNESS_MAIN
