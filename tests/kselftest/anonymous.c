// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * anonymous.c - memory without a file may become code: there is nothing to judge
 * (docs/limitations.md). The kernel keeps a nameless file behind some of it.
 */
#include "test.h"

#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <unistd.h>

#define HUGE (2UL << 20)

GTH_FIXTURE_PLACE(anonymous, NULL)

static int map_as_code(int flags, int fd, size_t len)
{
	void *p = mmap(NULL, len, PROT_READ | PROT_WRITE | PROT_EXEC, flags, fd, 0);

	return p == MAP_FAILED || munmap(p, len) ? -errno : 0;
}

static int becomes_code(int flags, int fd, size_t len)
{
	char *p = mmap(NULL, len, PROT_READ | PROT_WRITE, flags, fd, 0);

	if (p == MAP_FAILED)
		return -errno;
	p[0] = 1;
	return mprotect(p, len, PROT_READ | PROT_EXEC) || munmap(p, len) ? -errno : 0;
}

/* It is free, and the counter tells of it. */
#define EXPECT_COUNTED(n, deed)                                                                    \
	do {                                                                                       \
		gth_u64 before = gth_stat("skipped_memory");                                       \
                                                                                                   \
		EXPECT_EQ(0, deed);                                                                \
		EXPECT_EQ(before + (n), gth_stat("skipped_memory"));                               \
	} while (0)

/* Nothing that is unknown may become code. */
static int deny(void)
{
	int ret = gth_set("exec_unknown", "deny");

	return ret ? ret : gth_set("mode", "enforce");
}

TEST_F(anonymous, private_memory_is_free)
{
	ASSERT_EQ(0, deny());
	EXPECT_COUNTED(0, map_as_code(MAP_PRIVATE | MAP_ANONYMOUS, -1, 4096));
	EXPECT_COUNTED(0, becomes_code(MAP_PRIVATE | MAP_ANONYMOUS, -1, 4096));
}

TEST_F(anonymous, shared_memory_is_free)
{
	int zero = gth_open_fd("/dev/zero", O_RDWR);

	ASSERT_LE(0, zero);
	ASSERT_EQ(0, deny());
	/* It has no file yet when it is asked for. */
	EXPECT_COUNTED(0, map_as_code(MAP_SHARED | MAP_ANONYMOUS, -1, 4096));
	EXPECT_COUNTED(1, becomes_code(MAP_SHARED | MAP_ANONYMOUS, -1, 4096));
	EXPECT_COUNTED(1, map_as_code(MAP_SHARED, zero, 4096));
	EXPECT_COUNTED(1, becomes_code(MAP_SHARED, zero, 4096));
	close(zero);
}

TEST_F(anonymous, device_is_free)
{
	int zero = gth_open_fd("/dev/zero", O_RDWR);

	ASSERT_LE(0, zero);
	ASSERT_EQ(0, deny());
	EXPECT_COUNTED(1, map_as_code(MAP_PRIVATE, zero, 4096));
	EXPECT_COUNTED(1, becomes_code(MAP_PRIVATE, zero, 4096));
	close(zero);
}

/* Of an anonymous inode, whose mode has no type. */
TEST_F(anonymous, ring_is_free)
{
	struct gth_ring ring;
	int ret = gth_ring_open(&ring);

	if (ret == -ENOSYS)
		SKIP(return, "no io_uring");
	ASSERT_EQ(0, ret);
	ASSERT_EQ(0, deny());
	EXPECT_COUNTED(1, map_as_code(MAP_SHARED, ring.fd, 4096));
	close(ring.fd);
}

static int segment_becomes_code(void)
{
	int id = shmget(IPC_PRIVATE, 4096, 0600), ret;
	char *p = shmat(id, NULL, 0);

	if (p == (void *)-1)
		return -errno;
	p[0] = 1;
	ret = mprotect(p, 4096, PROT_READ | PROT_EXEC) ? -errno : 0;
	shmdt(p);
	shmctl(id, IPC_RMID, NULL);
	return ret;
}

TEST_F(anonymous, segment_is_free)
{
	ASSERT_EQ(0, deny());
	EXPECT_COUNTED(1, segment_becomes_code());
}

/* A memfd is one that is mapped: unknown content is not, and mprotect is as good as free. */
TEST_F(anonymous, memfd_is_judged_when_it_is_mapped_as_code)
{
	const char page[4096] = "memfd";
	int fd = gth_memory_file(page, sizeof(page));

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, deny());
	EXPECT_EQ(-EPERM, map_as_code(MAP_PRIVATE, fd, 4096));
	EXPECT_COUNTED(1, becomes_code(MAP_PRIVATE, fd, 4096));
	close(fd);
}

/* Not even the kernel reads it: it must not become code. */
TEST_F(anonymous, secret_memory_cannot_become_code)
{
	int fd = (int)syscall(SYS_memfd_secret, 0);

	if (fd < 0)
		SKIP(return, "no memfd_secret");
	ASSERT_EQ(0, ftruncate(fd, 4096));
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(-EPERM, map_as_code(MAP_SHARED, fd, 4096));
		EXPECT_EQ(-EACCES, becomes_code(MAP_SHARED, fd, 4096));
		ASSERT_EQ(0, deny());
	}
	close(fd);
}

TEST_F(anonymous, huge_pages_are_free)
{
	if (gth_write_file("/proc/sys/vm/nr_hugepages", "2", 1) ||
	    becomes_code(MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, HUGE))
		SKIP(return, "no huge pages");
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	/* The kernel makes its file before: it is hashed, as a memfd would be. */
	EXPECT_COUNTED(0, map_as_code(MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, HUGE));
	EXPECT_COUNTED(1, becomes_code(MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, HUGE));
}

/* From Linux 6.9 on it is a regular file on a filesystem of its own, and opened like one. */
TEST_F(anonymous, process_descriptor_is_free)
{
	gth_u64 slow;
	int fd;

	ASSERT_EQ(0, gth_set("open_unknown", "hold"));
	ASSERT_EQ(0, gth_set("no_daemon", "deny"));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	slow = gth_stat("slow");
	fd = (int)syscall(SYS_pidfd_open, getpid(), 0);
	EXPECT_LE(0, fd);
	EXPECT_EQ(slow, gth_stat("slow"));
	close(fd);
}

TEST_HARNESS_MAIN
