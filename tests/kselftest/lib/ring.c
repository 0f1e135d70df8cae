// SPDX-License-Identifier: GPL-2.0-or-later
/* ring.c - io_uring, one request at a time (see gth.h). */
#include "gth.h"

#include <errno.h>
#include <linux/io_uring.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* gth_ring_open() - -ENOSYS: this kernel has no io_uring, or allows no use of it */
int gth_ring_open(struct gth_ring *r)
{
	struct io_uring_params p = { 0 };
	char *queues;
	void *entry;

	r->fd = (int)syscall(SYS_io_uring_setup, 1, &p);
	if (r->fd < 0)
		return errno == EPERM ? -ENOSYS : -errno;
	/* Every kernel that is tested has both queues in one mapping. */
	queues = mmap(NULL, p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe),
		      PROT_READ | PROT_WRITE, MAP_SHARED, r->fd, IORING_OFF_SQ_RING);
	entry = mmap(NULL, sizeof(struct io_uring_sqe), PROT_READ | PROT_WRITE, MAP_SHARED, r->fd,
		     IORING_OFF_SQES);
	if (!(p.features & IORING_FEAT_SINGLE_MMAP) || queues == MAP_FAILED || entry == MAP_FAILED)
		return -EIO;
	r->entry = entry;
	r->tail = (unsigned int *)(queues + p.sq_off.tail);
	/* The only slot holds the only entry, number 0. */
	*(unsigned int *)(queues + p.sq_off.array) = 0;
	r->done_head = (unsigned int *)(queues + p.cq_off.head);
	r->done_tail = (unsigned int *)(queues + p.cq_off.tail);
	r->done_mask = p.cq_entries - 1;
	r->done = (struct io_uring_cqe *)(queues + p.cq_off.cqes);
	return 0;
}

/* gth_ring_submit() - waits for it and gives its result; -EIO: it was not taken */
int gth_ring_submit(struct gth_ring *r, const struct io_uring_sqe *entry)
{
	unsigned int head = *r->done_head;
	int result;

	*r->entry = *entry;
	__atomic_store_n(r->tail, *r->tail + 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, r->fd, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) != 1 ||
	    __atomic_load_n(r->done_tail, __ATOMIC_ACQUIRE) != head + 1)
		return -EIO;
	result = r->done[head & r->done_mask].res;
	__atomic_store_n(r->done_head, head + 1, __ATOMIC_RELEASE);
	return result;
}
