// SPDX-License-Identifier: GPL-2.0-or-later
/* io_uring.c - a listed file is not opened for reading through io_uring. */
#include "access_paths.h"

#include <linux/io_uring.h>
#include <linux/openat2.h>
#include <sys/syscall.h>

GTH_FIXTURE_ACCESS_PATHS(io_uring)

static struct gth_ring ring;

static int ring_openat_flags(const char *path, int flags, unsigned char how)
{
	struct io_uring_sqe entry = { .opcode = IORING_OP_OPENAT,
				      .flags = how,
				      .fd = AT_FDCWD,
				      .addr = (unsigned long)path,
				      .open_flags = (uint32_t)flags };

	return closed(gth_ring_submit(&ring, &entry));
}

static int ring_openat(const char *path)
{
	return ring_openat_flags(path, O_RDONLY, 0);
}

/* A worker of the kernel opens it. */
static int ring_openat_worker(const char *path)
{
	return ring_openat_flags(path, O_RDONLY, IOSQE_ASYNC);
}

static int ring_openat2(const char *path)
{
	struct open_how how = { .flags = O_RDONLY };
	struct io_uring_sqe entry = { .opcode = IORING_OP_OPENAT2,
				      .fd = AT_FDCWD,
				      .addr = (unsigned long)path,
				      .len = sizeof(how),
				      .addr2 = (unsigned long)&how };

	return closed(gth_ring_submit(&ring, &entry));
}

/* Into the ring's own table: it never gets a descriptor. */
static int ring_openat_direct(const char *path)
{
	struct io_uring_sqe entry = { .opcode = IORING_OP_OPENAT,
				      .fd = AT_FDCWD,
				      .addr = (unsigned long)path,
				      .file_index = 1 };

	return gth_ring_submit(&ring, &entry);
}

#define NEED_RING()                                                                                \
	do {                                                                                       \
		int err_ = gth_ring_open(&ring);                                                   \
		if (err_ == -ENOSYS)                                                               \
			SKIP(return, "no io_uring");                                               \
		ASSERT_EQ(0, err_);                                                                \
	} while (0)

TEST_F(io_uring, open_is_denied)
{
	int none = -1;

	NEED_RING();
	DENIES(ring_openat);
	DENIES(ring_openat_worker);
	DENIES(ring_openat2);
	ASSERT_EQ(0, syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_FILES, &none, 1));
	DENIES(ring_openat_direct);
}

TEST_F(io_uring, open_that_reads_nothing_is_free)
{
	gth_u64 denied = gth_stat("denied");
	char path[64];
	int fd;

	NEED_RING();
	EXPECT_EQ(0, ring_openat_flags(self->listed.path, O_PATH, 0));
	EXPECT_EQ(0, ring_openat_flags(self->listed.path, O_WRONLY, 0));
	EXPECT_EQ(0, ring_openat_flags(self->listed.path, O_WRONLY, IOSQE_ASYNC));
	EXPECT_EQ(denied, gth_stat("denied"));
	fd = gth_open_fd(self->listed.path, O_PATH);
	ASSERT_LE(0, fd);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	EXPECT_EQ(-EPERM, ring_openat(path));
	EXPECT_EQ(0, ring_openat_flags(path, O_PATH, 0));
}

TEST_HARNESS_MAIN
