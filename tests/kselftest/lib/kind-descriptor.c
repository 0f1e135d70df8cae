// SPDX-License-Identifier: GPL-2.0-or-later
/* kind-descriptor.c - descriptors that no name leads to (see kind.h). */
#include "kind.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/io_uring.h>
#include <linux/netlink.h>
#include <linux/perf_event.h>
#include <linux/userfaultfd.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

/* Most are one call. */
#define GRAB(name, call)                                                                           \
	static int grab_##name(struct gth_object *o, const struct gth_ground *g)                   \
	{                                                                                          \
		long fd = call;                                                                    \
                                                                                                   \
		(void)o;                                                                           \
		(void)g;                                                                           \
		return fd < 0 ? -errno : (int)fd;                                                  \
	}

#define SOCKET(domain, type, protocol)                                                             \
	socket(domain, (type) | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol)

GRAB(epoll, epoll_create1(EPOLL_CLOEXEC))
GRAB(event, eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC))
GRAB(timer, timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC))
GRAB(pid, syscall(SYS_pidfd_open, getpid(), 0))
GRAB(secret, syscall(SYS_memfd_secret, O_CLOEXEC))
GRAB(fault, syscall(SYS_userfaultfd, O_NONBLOCK | O_CLOEXEC | UFFD_USER_MODE_ONLY))
GRAB(inotify, inotify_init1(IN_NONBLOCK | IN_CLOEXEC))
GRAB(fanotify, fanotify_init(FAN_CLASS_NOTIF | FAN_NONBLOCK | FAN_CLOEXEC, O_RDONLY))
GRAB(netlink, SOCKET(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE))
GRAB(packet, SOCKET(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL)))
GRAB(tcp, SOCKET(AF_INET, SOCK_STREAM, 0))

static int grab_signal(struct gth_object *o, const struct gth_ground *g)
{
	sigset_t set;
	int fd;

	(void)o;
	(void)g;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int grab_socket(struct gth_object *o, const struct gth_ground *g)
{
	int ends[2];

	(void)o;
	(void)g;
	/* The other end stays open. */
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends))
		return -errno;
	return ends[0];
}

static int grab_pipe(struct gth_object *o, const struct gth_ground *g)
{
	int ends[2];

	(void)o;
	(void)g;
	if (pipe2(ends, O_NONBLOCK | O_CLOEXEC))
		return -errno;
	return ends[0];
}

static int grab_ring(struct gth_object *o, const struct gth_ground *g)
{
	struct io_uring_params p = { .flags = 0 };
	long fd = syscall(SYS_io_uring_setup, 4, &p);

	(void)o;
	(void)g;
	return fd < 0 ? -errno : (int)fd;
}

static int grab_perf(struct gth_object *o, const struct gth_ground *g)
{
	struct perf_event_attr a = { .type = PERF_TYPE_SOFTWARE,
				     .size = sizeof(a),
				     .config = PERF_COUNT_SW_DUMMY };
	long fd = syscall(SYS_perf_event_open, &a, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);

	(void)o;
	(void)g;
	return fd < 0 ? -errno : (int)fd;
}

static int grab_map(struct gth_object *o, const struct gth_ground *g)
{
	union bpf_attr a = { .map_type = BPF_MAP_TYPE_ARRAY,
			     .key_size = 4,
			     .value_size = 4096,
			     .max_entries = 1,
			     .map_flags = BPF_F_MMAPABLE };
	long fd = syscall(SYS_bpf, BPF_MAP_CREATE, &a, sizeof(a));

	(void)o;
	(void)g;
	return fd < 0 ? -errno : (int)fd;
}

static int grab_huge(struct gth_object *o, const struct gth_ground *g)
{
	int fd = memfd_create("huge", MFD_CLOEXEC | MFD_HUGETLB);

	(void)g;
	o->unit = 2 << 20;
	return fd < 0 || ftruncate(fd, (off_t)o->unit) ? -errno : fd;
}

#define NO_MAP .map_private = -ENODEV, .map_shared = -ENODEV
#define UNWRITTEN_MAP .map_private = GTH_ANY, .map_shared = GTH_ANY
#define NOT_REGULAR .explain = -EISDIR
#define NAMELESS NOT_REGULAR, .exec = -EACCES, .reopen = -ENXIO

const struct gth_kind gth_descriptor_kinds[] = {
	{ .name = "epoll", .grab = grab_epoll, NO_MAP, NAMELESS },
	{ .name = "eventfd", .grab = grab_event, NO_MAP, NAMELESS },
	{ .name = "signalfd", .grab = grab_signal, NO_MAP, NAMELESS },
	{ .name = "timerfd", .grab = grab_timer, NO_MAP, NAMELESS },
	/* From 6.9 on it is a regular file, on a filesystem of its own. */
	{ .name = "pidfd",
	  .grab = grab_pid,
	  UNWRITTEN_MAP,
	  .exec = -EACCES,
	  .reopen = GTH_ANY,
	  .explain = GTH_ANY },
	{ .name = "inotify", .grab = grab_inotify, NO_MAP, NAMELESS },
	{ .name = "fanotify", .grab = grab_fanotify, NO_MAP, NAMELESS, .maker = GTH_ROOT_ONLY },
	{ .name = "userfaultfd", .grab = grab_fault, NO_MAP, NAMELESS, .lack = -ENOSYS },
	{ .name = "io_uring", .grab = grab_ring, UNWRITTEN_MAP, NAMELESS, .lack = -ENOSYS },
	{ .name = "perf_event",
	  .grab = grab_perf,
	  .map_private = -EINVAL,
	  .map_shared = GTH_ANY,
	  NAMELESS,
	  .maker = GTH_ROOT_ONLY },
	{ .name = "bpf_map",
	  .grab = grab_map,
	  .map_private = -EINVAL,
	  .map_shared = GTH_ANY,
	  NAMELESS,
	  .maker = GTH_ROOT_ONLY },
	{ .name = "memfd_secret",
	  .grab = grab_secret,
	  .map_private = -EPERM,
	  .map_shared = -EPERM,
	  .exec = -EACCES,
	  .reopen = GTH_ANY,
	  .lack = -ENOSYS },
	{ .name = "memfd_huge", .grab = grab_huge, .exec = GTH_ANY, .lack = -ENOMEM },
	{ .name = "pipe", .grab = grab_pipe, NO_MAP, NOT_REGULAR, .exec = -EACCES },
	{ .name = "socket", .grab = grab_socket, NO_MAP, NAMELESS },
	{ .name = "tcp_socket",
	  .grab = grab_tcp,
	  .map_private = -EPERM,
	  .map_shared = -EPERM,
	  NAMELESS },
	{ .name = "netlink_socket", .grab = grab_netlink, NO_MAP, NAMELESS },
	{ .name = "packet_socket",
	  .grab = grab_packet,
	  .map_private = -EINVAL,
	  .map_shared = -EINVAL,
	  NAMELESS,
	  .maker = GTH_ROOT_ONLY },
};

const unsigned int gth_descriptor_kind_count =
	sizeof(gth_descriptor_kinds) / sizeof(gth_descriptor_kinds[0]);
