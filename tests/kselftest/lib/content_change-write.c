// SPDX-License-Identifier: GPL-2.0-or-later
/* content_change-write.c - changes through a descriptor that is open for writing (see
 * content_change.h). */
#include "content_change.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static char page[EDIT_PAGE] __attribute__((aligned(EDIT_PAGE))) = "written";

static int whole_page(ssize_t written)
{
	return written < 0 ? -errno : written == EDIT_PAGE ? 0 : -EIO;
}

static int write_plain(int fd)
{
	return whole_page(pwrite(fd, page, sizeof(page), EDIT_PAGE));
}

static int write_dsync(int fd)
{
	const struct iovec v = { page, sizeof(page) };

	return whole_page(pwritev2(fd, &v, 1, EDIT_PAGE, RWF_DSYNC));
}

static int write_append(int fd)
{
	const struct iovec v = { page, sizeof(page) };

	return whole_page(pwritev2(fd, &v, 1, 0, RWF_APPEND));
}

static int cut(int fd)
{
	return ftruncate(fd, EDIT_PAGE + 1) ? -errno : 0;
}

static int leave(int fd)
{
	(void)fd;
	return 0;
}

int edit_write(struct edit *e)
{
	return edit_once(e, O_WRONLY, write_plain);
}

int edit_write_dsync(struct edit *e)
{
	return edit_once(e, O_WRONLY, write_dsync);
}

int edit_write_append(struct edit *e)
{
	return edit_once(e, O_WRONLY, write_append);
}

int edit_write_direct(struct edit *e)
{
	int ret = edit_once(e, O_WRONLY | O_DIRECT, write_plain);

	return ret == -EINVAL ? -EOPNOTSUPP : ret;
}

int edit_truncate(struct edit *e)
{
	return truncate(e->file.path, EDIT_PAGE + 1) ? -errno : 0;
}

int edit_ftruncate(struct edit *e)
{
	return edit_once(e, O_WRONLY, cut);
}

/* The file is empty then, without ever having been open for writing. */
int edit_open_truncating(struct edit *e)
{
	return edit_once(e, O_RDONLY | O_TRUNC, leave);
}

/* Size and times are what they were. */
int edit_with_old_times(struct edit *e)
{
	struct timespec times[2];
	struct stat st;
	int ret;

	if (stat(e->file.path, &st))
		return -errno;
	times[0] = st.st_atim;
	times[1] = st.st_mtim;
	ret = edit_write(e);
	if (!ret && utimensat(AT_FDCWD, e->file.path, times, 0))
		ret = -errno;
	return ret;
}

/* A descriptor from before the verdict: */
int edit_open_early(struct edit *e)
{
	e->fd = gth_open_fd(e->file.path, O_WRONLY);
	return e->fd < 0 ? e->fd : 0;
}

int edit_write_late(struct edit *e)
{
	return write_plain(e->fd);
}

/* Another process writes, and keeps the file open. */
int edit_by_living_process(struct edit *e)
{
	int tell[2], ret = -EIO;

	if (pipe2(tell, O_CLOEXEC))
		return -errno;
	e->child = fork();
	if (!e->child) {
		int fd = gth_open_fd(e->file.path, O_WRONLY);

		ret = fd < 0 ? fd : write_plain(fd);
		if (write(tell[1], &ret, sizeof(ret)) == sizeof(ret))
			pause();
		_exit(1);
	}
	close(tell[1]);
	if (read(tell[0], &ret, sizeof(ret)) != sizeof(ret))
		ret = -EIO;
	close(tell[0]);
	return ret;
}
