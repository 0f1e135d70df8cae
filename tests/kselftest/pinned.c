// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * pinned.c - pages that io_uring keeps can be written when no mapping and no
 * writer is left: nothing counts that as a change, so it must not be kept.
 */
#include "test.h"

#include <linux/io_uring.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* A ring with one page of a file as its buffer. */
struct pin {
	struct gth_ring ring;
	void *address;
};

static int pin_page(struct pin *p, int fd)
{
	struct iovec buffer;
	int ret = gth_ring_open(&p->ring);

	if (ret)
		return ret;
	p->address = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p->address == MAP_FAILED)
		return -errno;
	buffer = (struct iovec) { .iov_base = p->address, .iov_len = 4096 };
	if (syscall(SYS_io_uring_register, p->ring.fd, IORING_REGISTER_BUFFERS, &buffer, 1))
		return -errno;
	return munmap(p->address, 4096) ? -errno : 0;
}

/* Reads a page of another file into the pinned one. */
static int write_page(struct pin *p, int from)
{
	struct io_uring_sqe read_fixed = { .opcode = IORING_OP_READ_FIXED,
					   .fd = from,
					   .addr = (unsigned long)p->address,
					   .len = 4096 };

	return gth_ring_submit(&p->ring, &read_fixed) == 4096 ? 0 : -EIO;
}

FIXTURE(pinned)
{
	struct gth_place place;
	struct gth_file f;
	uint8_t bad[GTH_PROGRAM_SIZE];
	int source;
	struct pin pin;
};

FIXTURE_SETUP(pinned)
{
	uint8_t digest[GTH_DIGEST_SIZE];

	ASSERT_EQ(0, gth_begin(&self->place, TMPFS));
	ASSERT_EQ(0, gth_make_program(&self->f, &self->place, "f", NULL, 1));
	gth_program(self->bad, NULL, 0x400000, 66);
	gth_sha256(self->bad, sizeof(self->bad), digest);
	ASSERT_EQ(0, gth_verdict(digest, GTH_CLASS_MALICIOUS, 0));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	self->source = gth_memory_file(self->bad, sizeof(self->bad));
	ASSERT_LE(0, self->source);
	ASSERT_EQ(-EPERM, gth_exec_fd(self->source));
}

FIXTURE_TEARDOWN_PARENT(pinned)
{
	gth_end(&self->place);
}

TEST_F(pinned, page_of_a_memfd_is_judged_anew)
{
	uint8_t good[GTH_PROGRAM_SIZE], now[GTH_PROGRAM_SIZE];
	int fd, err;

	gth_program(good, NULL, 0x400000, 1);
	fd = gth_memory_file(good, sizeof(good));
	ASSERT_LE(0, fd);
	err = pin_page(&self->pin, fd);
	if (err == -ENOSYS)
		SKIP(return, "no io_uring");
	ASSERT_EQ(0, err);
	EXPECT_EQ(1, gth_exec_fd(fd));
	ASSERT_EQ(0, write_page(&self->pin, self->source));
	ASSERT_EQ(GTH_PROGRAM_SIZE, pread(fd, now, sizeof(now), 0));
	ASSERT_EQ(0, memcmp(now, self->bad, sizeof(now)));
	EXPECT_EQ(-EPERM, gth_exec_fd(fd));
}

TEST_F(pinned, page_of_a_tmpfs_file_is_judged_anew)
{
	int fd, err;

	fd = gth_open_fd(self->f.path, O_RDWR);
	ASSERT_LE(0, fd);
	err = pin_page(&self->pin, fd);
	if (err == -ENOSYS)
		SKIP(return, "no io_uring");
	ASSERT_EQ(0, err);
	close(fd);
	EXPECT_EQ(1, gth_exec(self->f.path));
	ASSERT_EQ(0, write_page(&self->pin, self->source));
	EXPECT_EQ(-EPERM, gth_exec(self->f.path));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
}

TEST_HARNESS_MAIN
