// SPDX-License-Identifier: GPL-2.0-or-later
/* kind-kernel.c - files of the kernel's own filesystems, and terminals (see kind.h). */
#include "kind.h"

#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static int grab_read(struct gth_object *o, const char *path)
{
	snprintf(o->path, sizeof(o->path), "%s", path);
	return gth_open_fd(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
}

#define GRAB(name, path)                                                                           \
	static int grab_##name(struct gth_object *o, const struct gth_ground *g)                   \
	{                                                                                          \
		(void)g;                                                                           \
		return grab_read(o, path);                                                         \
	}

GRAB(null, "/dev/null")
GRAB(zero, "/dev/zero")
GRAB(maps, "/proc/self/maps")
GRAB(proc_directory, "/proc/self")
GRAB(namespace, "/proc/self/ns/mnt")
GRAB(sys, GTH_ROOT "policy/mode")
GRAB(debug, "/sys/kernel/debug/devices_deferred")
GRAB(trace, "/sys/kernel/tracing/trace_clock")
GRAB(cgroup, "/sys/fs/cgroup/cgroup.procs")

static int grab_terminal(struct gth_object *o, const struct gth_ground *g)
{
	int fd = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

	(void)g;
	if (fd < 0 || grantpt(fd) || unlockpt(fd) || ptsname_r(fd, o->path, sizeof(o->path)))
		return -errno;
	return fd;
}

/* The programs' side of a terminal; the other one stays open beside it. */
static int grab_line(struct gth_object *o, const struct gth_ground *g)
{
	int fd = grab_terminal(o, g);

	return fd < 0 ? fd : gth_open_fd(o->path, O_RDWR | O_NOCTTY | O_NONBLOCK);
}

static int grab_queue(struct gth_object *o, const struct gth_ground *g)
{
	const char *name = "gth-types";
	int fd = (int)syscall(SYS_mq_open, name, O_RDWR | O_CREAT | O_EXCL | O_NONBLOCK | O_CLOEXEC,
			      0700, NULL);

	(void)o;
	(void)g;
	return fd < 0 || syscall(SYS_mq_unlink, name) ? -errno : fd;
}

#define NOT_REGULAR .explain = -EISDIR
#define NO_MAP .map_private = -ENODEV, .map_shared = -ENODEV
/* Nothing of these filesystems becomes code, says the kernel before any hook is asked. */
#define NO_EXEC .map_private = -EPERM, .map_shared = -EPERM

const struct gth_kind gth_kernel_kinds[] = {
	{ .name = "null", .grab = grab_null, NO_MAP, NOT_REGULAR, .exec = -EACCES },
	{ .name = "zero", .grab = grab_zero, NOT_REGULAR, .exec = -EACCES },
	{ .name = "proc", .grab = grab_maps, NO_EXEC, .exec = -EACCES },
	{ .name = "proc_directory",
	  .grab = grab_proc_directory,
	  NO_EXEC,
	  NOT_REGULAR,
	  .exec = -EACCES },
	{ .name = "namespace", .grab = grab_namespace, NO_MAP, .exec = -EACCES },
	{ .name = "sysfs", .grab = grab_sys, NO_EXEC, .exec = -EACCES },
	{ .name = "debugfs",
	  .grab = grab_debug,
	  NO_MAP,
	  .exec = -EACCES,
	  .reopen = GTH_ANY,
	  .maker = GTH_ROOT_ONLY },
	{ .name = "tracefs",
	  .grab = grab_trace,
	  NO_MAP,
	  .exec = -EACCES,
	  .reopen = GTH_ANY,
	  .maker = GTH_ROOT_ONLY },
	{ .name = "cgroup", .grab = grab_cgroup, NO_EXEC, .exec = -EACCES },
	{ .name = "terminal", .grab = grab_terminal, NO_MAP, NOT_REGULAR, .exec = -EACCES },
	{ .name = "terminal_line", .grab = grab_line, NO_MAP, NOT_REGULAR, .exec = -EACCES },
	{ .name = "message_queue", .grab = grab_queue, NO_EXEC, .exec = -EACCES },
};

const unsigned int gth_kernel_kind_count = sizeof(gth_kernel_kinds) / sizeof(gth_kernel_kinds[0]);
