// SPDX-License-Identifier: GPL-2.0-or-later
/* rewrite.c - the ways in which a slot comes to hold another content (see race_files.h). */
#include "race_files.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "stress.h"

/*
 * The opens of a file that is hashed over and over may go unhashed for a while
 * (core/rehash_limit.h): before that another file takes its place.
 */
#define REWRITES 3

static int write_at(int fd, const uint8_t *image, size_t from, size_t to)
{
	while (from < to) {
		ssize_t n = pwrite(fd, image + from, to - from, (off_t)from);

		if (n < 0)
			return -errno;
		from += (size_t)n;
	}
	return 0;
}

/* In two pieces, so that in between it is neither the old nor the new one. */
static int write_content(int fd, const struct gth_content *c)
{
	size_t half = 16 + gth_random(c->len - 32);
	int ret = write_at(fd, c->image, 0, half);

	return ret ? ret : write_at(fd, c->image, half, c->len);
}

static int put_written(const char *path, const struct gth_content *c, int flags)
{
	int fd = gth_open_fd(path, O_WRONLY | flags), ret;

	if (fd < 0)
		return fd;
	ret = write_content(fd, c);
	if (!ret && ftruncate(fd, (off_t)c->len))
		ret = -errno;
	close(fd);
	return ret;
}

/* By name: no task opens it to truncate it. */
static int put_truncated(const char *path, const struct gth_content *c)
{
	if (truncate(path, (off_t)gth_random(GTH_CONTENT_SIZE)))
		return -errno;
	return put_written(path, c, 0);
}

/*
 * Through a mapping: content that may be listed can only be opened to be thrown
 * away. Without a change of its size there is only the opening to notice.
 */
static int put_mapped(const char *path, const struct gth_content *c, bool clean)
{
	int fd = gth_open_fd(path, O_RDWR | (clean ? 0 : O_TRUNC)), ret = 0;
	size_t half = c->len / 2;
	struct stat st;
	uint8_t *p;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) || (st.st_size != (off_t)c->len && ftruncate(fd, (off_t)c->len))) {
		ret = -errno;
		close(fd);
		return ret;
	}
	p = mmap(NULL, c->len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		ret = -errno;
	/* The mapping outlives the descriptor. */
	close(fd);
	if (ret)
		return ret;
	memcpy(p, c->image, half);
	sched_yield();
	memcpy(p + half, c->image + half, c->len - half);
	if (gth_random(2) && msync(p, c->len, MS_SYNC))
		ret = -errno;
	munmap(p, c->len);
	return ret;
}

/* gth_put_fresh() - a new file takes the name */
int gth_put_fresh(struct gth_race_files *files, struct gth_slot *slot, enum gth_content_id content)
{
	char path[128];
	struct stat st;
	int fd, ret;

	snprintf(path, sizeof(path), "%s.%d", slot->path, getpid());
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
	if (fd < 0)
		return -errno;
	ret = write_content(fd, &files->content[content]);
	if (!ret && (fchmod(fd, 0755) || fstat(fd, &st)))
		ret = -errno;
	close(fd);
	if (!ret && rename(path, slot->path))
		ret = -errno;
	if (ret)
		return ret;
	slot->ino = st.st_ino;
	slot->content = content;
	slot->rewrites = 0;
	return 0;
}

static int put_in_place(struct gth_race_files *files, const struct gth_slot *slot,
			enum gth_content_id content)
{
	const struct gth_content *c = &files->content[content];

	/* No task writes at all. */
	if (slot->content == GTH_TAILED && content == GTH_BAD)
		return truncate(slot->path, (off_t)c->len) ? -errno : 0;
	switch (gth_random(5)) {
	case 0:
		return put_written(slot->path, c, 0);
	case 1:
		return put_written(slot->path, c, O_TRUNC);
	case 2:
		return put_truncated(slot->path, c);
	default:
		return put_mapped(slot->path, c, slot->content == GTH_CLEAN);
	}
}

/* gth_put() - in some way */
int gth_put(struct gth_race_files *files, struct gth_slot *slot, enum gth_content_id content)
{
	int ret = -ETXTBSY;

	if (slot->in_place && slot->rewrites < REWRITES)
		ret = put_in_place(files, slot, content);
	/* It is full, or being executed. */
	if (ret == -ETXTBSY)
		return gth_put_fresh(files, slot, content);
	slot->rewrites++;
	slot->content = content;
	return ret;
}

static void swap(gth_u64 *a, gth_u64 *b)
{
	gth_u64 t = *a;

	*a = *b;
	*b = t;
}

/* gth_exchange() - two names change their files; the caller has taken both, of one kind */
int gth_exchange(struct gth_slot *a, struct gth_slot *b)
{
	enum gth_content_id content = a->content;
	unsigned int rewrites = a->rewrites;

	if (renameat2(AT_FDCWD, a->path, AT_FDCWD, b->path, RENAME_EXCHANGE))
		return -errno;
	a->content = b->content;
	b->content = content;
	a->rewrites = b->rewrites;
	b->rewrites = rewrites;
	swap(&a->ino, &b->ino);
	return 0;
}
