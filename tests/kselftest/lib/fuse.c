// SPDX-License-Identifier: GPL-2.0-or-later
/* fuse.c - the smallest server of a file system that fails on demand (see fuse.h). */
#include "fuse.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "crew.h"

/* Inodes: the root is 1. */
#define FIRST 2
#define FILES 2

/* What the server calls an open file. */
enum handle { OF_A_TASK = 1, OF_THE_MODULE };

struct request {
	struct fuse_in_header head;
	union {
		struct fuse_open_in open;
		struct fuse_read_in read;
		char name[256];
		char room[1 << 17];
	};
};

static const char *const names[FILES] = { "listed", "plain" };

static void reply(int fd, const struct request *r, int error, const void *data, size_t len)
{
	struct fuse_out_header head = { .unique = r->head.unique, .error = -error };
	struct iovec part[2] = { { &head, sizeof(head) }, { (void *)data, len } };

	head.len = (uint32_t)(sizeof(head) + len);
	/* ENOENT: a signal ended the request meanwhile. */
	if (writev(fd, part, 2) < 0 && errno != ENOENT)
		_exit(1);
}

/* A request of the module's ends with an errno: counted, and the waiting task gets its signal. */
static void note_failure(const struct request *r, struct gth_fuse *s)
{
	if (s->signal)
		kill((pid_t)r->head.pid, s->signal);
	s->failed++;
}

static void fill_attr(struct fuse_attr *a, uint64_t inode)
{
	bool root = inode < FIRST;

	*a = (struct fuse_attr) {
		.ino = inode,
		.size = root ? 0 : GTH_PROGRAM_SIZE,
		.blocks = root ? 0 : GTH_PROGRAM_SIZE / 512,
		.mode = root ? S_IFDIR | 0755 : S_IFREG | 0755,
		.nlink = root ? 2 : 1,
		.blksize = 4096,
	};
}

static void look_up(int fd, const struct request *r)
{
	struct fuse_entry_out entry = { .entry_valid = 3600, .attr_valid = 3600 };

	for (unsigned int i = 0; i < FILES; i++)
		if (!strcmp(r->name, names[i]))
			entry.nodeid = FIRST + i;
	if (!entry.nodeid) {
		reply(fd, r, ENOENT, NULL, 0);
		return;
	}
	fill_attr(&entry.attr, entry.nodeid);
	reply(fd, r, 0, &entry, sizeof(entry));
}

static void open_file(int fd, const struct request *r, struct gth_fuse *s)
{
	struct fuse_open_out out = { .fh = OF_A_TASK };
	int error = 0;

	if (r->open.flags & O_NOATIME) {
		out.fh = OF_THE_MODULE;
		error = s->open_error;
	}
	if (error)
		note_failure(r, s);
	reply(fd, r, error, &out, error ? 0 : sizeof(out));
}

static void read_file(int fd, const struct request *r, struct gth_fuse *s)
{
	const uint8_t *image = s->image[(r->head.nodeid - FIRST) % FILES];
	size_t at = r->read.offset, len = 0;
	int error = r->read.fh == OF_THE_MODULE ? s->read_error : 0;

	if (at < GTH_PROGRAM_SIZE)
		len = GTH_PROGRAM_SIZE - at < r->read.size ? GTH_PROGRAM_SIZE - at : r->read.size;
	if (error)
		note_failure(r, s);
	reply(fd, r, error, image + at, error ? 0 : len);
}

static void answer(int fd, const struct request *r, struct gth_fuse *s)
{
	struct fuse_init_out init = { .major = FUSE_KERNEL_VERSION,
				      .minor = 31,
				      .max_readahead = 1 << 16,
				      .max_background = 16,
				      .congestion_threshold = 12,
				      /* An open with O_TRUNC is the truncation, it says. */
				      .flags = FUSE_ATOMIC_O_TRUNC,
				      .max_write = 4096,
				      .time_gran = 1 };
	struct fuse_attr_out attr = { .attr_valid = 3600 };

	s->truncations += r->head.opcode == FUSE_OPEN && r->open.flags & O_TRUNC;
	switch (r->head.opcode) {
	case FUSE_INIT:
		reply(fd, r, 0, &init, sizeof(init));
		break;
	case FUSE_LOOKUP:
		look_up(fd, r);
		break;
	case FUSE_GETATTR:
		fill_attr(&attr.attr, r->head.nodeid);
		reply(fd, r, 0, &attr, sizeof(attr));
		break;
	case FUSE_OPEN:
		open_file(fd, r, s);
		break;
	case FUSE_READ:
		read_file(fd, r, s);
		break;
	case FUSE_FLUSH:
	case FUSE_RELEASE:
	case FUSE_DESTROY:
		reply(fd, r, 0, NULL, 0);
		break;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		break;
	default:
		reply(fd, r, ENOSYS, NULL, 0);
	}
}

static void serve(int fd, struct gth_fuse *s)
{
	static struct request r;
	ssize_t n;

	while (1) {
		memset(r.name, 0, sizeof(r.name));
		n = read(fd, &r, sizeof(r));
		if (n >= (ssize_t)sizeof(r.head))
			answer(fd, &r, s);
		else if (n >= 0 || (errno != EINTR && errno != ENOENT && errno != EAGAIN))
			_exit(0); /* unmounted */
	}
}

static void describe(struct gth_file *f, const struct gth_fuse_mount *m, unsigned int i,
		     uint8_t image[GTH_PROGRAM_SIZE])
{
	gth_program(image, NULL, 0x400000, 7);
	gth_sha256(image, GTH_PROGRAM_SIZE, f->digest);
	snprintf(f->path, sizeof(f->path), "%.95s/%s", m->dir, names[i]);
}

/* gth_fuse_mount() - mounted, and served by a child that goes with the caller; NULL: errno tells */
struct gth_fuse *gth_fuse_mount(struct gth_fuse_mount *m, const struct gth_place *place)
{
	static const char *const modprobe[] = { "/usr/sbin/modprobe", "fuse", NULL };
	struct gth_fuse *s = gth_shared(sizeof(*s));
	char options[96];
	pid_t pid;
	int fd;

	snprintf(m->dir, sizeof(m->dir), "%s/fuse", place->dir);
	describe(&m->listed, m, 0, s->image[0]);
	describe(&m->plain, m, 1, s->image[1]);
	if (mkdir(m->dir, 0755) || gth_run(modprobe, "/dev/null"))
		return NULL;
	fd = gth_open_fd("/dev/fuse", O_RDWR);
	if (fd < 0)
		return NULL;
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other",
		 fd);
	if (mount("gth", m->dir, "fuse", 0, options))
		return NULL;
	m->mounted = true;
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		serve(fd, s);
	}
	close(fd);
	return pid > 0 ? s : NULL;
}

void gth_fuse_unmount(struct gth_fuse_mount *m)
{
	if (m->mounted)
		umount2(m->dir, MNT_DETACH);
}
