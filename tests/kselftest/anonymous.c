// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * anonymous.c - memory without a file may become code: there is nothing to judge
 * (docs/limitations.md). The kernel keeps a nameless file behind some of it.
 */
#include "test.h"

#include <sys/mman.h>
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

TEST_F(anonymous, private_memory_is_free)
{
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	EXPECT_EQ(0, map_as_code(MAP_PRIVATE | MAP_ANONYMOUS, -1, 4096));
	EXPECT_EQ(0, becomes_code(MAP_PRIVATE | MAP_ANONYMOUS, -1, 4096));
}

TEST_F(anonymous, shared_memory_is_free)
{
	int zero = gth_open_fd("/dev/zero", O_RDWR);

	ASSERT_EQ(0, gth_set("mode", "enforce"));
	EXPECT_EQ(0, map_as_code(MAP_SHARED | MAP_ANONYMOUS, -1, 4096));
	EXPECT_EQ(0, becomes_code(MAP_SHARED | MAP_ANONYMOUS, -1, 4096));
	EXPECT_EQ(0, map_as_code(MAP_SHARED, zero, 4096));
	EXPECT_EQ(0, becomes_code(MAP_SHARED, zero, 4096));
}

TEST_F(anonymous, huge_pages_are_free)
{
	if (gth_write_file("/proc/sys/vm/nr_hugepages", "2", 1) ||
	    becomes_code(MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, HUGE))
		SKIP(return, "no huge pages");
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	EXPECT_EQ(0, map_as_code(MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, HUGE));
	EXPECT_EQ(0, becomes_code(MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, HUGE));
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
