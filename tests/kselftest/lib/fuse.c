// SPDX-License-Identifier: GPL-2.0-or-later
/* fuse.c - the smallest server of a file system that fails on demand (see fuse.h). */
#include "fuse.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "stress.h"

/* Inodes: the root is 1. */
#define FIRST 2
#define FILES 3
#define SLOW (FIRST + 2)

/* The server's names for open files. */
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

static const char *const names[FILES] = { "listed", "plain", "slow" };

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
	/* The data that a task reads goes into the pages of the task's own buffer. */
	if (r->head.nodeid == SLOW)
		out.open_flags = FOPEN_DIRECT_IO;
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

/* A read of the slow file is answered once it may be, and other requests meanwhile. */
static void serve(int fd, struct gth_fuse *s)
{
	static struct request r, slow;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	ssize_t n;

	while (1) {
		if (s->waiting && s->go) {
			answer(fd, &slow, s);
			s->waiting = false;
		}
		if (s->waiting && !poll(&p, 1, 10))
			continue;
		memset(r.name, 0, sizeof(r.name));
		n = read(fd, &r, sizeof(r));
		if (n >= (ssize_t)sizeof(r.head) && r.head.opcode == FUSE_READ &&
		    r.head.nodeid == SLOW && !s->go) {
			slow = r;
			s->waiting = true;
		} else if (n >= (ssize_t)sizeof(r.head)) {
			answer(fd, &r, s);
		} else if (n >= 0 || (errno != EINTR && errno != ENOENT && errno != EAGAIN)) {
			_exit(0); /* unmounted */
		}
	}
}

static void describe(struct gth_file *f, const struct gth_fuse_mount *m, unsigned int i,
		     uint8_t image[GTH_PROGRAM_SIZE], int code)
{
	gth_program(image, NULL, 0x400000, code);
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
	describe(&m->listed, m, 0, s->image[0], 7);
	describe(&m->plain, m, 1, s->image[1], 7);
	describe(&m->slow, m, 2, s->image[2], 66);
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

static void *fill(void *arg)
{
	struct gth_filling *f = arg;

	f->got = read(f->slow, f->at, GTH_PROGRAM_SIZE);
	return NULL;
}

static bool is_waited_for(void *server)
{
	return ((struct gth_fuse *)server)->waiting;
}

/*
 * gth_fuse_begin_filling() - read the slow file into a shared mapping of another's first page
 *
 * prot is what the mapping is made with; it can be written to afterwards. Mapping and
 * descriptor are closed when it returns, and the read is still to end. 0 or -errno.
 */
int gth_fuse_begin_filling(struct gth_filling *f, const char *path, int prot,
			   const struct gth_fuse_mount *m, struct gth_fuse *server)
{
	int fd = gth_open_fd(path, O_RDWR);

	f->slow = gth_open_fd(m->slow.path, O_RDONLY);
	if (fd < 0 || f->slow < 0)
		return -EIO;
	f->at = mmap(NULL, GTH_PROGRAM_SIZE, prot, MAP_SHARED, fd, 0);
	if (f->at == MAP_FAILED || mprotect(f->at, GTH_PROGRAM_SIZE, PROT_READ | PROT_WRITE) ||
	    pthread_create(&f->thread, NULL, fill, f))
		return -ENOMEM;
	if (!gth_wait_until(is_waited_for, server))
		return -ETIME;
	return munmap(f->at, GTH_PROGRAM_SIZE) || close(fd) ? -errno : 0;
}

/* gth_fuse_end_filling() - now the page that the kernel has kept has the slow file's content */
int gth_fuse_end_filling(struct gth_filling *f, struct gth_fuse *server)
{
	server->go = true;
	if (pthread_join(f->thread, NULL))
		return -EIO;
	close(f->slow);
	return f->got == GTH_PROGRAM_SIZE ? 0 : -EIO;
}
