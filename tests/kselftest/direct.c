// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * direct.c - after direct writes the page cache is not taken for the content.
 *
 * A direct write that fails half-way, while a task reads what it writes, leaves a
 * clean page that is older than the disk. A task that drops that page gets the
 * other content. Each test that needs such a page sees it: the page cache and a
 * direct read differ.
 */
#include "test.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define PAGE 4096
#define SIZE (4UL << 20)
#define WRITTEN (SIZE - PAGE) /* by a write that fails at the next page */
#define LAST (WRITTEN - PAGE) /* the page that becomes stale */
#define TRIES 12
#define ROUNDS 40

FIXTURE(direct)
{
	struct gth_place place;
	struct gth_file f;
	uint8_t *old, *new; /* whole contents; they differ in the page at LAST */
	uint8_t digest[GTH_DIGEST_SIZE];
	int reader, direct_reader;
};

FIXTURE_VARIANT(direct)
{
	bool turned; /* O_DIRECT comes by F_SETFL */
};

FIXTURE_VARIANT_ADD(direct, opened) { .turned = false };
FIXTURE_VARIANT_ADD(direct, turned) { .turned = true };

static uint8_t *room(int prot)
{
	void *p = mmap(NULL, SIZE, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

FIXTURE_SETUP(direct)
{
	self->reader = self->direct_reader = -1;
	ASSERT_EQ(0, gth_begin(&self->place, MNT));
	self->old = room(PROT_READ | PROT_WRITE);
	self->new = room(PROT_READ | PROT_WRITE);
	ASSERT_NE(NULL, self->old);
	ASSERT_NE(NULL, self->new);
	gth_program(self->old, NULL, 0x400000, 7);
	gth_salt(self->old + PAGE, 16);
	memcpy(self->new, self->old, SIZE);
	memset(self->new + LAST, 'n', PAGE);
	gth_sha256(self->new, SIZE, self->digest);
	ASSERT_EQ(0, gth_verdict(self->digest, GTH_CLASS_MALICIOUS, 0));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
}

FIXTURE_TEARDOWN_PARENT(direct)
{
	gth_end(&self->place);
}

/* A descriptor that writes directly, or -errno */
static int open_direct(const char *path, bool turned)
{
	int fd = gth_open_fd(path, turned ? O_WRONLY : O_WRONLY | O_DIRECT);

	if (fd >= 0 && turned && fcntl(fd, F_SETFL, O_DIRECT)) {
		int err = -errno;

		close(fd);
		return err;
	}
	return fd;
}

struct rereading {
	int fd;
	atomic_bool stop;
};

static void *reread(void *arg)
{
	struct rereading *r = arg;
	uint8_t page[PAGE];

	while (!atomic_load(&r->stop))
		if (pread(r->fd, page, PAGE, LAST) != PAGE)
			break;
	return NULL;
}

/* Writes the new content but its last page, and fails there; 0, or -errno of anything else */
static int write_half(int fd, int reader, uint8_t *data)
{
	struct rereading r = { .fd = reader };
	uint8_t *hole = room(PROT_NONE);
	struct iovec io[] = { { .iov_base = data, .iov_len = WRITTEN },
			      { .iov_base = hole, .iov_len = PAGE } };
	pthread_t thread;
	ssize_t n;

	if (!hole || pthread_create(&thread, NULL, reread, &r))
		return -ENOMEM;
	usleep(2000);
	n = pwritev(fd, io, 2, 0);
	atomic_store(&r.stop, true);
	pthread_join(thread, NULL);
	munmap(hole, SIZE);
	return n < 0 && errno != EFAULT ? -errno : 0;
}

/* Does the page cache show the old page, and the disk the new one? */
static bool is_stale(FIXTURE_DATA(direct) * self)
{
	static uint8_t cached[PAGE], stored[PAGE] __attribute__((aligned(PAGE)));

	return pread(self->reader, cached, PAGE, LAST) == PAGE &&
	       pread(self->direct_reader, stored, PAGE, LAST) == PAGE &&
	       !memcmp(cached, self->old + LAST, PAGE) && !memcmp(stored, self->new + LAST, PAGE);
}

static void close_readers(FIXTURE_DATA(direct) * self)
{
	if (self->reader >= 0)
		close(self->reader);
	if (self->direct_reader >= 0)
		close(self->direct_reader);
	self->reader = self->direct_reader = -1;
}

static int open_readers(FIXTURE_DATA(direct) * self)
{
	self->reader = gth_open_fd(self->f.path, O_RDONLY);
	self->direct_reader = gth_open_fd(self->f.path, O_RDONLY | O_DIRECT);
	if (self->reader < 0 || self->direct_reader < 0)
		return self->reader < 0 ? self->reader : self->direct_reader;
	/* No page but those that are asked for. */
	return -posix_fadvise(self->reader, 0, 0, POSIX_FADV_RANDOM);
}

/*
 * A file whose page at LAST is stale, and that no task has open for writing.
 *
 * Return: 0; -EOPNOTSUPP: no direct I/O; -EAGAIN: it never became stale.
 */
static int make_stale(FIXTURE_DATA(direct) * self, bool turned)
{
	char name[16];
	int fd, ret;

	for (int i = 0; i < TRIES; i++) {
		snprintf(name, sizeof(name), "f%d", i);
		ret = gth_make(&self->f, &self->place, name, 0755, self->old, SIZE);
		if (ret)
			return ret;
		/* The old content is known, and kept. */
		if (gth_exec(self->f.path) != 7)
			return -EIO;
		ret = open_readers(self);
		if (ret)
			return ret == -EINVAL ? -EOPNOTSUPP : ret;
		fd = open_direct(self->f.path, turned);
		if (fd < 0)
			return fd == -EINVAL ? -EOPNOTSUPP : fd;
		/* Until then it is there from having been written. */
		posix_fadvise(self->reader, 0, 0, POSIX_FADV_DONTNEED);
		ret = write_half(fd, self->reader, self->new);
		close(fd);
		if (ret)
			return ret;
		if (is_stale(self)) {
			printf("# stale at try %d\n", i + 1);
			return 0;
		}
		close_readers(self);
		unlink(self->f.path);
	}
	return -EAGAIN;
}

#define MAKE_STALE()                                                                               \
	do {                                                                                       \
		int ret_ = make_stale(self, variant->turned);                                      \
		if (ret_ == -EOPNOTSUPP)                                                           \
			SKIP(return, "no direct I/O there");                                       \
		if (ret_ == -EAGAIN)                                                               \
			SKIP(return, "no page became stale in %d tries", TRIES);                   \
		ASSERT_EQ(0, ret_);                                                                \
	} while (0)

#define EXPECT_DENIED()                                                                            \
	do {                                                                                       \
		EXPECT_EQ(-EPERM, gth_exec(self->f.path));                                         \
		EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));                               \
	} while (0)

#define EXPECT_CLEAN()                                                                             \
	do {                                                                                       \
		EXPECT_EQ(7, gth_exec(self->f.path));                                              \
		EXPECT_EQ(0, gth_open(self->f.path, O_RDONLY));                                    \
	} while (0)

TEST_F(direct, stale_page_hides_nothing_from_exec)
{
	MAKE_STALE();
	EXPECT_DENIED();
	EXPECT_EQ(0, posix_fadvise(self->reader, 0, 0, POSIX_FADV_DONTNEED));
	EXPECT_DENIED();
}

/* The file is not open any more when it is judged, nor when its pages are dropped. */
TEST_F(direct, stale_page_of_a_closed_file_hides_nothing_from_open)
{
	int fd;

	MAKE_STALE();
	close_readers(self);
	fd = gth_open_fd(self->f.path, O_RDONLY);
	EXPECT_EQ(-EPERM, fd);
	if (fd >= 0) {
		posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
		close(fd);
	}
	ASSERT_EQ(0, gth_write_file("/proc/sys/vm/drop_caches", "1", 1));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	EXPECT_EQ(-EPERM, gth_exec(self->f.path));
}

/* A pipe takes the page at LAST; the page cache lets go of it all the same. */
static int hold_page(int fd, int pipe_end)
{
	loff_t at = LAST;
	ssize_t n = splice(fd, &at, pipe_end, NULL, PAGE, 0);

	return n == PAGE ? 0 : n < 0 ? -errno : -EIO;
}

static bool pipe_holds(int pipe_end, const uint8_t *page)
{
	uint8_t held[PAGE];

	return read(pipe_end, held, PAGE) == PAGE && !memcmp(held, page, PAGE);
}

TEST_F(direct, stale_page_that_a_pipe_holds_hides_nothing)
{
	uint8_t now[PAGE];
	int held[2];

	MAKE_STALE();
	ASSERT_EQ(0, pipe(held));
	ASSERT_EQ(0, hold_page(self->reader, held[1]));
	ASSERT_TRUE(is_stale(self));
	EXPECT_DENIED();
	ASSERT_EQ(PAGE, pread(self->reader, now, PAGE, LAST));
	EXPECT_EQ(0, memcmp(now, self->new + LAST, PAGE));
	EXPECT_TRUE(pipe_holds(held[0], self->old + LAST));
	close(held[0]);
	close(held[1]);
	EXPECT_DENIED();
	EXPECT_EQ(0, posix_fadvise(self->reader, 0, 0, POSIX_FADV_DONTNEED));
	EXPECT_DENIED();
}

/* Files that are written in the ordinary way, by direct I/O */

/* 0, or -errno; -EOPNOTSUPP: no direct I/O */
static int write_whole(FIXTURE_DATA(direct) * self, bool turned, const uint8_t *data)
{
	int fd = open_direct(self->f.path, turned);
	ssize_t n;

	if (fd < 0)
		return fd == -EINVAL ? -EOPNOTSUPP : fd;
	n = pwrite(fd, data, SIZE, 0);
	close(fd);
	return n == (ssize_t)SIZE ? 0 : -EIO;
}

#define WRITE_WHOLE(data)                                                                          \
	do {                                                                                       \
		int ret_ = write_whole(self, variant->turned, data);                               \
		if (ret_ == -EOPNOTSUPP)                                                           \
			SKIP(return, "no direct I/O there");                                       \
		ASSERT_EQ(0, ret_);                                                                \
	} while (0)

TEST_F(direct, listed_content_is_denied_when_it_is_written)
{
	ASSERT_EQ(0, gth_make(&self->f, &self->place, "f", 0755, self->old, SIZE));
	EXPECT_CLEAN();
	WRITE_WHOLE(self->new);
	EXPECT_DENIED();
	WRITE_WHOLE(self->old);
	EXPECT_CLEAN();
}

TEST_F(direct, clean_content_is_hashed_once)
{
	gth_u64 hashes, uncached;

	ASSERT_EQ(0, gth_make(&self->f, &self->place, "f", 0755, self->old, SIZE));
	EXPECT_CLEAN();
	memset(self->old + LAST, 'o', PAGE);
	WRITE_WHOLE(self->old);
	hashes = gth_stat("hashes");
	uncached = gth_stat("uncached");
	EXPECT_CLEAN();
	EXPECT_EQ(hashes + 1, gth_stat("hashes"));
	EXPECT_CLEAN();
	EXPECT_EQ(hashes + 1, gth_stat("hashes"));
	EXPECT_EQ(uncached, gth_stat("uncached"));
}

/*
 * Pages are written back before they are dropped, and btrfs keeps them a moment longer:
 * a worker ends the write.
 */
TEST_F(direct, pages_still_to_be_written_back_deny_nothing)
{
	gth_u64 errors = gth_stat("hash_errors");
	int fd;

	ASSERT_EQ(0, gth_make(&self->f, &self->place, "f", 0755, self->old, SIZE));
	for (int i = 0; i < ROUNDS; i++) {
		fd = open_direct(self->f.path, variant->turned);
		if (fd == -EINVAL)
			SKIP(return, "no direct I/O there");
		ASSERT_LE(0, fd);
		close(fd);
		memset(self->old + LAST, 'A' + i % 26, PAGE);
		ASSERT_EQ(0, gth_write_file(self->f.path, self->old, SIZE));
		ASSERT_EQ(7, gth_exec(self->f.path)) TH_LOG("round %d", i);
	}
	EXPECT_EQ(errors, gth_stat("hash_errors"));
}

TEST_F(direct, page_that_pipes_hold_does_not_matter)
{
	int first[2], second[2];
	gth_u64 hashes, errors;

	ASSERT_EQ(0, gth_make(&self->f, &self->place, "f", 0755, self->old, SIZE));
	self->reader = gth_open_fd(self->f.path, O_RDONLY);
	ASSERT_LE(0, self->reader);
	memset(self->old + LAST, 'o', PAGE);
	WRITE_WHOLE(self->old);
	ASSERT_EQ(0, pipe(first));
	ASSERT_EQ(0, pipe(second));
	ASSERT_EQ(0, hold_page(self->reader, first[1]));
	ASSERT_EQ(PAGE, tee(first[0], second[1], PAGE, 0));
	hashes = gth_stat("hashes");
	errors = gth_stat("hash_errors");
	EXPECT_CLEAN();
	EXPECT_TRUE(pipe_holds(first[0], self->old + LAST));
	EXPECT_CLEAN();
	EXPECT_TRUE(pipe_holds(second[0], self->old + LAST));
	EXPECT_CLEAN();
	EXPECT_EQ(hashes + 1, gth_stat("hashes"));
	EXPECT_EQ(errors, gth_stat("hash_errors"));
}

TEST_HARNESS_MAIN
