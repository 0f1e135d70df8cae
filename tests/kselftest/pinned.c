// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * pinned.c - pages that io_uring keeps can be written when no mapping and no writer
 * is left: nothing counts that as a change, so it must not be kept. A page that is
 * only mapped, however often, is not one of them. Pages that are held in another way
 * are in filled.c.
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

/* In a test, which is skipped where there is no io_uring. */
#define PIN(fd)                                                                                    \
	do {                                                                                       \
		int err_ = pin_page(&self->pin, fd);                                               \
		if (err_ == -ENOSYS)                                                               \
			SKIP(return, "no io_uring");                                               \
		ASSERT_EQ(0, err_);                                                                \
	} while (0)

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
	int fd;

	gth_program(good, NULL, 0x400000, 1);
	fd = gth_memory_file(good, sizeof(good));
	ASSERT_LE(0, fd);
	PIN(fd);
	EXPECT_EQ(1, gth_exec_fd(fd));
	ASSERT_EQ(0, write_page(&self->pin, self->source));
	ASSERT_EQ(GTH_PROGRAM_SIZE, pread(fd, now, sizeof(now), 0));
	ASSERT_EQ(0, memcmp(now, self->bad, sizeof(now)));
	EXPECT_EQ(-EPERM, gth_exec_fd(fd));
}

TEST_F(pinned, page_of_a_tmpfs_file_is_judged_anew)
{
	int fd;

	fd = gth_open_fd(self->f.path, O_RDWR);
	ASSERT_LE(0, fd);
	PIN(fd);
	close(fd);
	EXPECT_EQ(1, gth_exec(self->f.path));
	ASSERT_EQ(0, write_page(&self->pin, self->source));
	EXPECT_EQ(-EPERM, gth_exec(self->f.path));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
}

/* Only the head of a file that is not code is read, and its verdict must not be kept either. */

static void text_becomes_code(struct __test_metadata *_metadata, FIXTURE_DATA(pinned) * self,
			      const uint8_t bad[4096])
{
	uint8_t text[4096], now[4096], digest[GTH_DIGEST_SIZE];
	gth_u64 hashes = gth_stat("hashes"), scope;
	int fd, source;
	struct gth_file f;

	memset(text, 'a', sizeof(text));
	ASSERT_EQ(0, gth_make(&f, &self->place, "text", 0644, text, sizeof(text)));
	gth_sha256(bad, sizeof(text), digest);
	ASSERT_EQ(0, gth_verdict(digest, GTH_CLASS_MALICIOUS, 0));
	source = gth_memory_file(bad, sizeof(text));
	ASSERT_LE(0, source);
	fd = gth_open_fd(f.path, O_RDWR);
	ASSERT_LE(0, fd);
	PIN(fd);
	close(fd);
	scope = gth_stat("skipped_scope");
	EXPECT_EQ(0, gth_open(f.path, O_RDONLY));
	fd = gth_open_fd(f.path, O_RDONLY);
	ASSERT_LE(0, fd);
	EXPECT_EQ(scope + 2, gth_stat("skipped_scope"));
	EXPECT_EQ(hashes, gth_stat("hashes"));
	ASSERT_EQ(0, write_page(&self->pin, source));
	ASSERT_EQ((ssize_t)sizeof(now), pread(fd, now, sizeof(now), 0));
	ASSERT_EQ(0, memcmp(now, bad, sizeof(now)));
	EXPECT_EQ(-EPERM, gth_open(f.path, O_RDONLY));
	EXPECT_EQ(-EPERM, gth_open(f.path, O_RDONLY));
	close(fd);
	close(source);
}

TEST_F(pinned, text_that_becomes_a_program_is_judged_anew)
{
	text_becomes_code(_metadata, self, self->bad);
}

TEST_F(pinned, text_that_becomes_a_script_is_judged_anew)
{
	uint8_t script[4096];

	memset(script, '\n', sizeof(script));
	memcpy(script, "#!/nowhere\n", 11);
	gth_salt(script + sizeof(script) - 16, 16);
	text_becomes_code(_metadata, self, script);
}

/* Pages that are mapped more often than a pin counts */

#define MAPS 1100

/* Maps a file's first page so many times and reads it in each; the first mapping, or NULL */
static void *map_many(int fd, int flags)
{
	void *first = NULL;

	for (int i = 0; i < MAPS; i++) {
		char *p = mmap(NULL, 4096, PROT_READ, flags, fd, 0);

		if (p == MAP_FAILED)
			return NULL;
		*(volatile char *)p;
		first = first ? first : p;
	}
	return first;
}

/* In how many mappings the kernel has the page that is at address p */
static gth_u64 maps_of(const void *p)
{
	int pagemap = gth_open_fd("/proc/self/pagemap", O_RDONLY);
	int counts = gth_open_fd("/proc/kpagecount", O_RDONLY);
	uint64_t entry = 0, n = 0;

	if (pread(pagemap, &entry, 8, (off_t)((uintptr_t)p / 4096 * 8)) != 8 ||
	    pread(counts, &n, 8, (off_t)((entry & ((1ULL << 55) - 1)) * 8)) != 8)
		n = 0;
	close(pagemap);
	close(counts);
	return entry >> 63 ? n : 0;
}

GTH_FIXTURE_BOTH(mapped)

TEST_F(mapped, page_of_a_program_by_many_is_hashed_once)
{
	static const int flags[] = { MAP_SHARED, MAP_PRIVATE };
	uint8_t image[GTH_PROGRAM_SIZE];
	gth_u64 hashes, uncached;
	struct gth_file f;
	void *page;
	int fd;

	ASSERT_EQ(0, gth_set("mode", "enforce"));
	for (unsigned int i = 0; i < ARRAY_SIZE(flags); i++) {
		ASSERT_EQ(0, gth_make_program(&f, &self->place, i ? "g" : "f", NULL, 1));
		fd = gth_open_fd(f.path, O_RDONLY);
		ASSERT_LE(0, fd);
		page = map_many(fd, flags[i]);
		ASSERT_NE(NULL, page);
		EXPECT_LE(MAPS, maps_of(page));
		/* Written in place: it is judged anew while all the mappings are there. */
		gth_program(image, NULL, 0x400000, 2);
		close(fd);
		fd = gth_open_fd(f.path, O_WRONLY);
		ASSERT_EQ(GTH_PROGRAM_SIZE, write(fd, image, sizeof(image)));
		close(fd);
		ASSERT_EQ(0, memcmp(page, image, sizeof(image)));
		EXPECT_LE(MAPS, maps_of(page));
		hashes = gth_stat("hashes");
		uncached = gth_stat("uncached");
		EXPECT_EQ(2, gth_exec(f.path));
		EXPECT_EQ(2, gth_exec(f.path));
		EXPECT_EQ(hashes + 1, gth_stat("hashes"));
		EXPECT_EQ(uncached, gth_stat("uncached"));
		/* mprotect goes by the kept digest alone. */
		EXPECT_EQ(0, mprotect(page, 4096, PROT_READ | PROT_EXEC));
		EXPECT_EQ(hashes + 1, gth_stat("hashes"));
	}
}

TEST_F(pinned, page_that_many_have_mapped_is_judged_anew)
{
	void *page;
	int fd;

	fd = gth_open_fd(self->f.path, O_RDWR);
	ASSERT_LE(0, fd);
	PIN(fd);
	close(fd);
	fd = gth_open_fd(self->f.path, O_RDONLY);
	ASSERT_LE(0, fd);
	page = map_many(fd, MAP_SHARED);
	ASSERT_NE(NULL, page);
	EXPECT_LE(MAPS, maps_of(page));
	EXPECT_EQ(1, gth_exec(self->f.path));
	ASSERT_EQ(0, write_page(&self->pin, self->source));
	ASSERT_EQ(0, memcmp(page, self->bad, sizeof(self->bad)));
	EXPECT_EQ(-EPERM, gth_exec(self->f.path));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
}

TEST_HARNESS_MAIN
