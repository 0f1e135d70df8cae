// SPDX-License-Identifier: GPL-2.0-or-later
/* hostile_input.c - addresses, words and descriptors that are random or nearly valid (see
 * hostile_input.h). */
#include "hostile_input.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/bpf.h>

#include "stress.h"

#define PAGE 4096
#define ROOM (4UL * PAGE)

/*
 * gth_hostile_address() - the address of the caller's data: mostly the data is
 * there, up to the last byte of a mapping, or misaligned; else a part of it is
 * not, or the address is not the caller's at all
 */
void *gth_hostile_address(const struct gth_hostile *o, const void *data, size_t len)
{
	static const uintptr_t nowhere[] = {
		0,
		1,
		0xffff888000000000, /* the kernel's map of all memory */
		0xffffffff81000000, /* its code */
		0x00007ffffffff000, /* past the end of user space */
		0x8000000000000000, /* no address at all */
		(uintptr_t)-1
	};
	uint8_t *at;

	switch (gth_random(8)) {
	case 0:
		return (void *)nowhere[gth_random(sizeof(nowhere) / sizeof(*nowhere))];
	case 1:
		/* Its end is missing. */
		at = o->page + ROOM - (len ? gth_random(len) : 0);
		if (data)
			memcpy(at, data, (size_t)(o->page + ROOM - at));
		return at;
	case 2:
		at = o->page + gth_random(64);
		break;
	default:
		at = o->page + ROOM - len;
	}
	if (data)
		memcpy(at, data, len);
	return at;
}

/* gth_hostile_word() - a value for a knob, or something that looks a little like one; its length */
size_t gth_hostile_word(char *text, size_t size, const struct gth_knob *knob)
{
	unsigned int words = 0;
	size_t len;

	while (knob->words && knob->words[words])
		words++;
	if (words && gth_random(4))
		len = (size_t)snprintf(text, size, "%s", knob->words[gth_random(words)]);
	else if (gth_random(4))
		len = (size_t)snprintf(text, size, "%llu",
				       knob->min + gth_random(knob->max - knob->min + 1));
	else
		len = (size_t)snprintf(text, size, "%lld", (long long)gth_random(~0ULL));
	switch (gth_random(8)) {
	case 0:
		len = 1 + gth_random(size - 1);
		gth_random_bytes(text, len);
		break;
	case 1:
		text[gth_random(len)] ^= (char)(1 << gth_random(8));
		break;
	case 2:
		len = gth_random(len + 1);
		break;
	case 3:
		text[len++] = '\n';
		break;
	}
	return len;
}

static struct gth_hostile *noting;

static int note_file(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)ftw;
	if (type == FTW_F && noting->files < GTH_HOSTILE_FILES)
		snprintf(noting->file[noting->files++], sizeof(noting->file[0]), "%s", path);
	return 0;
}

/* A descriptor of what is pinned there, or -1 */
static int get_pin(const char *path)
{
	union bpf_attr attr = { .pathname = (uintptr_t)path };

	return (int)syscall(SYS_bpf, BPF_OBJ_GET, &attr, sizeof(attr));
}

/* gth_hostile_start() - device: a descriptor, or -1 */
int gth_hostile_start(struct gth_hostile *o, int device, const struct gth_place *place,
		      struct gth_hostile_loads *loads)
{
	char path[128];
	int n = 0, ends[2];

	memset(o, 0, sizeof(*o));
	o->device = device;
	o->place = place;
	o->loads = loads;
	o->page =
		mmap(NULL, ROOM + PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (o->page == MAP_FAILED || munmap(o->page + ROOM, PAGE))
		return -errno;
	noting = o;
	if (nftw(GTH_ROOT, note_file, 16, FTW_PHYS) || !o->files)
		return -EIO;
	gth_db_init(&o->db);
	snprintf(o->db.name, sizeof(o->db.name), "hostile.%llu", gth_random(4));
	o->manifest = n++;
	o->body = n++;
	o->fd[o->manifest] = o->fd[o->body] = -1;
	/* The call may begin to serve, and no task may be held. */
	if (device >= 0 && fcntl(device, F_SETFL, O_NONBLOCK))
		return -errno;
	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	/* No task will write: the pipe has ended. */
	close(ends[1]);
	o->fd[n++] = ends[0];
	o->fd[n++] = device;
	o->fd[n++] = open(place->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	o->fd[n++] = open("/dev/null", O_RDONLY | O_CLOEXEC);
	o->fd[n++] = open("/dev/zero", O_RDWR | O_CLOEXEC);
	o->fd[n++] = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	o->fd[n++] = open(GTH_ROOT "policy/mode", O_RDONLY | O_CLOEXEC);
	o->fd[n++] = socket(AF_UNIX, SOCK_STREAM, 0);
	o->fd[n++] = epoll_create1(EPOLL_CLOEXEC);
	snprintf(path, sizeof(path), "%s/listed", place->dir);
	o->fd[n++] = open(path, O_PATH | O_CLOEXEC);
	snprintf(path, sizeof(path), "%s/clean", place->dir);
	o->fd[n++] = open(path, O_PATH | O_CLOEXEC);
	o->fd[n++] = open(path, O_RDONLY | O_CLOEXEC);
	o->link = n++;
	o->fd[o->link] = get_pin(GTH_PINS "/link_gth_file_open");
	o->fd[n++] = -1;
	o->fd[n++] = 1 << 20;
	return n == GTH_HOSTILE_FDS ? 0 : -EINVAL;
}
