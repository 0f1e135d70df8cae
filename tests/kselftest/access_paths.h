/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * access_paths.h - a listed and an unlisted file, and the ways that may lead to them.
 *
 * A way is a function from a path to 0 or -errno. It must be closed to the
 * listed file, and open to the other one, or it would show nothing.
 */
#ifndef GTH_TEST_ACCESS_PATHS_H
#define GTH_TEST_ACCESS_PATHS_H

#include "test.h"

#include <sched.h>
#include <sys/prctl.h>
#include <unistd.h>

/* Both exit with 7; enforce is on. On the file system at /mnt and on a tmpfs. */
#define GTH_FIXTURE_ACCESS_PATHS(name)                                                             \
	FIXTURE(name)                                                                              \
	{                                                                                          \
		struct gth_place place;                                                            \
		struct gth_file listed, other;                                                     \
	};                                                                                         \
	FIXTURE_VARIANT(name)                                                                      \
	{                                                                                          \
		const char *parent;                                                                \
	};                                                                                         \
	FIXTURE_VARIANT_ADD(name, mnt) { .parent = MNT };                                          \
	FIXTURE_VARIANT_ADD(name, tmpfs) { .parent = TMPFS };                                      \
	FIXTURE_SETUP(name)                                                                        \
	{                                                                                          \
		ASSERT_EQ(0, gth_begin(&self->place, variant->parent));                            \
		ASSERT_EQ(0, gth_make_program(&self->listed, &self->place, "listed", NULL, 7));    \
		ASSERT_EQ(0, gth_make_program(&self->other, &self->place, "other", NULL, 7));      \
		ASSERT_EQ(0, gth_list(&self->listed, GTH_CLASS_MALICIOUS));                        \
		ASSERT_EQ(0, gth_set("mode", "enforce"));                                          \
	}                                                                                          \
	FIXTURE_TEARDOWN_PARENT(name)                                                              \
	{                                                                                          \
		gth_end(&self->place);                                                             \
	}

#define DENIES(way)                                                                                \
	do {                                                                                       \
		EXPECT_EQ(0, way(self->other.path));                                               \
		EXPECT_EQ(-EPERM, way(self->listed.path));                                         \
	} while (0)

/* For ways that give a descriptor. */
static inline int closed(int fd)
{
	return fd < 0 ? fd : close(fd);
}

/* For ways that change the process for good. */
static inline int in_child(int (*way)(const char *path), const char *path)
{
	pid_t pid = fork();
	int ret;

	if (!pid)
		_exit(-way(path));
	ret = gth_wait_child(pid);
	return ret < 0 ? ret : -ret;
}

/* The task becomes root of a user namespace of its own and, with CLONE_NEWNS, of its mounts. */
static inline int become_root_of_own(int more)
{
	static const char map[] = "0 1000 1";
	int ret;

	/* /proc/self would be root's after the change of user. */
	if (setgid(GTH_USER) || setuid(GTH_USER) || prctl(PR_SET_DUMPABLE, 1) ||
	    unshare(CLONE_NEWUSER | more))
		return -errno;
	ret = gth_write_file("/proc/self/uid_map", map, sizeof(map) - 1);
	ret = ret ? ret : gth_write_file("/proc/self/setgroups", "deny", 4);
	return ret ? ret : gth_write_file("/proc/self/gid_map", map, sizeof(map) - 1);
}

/* The directory of a path, with its slash. */
static inline void directory_of(const char *path, char *dir, size_t size)
{
	snprintf(dir, size, "%.*s", (int)(gth_bare_name(path) - path), path);
}

/* The same file, seen in another directory. */
static inline int open_and_exec_in(const char *dir, const char *path)
{
	char view[512];
	int opened, executed;

	snprintf(view, sizeof(view), "%s/%s", dir, gth_bare_name(path));
	opened = gth_open(view, O_RDONLY);
	executed = gth_exec(view);
	if (opened == -EPERM && executed == -EPERM)
		return -EPERM;
	return !opened && executed == 7 ? 0 : -EIO;
}

#endif /* GTH_TEST_ACCESS_PATHS_H */
