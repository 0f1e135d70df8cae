// SPDX-License-Identifier: GPL-2.0-or-later
/* reserve.c - room on the filesystem of the state directory (see reserve.h). */
#include "daemon/store/reserve.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/**
 * gth_reserve_kept() - the bytes of the filesystem that are to stay free
 * @available: set to the bytes that are free for this user; or NULL
 *
 * If statvfs(3) fails, *available is 0.
 */
uint64_t gth_reserve_kept(const struct gth_reserve *r, uint64_t *available)
{
	struct statvfs fs = { 0 };
	uint64_t part;

	if (fstatvfs(r->dirfd, &fs))
		fs.f_blocks = fs.f_bavail = 0;
	if (available)
		*available = (uint64_t)fs.f_bavail * fs.f_frsize;
	part = (uint64_t)fs.f_blocks * fs.f_frsize / 100 * r->percent;
	return part > r->keep ? part : r->keep;
}

/* gth_reserve_leaves() - does a write of @need bytes leave enough free? */
bool gth_reserve_leaves(const struct gth_reserve *r, uint64_t need)
{
	uint64_t available, kept = gth_reserve_kept(r, &available);

	return available >= kept && available - kept >= need;
}

/*
 * gth_reserve_fill() - enlarge it to its size, as far as there is room; it does not take the last
 * GTH_RESERVE_SIZE bytes of the filesystem
 */
void gth_reserve_fill(struct gth_reserve *r)
{
	uint64_t available;

	while (r->fd >= 0 && r->size < GTH_RESERVE_SIZE) {
		gth_reserve_kept(r, &available);
		if (available < GTH_RESERVE_SIZE + GTH_RESERVE_PART)
			return;
		/* Allocates blocks; on a filesystem without fallocate(2), glibc writes them. */
		if (posix_fallocate(r->fd, (off_t)r->size, (off_t)GTH_RESERVE_PART))
			return;
		r->size += GTH_RESERVE_PART;
	}
}

/* gth_reserve_give() - gives a part of it back to the filesystem. Return: was there one? */
bool gth_reserve_give(struct gth_reserve *r)
{
	uint64_t left = r->size > GTH_RESERVE_PART ? r->size - GTH_RESERVE_PART : 0;

	if (r->fd < 0 || !r->size || ftruncate(r->fd, (off_t)left))
		return false;
	r->size = left;
	return true;
}

/**
 * gth_reserve_open() - open the reserve of a state directory; create it if
 * there is none
 * @state_dir: must stay open as long as @r is used
 * @keep: bytes of the filesystem that stay free, or
 * @percent: of it, whichever is more
 *
 * Return: 0; a negative errno: there is no reserve, but @r can be used.
 */
int gth_reserve_open(struct gth_reserve *r, int state_dir, uint64_t keep, unsigned int percent)
{
	struct stat st;

	*r = (struct gth_reserve) { .dirfd = state_dir, .keep = keep, .percent = percent };
	r->fd = openat(state_dir, GTH_RESERVE_FILE, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC,
		       0600);
	if (r->fd < 0)
		return -errno;
	if (fstat(r->fd, &st)) {
		int err = -errno;

		gth_reserve_close(r);
		return err;
	}
	r->size = (uint64_t)st.st_size;
	gth_reserve_fill(r);
	return 0;
}

void gth_reserve_close(struct gth_reserve *r)
{
	if (r->fd >= 0)
		close(r->fd);
	r->fd = -1;
}
