// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mappings.c - no mapping of a listed file becomes code, however it is asked
 * for. The descriptors are from before it was denied.
 */
#include "access_paths.h"

#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/shm.h>
#include <sys/syscall.h>

FIXTURE(mappings)
{
	struct gth_place place;
	struct gth_file listed, other;
	int denied, allowed;
};

FIXTURE_VARIANT(mappings)
{
	const char *parent;
};

FIXTURE_VARIANT_ADD(mappings, mnt) { .parent = MNT };

FIXTURE_VARIANT_ADD(mappings, tmpfs) { .parent = TMPFS };

FIXTURE_SETUP(mappings)
{
	ASSERT_EQ(0, gth_begin(&self->place, variant->parent));
	ASSERT_EQ(0, gth_make_program(&self->listed, &self->place, "listed", NULL, 7));
	ASSERT_EQ(0, gth_make_program(&self->other, &self->place, "other", NULL, 7));
	ASSERT_EQ(0, gth_list(&self->listed, GTH_CLASS_MALICIOUS));
	self->denied = gth_open_fd(self->listed.path, O_RDONLY);
	self->allowed = gth_open_fd(self->other.path, O_RDONLY);
	ASSERT_LE(0, self->denied);
	ASSERT_LE(0, self->allowed);
	ASSERT_EQ(0, gth_set("mode", "enforce"));
}

FIXTURE_TEARDOWN_PARENT(mappings)
{
	gth_end(&self->place);
}

#define DENIES_MAPPING(way)                                                                        \
	do {                                                                                       \
		EXPECT_EQ(0, way(self->allowed));                                                  \
		EXPECT_EQ(-EPERM, way(self->denied));                                              \
	} while (0)

/* Does the kernel say that it is code? */
static bool is_code(void *address)
{
	char line[512], mode[8] = "";
	unsigned long from, to;
	FILE *maps = fopen("/proc/self/maps", "re");

	while (maps && fgets(line, sizeof(line), maps))
		if (sscanf(line, "%lx-%lx %7s", &from, &to, mode) == 3 &&
		    from <= (unsigned long)address && (unsigned long)address < to)
			break;
	if (maps)
		fclose(maps);
	return mode[2] == 'x';
}

/* An allowed mapping has to be code then, or the way would show nothing. */
static int as_code(void *address, int err)
{
	if (err)
		return -errno;
	return is_code(address) ? 0 : -EIO;
}

static int map_shared(int fd)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);

	return as_code(p, p == MAP_FAILED);
}

/* Over an anonymous mapping, populated, as the dynamic loader and a jit would */
static int map_fixed(int fd)
{
	void *at = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	void *p = mmap(at, 4096, PROT_EXEC, MAP_PRIVATE | MAP_FIXED | MAP_POPULATE, fd, 0);

	return as_code(p, p == MAP_FAILED);
}

static int writable_becomes_code(int fd)
{
	char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);

	if (p == MAP_FAILED)
		return -errno;
	/* A copy of the page, but of a mapping of the file. */
	p[0]++;
	return as_code(p, mprotect(p, 4096, PROT_READ | PROT_EXEC));
}

static int by_pkey_mprotect(int fd)
{
	void *p = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);

	if (p == MAP_FAILED)
		return -errno;
	return as_code(p, (int)syscall(SYS_pkey_mprotect, p, 4096L, PROT_READ | PROT_EXEC, -1));
}

TEST_F(mappings, every_call_is_denied)
{
	DENIES_MAPPING(map_shared);
	DENIES_MAPPING(map_fixed);
	DENIES_MAPPING(writable_becomes_code);
	DENIES_MAPPING(by_pkey_mprotect);
}

/* Memory with a file behind it that has no name */

static int attach_as_code(const uint8_t image[GTH_PROGRAM_SIZE])
{
	int id = shmget(IPC_PRIVATE, GTH_PROGRAM_SIZE, 0700), ret;
	void *p = shmat(id, NULL, 0);

	if (p == (void *)-1)
		return -errno;
	memcpy(p, image, GTH_PROGRAM_SIZE);
	shmdt(p);
	p = shmat(id, NULL, SHM_RDONLY | SHM_EXEC);
	ret = as_code(p, p == (void *)-1);
	shmctl(id, IPC_RMID, NULL);
	return ret;
}

TEST_F(mappings, shared_memory_with_listed_content_is_denied)
{
	uint8_t image[GTH_PROGRAM_SIZE];

	ASSERT_EQ(GTH_PROGRAM_SIZE, read(self->allowed, image, sizeof(image)));
	EXPECT_EQ(0, attach_as_code(image));
	ASSERT_EQ(GTH_PROGRAM_SIZE, read(self->denied, image, sizeof(image)));
	EXPECT_EQ(-EPERM, attach_as_code(image));
}

TEST_F(mappings, huge_page_with_listed_content_is_denied)
{
	int fd = memfd_create("huge", MFD_HUGETLB);
	uint8_t digest[GTH_DIGEST_SIZE];
	const size_t len = 2 << 20;
	void *p;

	if (gth_write_file("/proc/sys/vm/nr_hugepages", "4", 1) || fd < 0 || ftruncate(fd, 2 << 20))
		SKIP(return, "no huge pages");
	p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		SKIP(return, "no huge page left");
	gth_salt(p, 64);
	gth_sha256(p, len, digest);
	munmap(p, len);
	p = mmap(NULL, len, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);
	EXPECT_EQ(0, as_code(p, p == MAP_FAILED));
	ASSERT_EQ(0, gth_verdict(digest, GTH_CLASS_MALICIOUS, 0));
	EXPECT_EQ(MAP_FAILED, mmap(NULL, len, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0));
	EXPECT_EQ(EPERM, errno);
}

/* personality(READ_IMPLIES_EXEC): what is asked for is not what comes of it. */

static int map_for_reading(int fd)
{
	void *p = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);

	return as_code(p, p == MAP_FAILED);
}

/* Mapped before; then changed without asking for code. */
static int mapped_before(int fd, int (*change)(void *p))
{
	void *p;

	personality(PER_LINUX);
	p = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	personality(PER_LINUX | READ_IMPLIES_EXEC);
	if (p == MAP_FAILED || is_code(p))
		return -EIO;
	return as_code(p, change(p));
}

static int protect(void *p)
{
	return mprotect(p, 4096, PROT_READ);
}

static int remap(void *p)
{
	return (int)syscall(SYS_remap_file_pages, p, 4096L, 0L, 0L, 0L);
}

static int protected_for_reading(int fd)
{
	return mapped_before(fd, protect);
}

static int remapped(int fd)
{
	return mapped_before(fd, remap);
}

TEST_F(mappings, reading_that_implies_exec_is_denied)
{
	ASSERT_LE(0, personality(PER_LINUX | READ_IMPLIES_EXEC));
	DENIES_MAPPING(map_for_reading);
	DENIES_MAPPING(protected_for_reading);
}

TEST_F(mappings, remapping_that_implies_exec_is_denied)
{
	/* Only what may be written is mapped as shared. */
	ASSERT_EQ(0, gth_set("mode", "monitor"));
	self->denied = gth_open_fd(self->listed.path, O_RDWR);
	self->allowed = gth_open_fd(self->other.path, O_RDWR);
	ASSERT_LE(0, self->denied);
	ASSERT_LE(0, self->allowed);
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	DENIES_MAPPING(remapped);
}

TEST_HARNESS_MAIN
