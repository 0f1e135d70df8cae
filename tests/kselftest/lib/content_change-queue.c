// SPDX-License-Identifier: GPL-2.0-or-later
/* content_change-queue.c - changes from a pipe, from another file, by a queue of requests (see
 * content_change.h). */
#include "content_change.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/io_uring.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static char page[EDIT_PAGE] __attribute__((aligned(EDIT_PAGE))) = "queued";

static int whole_page(ssize_t written)
{
	return written < 0 ? -errno : written == EDIT_PAGE ? 0 : -EIO;
}

/* The data in a pipe goes into the second page. */
static int from_pipe(int fd, int (*put)(int pipe))
{
	loff_t at = EDIT_PAGE;
	int pipe[2], ret;

	if (pipe2(pipe, O_CLOEXEC))
		return -errno;
	ret = put(pipe[1]);
	if (!ret)
		ret = whole_page(splice(pipe[0], NULL, fd, &at, EDIT_PAGE, 0));
	close(pipe[0]);
	close(pipe[1]);
	return ret;
}

static int put_bytes(int pipe)
{
	return whole_page(write(pipe, page, sizeof(page)));
}

static int put_page(int pipe)
{
	const struct iovec v = { page, sizeof(page) };

	return whole_page(vmsplice(pipe, &v, 1, SPLICE_F_GIFT));
}

static int splice_bytes(int fd)
{
	return from_pipe(fd, put_bytes);
}

static int splice_page(int fd)
{
	return from_pipe(fd, put_page);
}

int edit_splice(struct edit *e)
{
	return edit_once(e, O_WRONLY, splice_bytes);
}

int edit_vmsplice(struct edit *e)
{
	return edit_once(e, O_WRONLY, splice_page);
}

int edit_sendfile(struct edit *e)
{
	int fd = gth_open_fd(e->file.path, O_WRONLY), ret;
	off_t from = EDIT_PAGE;

	if (fd < 0)
		return fd;
	if (lseek(fd, EDIT_PAGE, SEEK_SET) != EDIT_PAGE)
		ret = -errno;
	else
		ret = whole_page(sendfile(fd, e->other_fd, &from, EDIT_PAGE));
	close(fd);
	return ret;
}

static int submit(int fd)
{
	struct iocb request = {
		.aio_lio_opcode = IOCB_CMD_PWRITE,
		.aio_fildes = (unsigned int)fd,
		.aio_buf = (unsigned long)page,
		.aio_nbytes = sizeof(page),
		.aio_offset = EDIT_PAGE,
	};
	struct iocb *requests = &request;
	aio_context_t context = 0;
	struct io_event done;
	int ret;

	if (syscall(SYS_io_setup, 1, &context))
		return errno == ENOSYS ? -EOPNOTSUPP : -errno;
	if (syscall(SYS_io_submit, context, 1, &requests) != 1 ||
	    syscall(SYS_io_getevents, context, 1, 1, &done, NULL) != 1)
		ret = -errno;
	else
		ret = done.res == EDIT_PAGE ? 0 : -EIO;
	syscall(SYS_io_destroy, context);
	return ret;
}

int edit_aio(struct edit *e)
{
	return edit_once(e, O_WRONLY, submit);
}

static int ring_write(int fd)
{
	struct io_uring_sqe entry = {
		.opcode = IORING_OP_WRITE,
		.fd = fd,
		.addr = (unsigned long)page,
		.len = sizeof(page),
		.off = EDIT_PAGE,
	};
	struct gth_ring ring;
	int ret = gth_ring_open(&ring);

	if (ret)
		return ret == -ENOSYS ? -EOPNOTSUPP : ret;
	ret = gth_ring_submit(&ring, &entry);
	close(ring.fd);
	return ret < 0 ? ret : ret == EDIT_PAGE ? 0 : -EIO;
}

int edit_ring(struct edit *e)
{
	return edit_once(e, O_WRONLY, ring_write);
}
