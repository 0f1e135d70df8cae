// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * filled.c - a page of a file that a direct read will fill when no mapping and no
 * writer is left: nothing counts that as a change, so nothing must be kept meanwhile.
 *
 * The file that is read belongs to a server in user space, which takes as long as it
 * likes and may belong to the reader. The kernel pins such a page, or has a reference
 * to it that looks like that of a pipe. So a pipe stands for it in the tests of what is
 * kept.
 */
#include "test.h"

#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuse.h"

FIXTURE(filled)
{
	struct gth_place place;
	struct gth_fuse_mount m;
	struct gth_fuse *server;
	char view[80]; /* an overlay, if it is mounted */
};

FIXTURE_VARIANT(filled)
{
	const char *parent;
	int prot; /* of the mapping before it can be written to */
};

FIXTURE_VARIANT_ADD(filled, mnt) { .parent = MNT, .prot = PROT_READ | PROT_WRITE };

FIXTURE_VARIANT_ADD(filled, tmpfs) { .parent = TMPFS, .prot = PROT_READ | PROT_WRITE };

FIXTURE_VARIANT_ADD(filled, mnt_by_mprotect) { .parent = MNT, .prot = PROT_READ };

FIXTURE_VARIANT_ADD(filled, tmpfs_by_mprotect) { .parent = TMPFS, .prot = PROT_NONE };

FIXTURE_SETUP(filled)
{
	ASSERT_EQ(0, gth_begin(&self->place, variant->parent));
	self->server = gth_fuse_mount(&self->m, &self->place);
	ASSERT_NE(NULL, self->server);
	ASSERT_EQ(0, gth_verdict(self->m.slow.digest, GTH_CLASS_MALICIOUS, 0));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
}

FIXTURE_TEARDOWN_PARENT(filled)
{
	if (self->view[0])
		umount2(self->view, MNT_DETACH);
	gth_fuse_unmount(&self->m);
	gth_end(&self->place);
}

TEST_F(filled, program_is_judged_anew)
{
	struct gth_filling filling;
	struct gth_file f;

	ASSERT_EQ(0, gth_make_program(&f, &self->place, "f", NULL, 4));
	/* The verdict that was kept before counts no longer. */
	EXPECT_EQ(4, gth_exec(f.path));
	ASSERT_EQ(0,
		  gth_fuse_begin_filling(&filling, f.path, variant->prot, &self->m, self->server));
	EXPECT_EQ(4, gth_exec(f.path));
	EXPECT_EQ(4, gth_exec(f.path));
	ASSERT_EQ(0, gth_fuse_end_filling(&filling, self->server));
	EXPECT_EQ(-EPERM, gth_exec(f.path));
	EXPECT_EQ(-EPERM, gth_open(f.path, O_RDONLY));
	/* It happened. */
	ASSERT_EQ(0, gth_set("mode", "monitor"));
	EXPECT_EQ(66, gth_exec(f.path));
}

/* Of a file that is not code only the head is looked at. */
TEST_F(filled, text_that_becomes_a_program_is_judged_anew)
{
	uint8_t text[GTH_PROGRAM_SIZE];
	struct gth_filling filling;
	struct gth_file f;
	gth_u64 scope;

	memset(text, 'a', sizeof(text));
	ASSERT_EQ(0, gth_make(&f, &self->place, "text", 0644, text, sizeof(text)));
	ASSERT_EQ(0,
		  gth_fuse_begin_filling(&filling, f.path, variant->prot, &self->m, self->server));
	scope = gth_stat("skipped_scope");
	EXPECT_EQ(0, gth_open(f.path, O_RDONLY));
	EXPECT_EQ(0, gth_open(f.path, O_RDONLY));
	EXPECT_EQ(scope + 2, gth_stat("skipped_scope"));
	ASSERT_EQ(0, gth_fuse_end_filling(&filling, self->server));
	EXPECT_EQ(-EPERM, gth_open(f.path, O_RDONLY));
}

static int make_dir(char *path, size_t size, const struct gth_place *place, const char *name)
{
	snprintf(path, size, "%s/%s", place->dir, name);
	return mkdir(path, 0755) ? -errno : 0;
}

/* The mapping is of the overlay's file, the page is that of the file in the upper layer. */
TEST_F(filled, program_on_an_overlay_is_judged_anew)
{
	char lower[80], work[80], view[160], options[400];
	struct gth_place upper = {};
	struct gth_filling filling;
	struct gth_file f;

	ASSERT_EQ(0, make_dir(lower, sizeof(lower), &self->place, "lower"));
	snprintf(upper.dir, sizeof(upper.dir), "%.50s/upper", self->place.dir);
	ASSERT_EQ(0, mkdir(upper.dir, 0755));
	ASSERT_EQ(0, make_dir(work, sizeof(work), &self->place, "work"));
	ASSERT_EQ(0, make_dir(self->view, sizeof(self->view), &self->place, "view"));
	ASSERT_EQ(0, gth_make_program(&f, &upper, "f", NULL, 4));
	snprintf(options, sizeof(options), "lowerdir=%s,upperdir=%s,workdir=%s", lower, upper.dir,
		 work);
	if (mount("filled", self->view, "overlay", 0, options))
		SKIP(return, "no overlay there: %m");
	snprintf(view, sizeof(view), "%s/f", self->view);
	ASSERT_EQ(0, gth_fuse_begin_filling(&filling, view, variant->prot, &self->m, self->server));
	EXPECT_EQ(4, gth_exec(view));
	EXPECT_EQ(4, gth_exec(f.path));
	ASSERT_EQ(0, gth_fuse_end_filling(&filling, self->server));
	EXPECT_EQ(-EPERM, gth_exec(view));
	EXPECT_EQ(-EPERM, gth_exec(f.path));
}

/* Verdicts of files that were mapped */

GTH_FIXTURE_BOTH(mapped)

/* A program that exits with 1, and this task on one processor: on lists of another no page waits.
 */
static int make_program(struct gth_file *f, const struct gth_place *place)
{
	cpu_set_t first;

	CPU_ZERO(&first);
	CPU_SET(0, &first);
	if (sched_setaffinity(0, sizeof(first), &first) || gth_set("mode", "enforce"))
		return -errno;
	return gth_make_program(f, place, "f", NULL, 1);
}

/* Maps a file as a writer or a reader has it open, stores if that is meant, and lets go of it. */
static int map_once(const char *path, int open_flags, int prot, int flags)
{
	int fd = gth_open_fd(path, open_flags), ret;
	volatile uint8_t *p;

	if (fd < 0)
		return fd;
	p = mmap(NULL, GTH_PROGRAM_SIZE, prot, flags, fd, 0);
	if (p == MAP_FAILED)
		return -errno;
	if (prot & PROT_WRITE)
		p[0] = p[0];
	ret = munmap((void *)p, GTH_PROGRAM_SIZE) ? -errno : 0;
	close(fd);
	return ret;
}

#define MAP_AS_WRITER(f)                                                                           \
	ASSERT_EQ(0, map_once((f).path, O_RDWR, PROT_READ | PROT_WRITE, MAP_SHARED))

/* The first page of a file is put into a pipe. */
static int hold_page(const char *path, int pipe_end)
{
	int fd = gth_open_fd(path, O_RDONLY);
	ssize_t n = splice(fd, NULL, pipe_end, NULL, GTH_PROGRAM_SIZE, 0);

	close(fd);
	return n == GTH_PROGRAM_SIZE ? 0 : -EIO;
}

#define EXPECT_HASHES(n, f)                                                                        \
	do {                                                                                       \
		gth_u64 hashes_ = gth_stat("hashes");                                              \
		EXPECT_EQ(1, gth_exec((f).path));                                                  \
		EXPECT_EQ(hashes_ + (n), gth_stat("hashes"));                                      \
	} while (0)

TEST_F(mapped, file_is_hashed_once_when_its_writers_are_gone)
{
	gth_u64 uncached;
	struct gth_file f;
	int fd;

	ASSERT_EQ(0, make_program(&f, &self->place));
	for (int i = 0; i < 3; i++) {
		MAP_AS_WRITER(f);
		uncached = gth_stat("uncached");
		EXPECT_HASHES(1, f);
		EXPECT_HASHES(0, f);
		fd = gth_open_fd(f.path, O_RDONLY);
		EXPECT_EQ(0, gth_map_gains_exec(fd));
		close(fd);
		EXPECT_HASHES(0, f);
		EXPECT_EQ(uncached, gth_stat("uncached"));
	}
}

/* Its mappings are not in the way: they are taken away and come back. */
TEST_F(mapped, file_that_readers_have_mapped_is_hashed_once)
{
	struct gth_file f;
	uint8_t first, *p;
	int fd;

	ASSERT_EQ(0, make_program(&f, &self->place));
	MAP_AS_WRITER(f);
	fd = gth_open_fd(f.path, O_RDONLY);
	ASSERT_LE(0, fd);
	p = mmap(NULL, GTH_PROGRAM_SIZE, PROT_READ, MAP_SHARED, fd, 0);
	ASSERT_NE(MAP_FAILED, p);
	first = *(volatile uint8_t *)p;
	close(fd);
	MAP_AS_WRITER(f);
	EXPECT_HASHES(1, f);
	EXPECT_HASHES(0, f);
	EXPECT_EQ(first, *(volatile uint8_t *)p);
}

TEST_F(mapped, file_of_which_a_page_is_held_is_hashed_each_time)
{
	gth_u64 hashes;
	struct gth_file f;
	int held[2];

	ASSERT_EQ(0, make_program(&f, &self->place));
	MAP_AS_WRITER(f);
	ASSERT_EQ(0, pipe(held));
	ASSERT_EQ(0, hold_page(f.path, held[1]));
	MAP_AS_WRITER(f);
	for (int i = 0; i < 2; i++) {
		hashes = gth_stat("hashes");
		EXPECT_EQ(1, gth_exec(f.path));
		EXPECT_LT(hashes, gth_stat("hashes"));
	}
	close(held[0]);
	close(held[1]);
	EXPECT_HASHES(1, f);
	EXPECT_HASHES(0, f);
}

/* A reader, or a task that has mapped it privately, writes to no page of it. */
TEST_F(mapped, mappings_that_cannot_be_written_to_do_not_matter)
{
	struct gth_file f;
	int held[2];

	ASSERT_EQ(0, make_program(&f, &self->place));
	ASSERT_EQ(0, map_once(f.path, O_RDONLY, PROT_READ, MAP_SHARED));
	ASSERT_EQ(0, map_once(f.path, O_RDWR, PROT_READ | PROT_WRITE, MAP_PRIVATE));
	ASSERT_EQ(0, pipe(held));
	ASSERT_EQ(0, hold_page(f.path, held[1]));
	ASSERT_EQ(0, map_once(f.path, O_RDWR, PROT_READ | PROT_WRITE, MAP_PRIVATE));
	EXPECT_HASHES(1, f);
	EXPECT_HASHES(0, f);
}

TEST_HARNESS_MAIN
