// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * change.c - content changed after the verdict is judged anew, whatever changed it.
 *
 * Each way of content_change.h is a variant, on the file system at /mnt and on tmpfs.
 */
#include "test.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "content_change.h"

struct way {
	int (*prepare)(struct edit *e); /* before the verdict; NULL: nothing to do */
	int (*change)(struct edit *e);
	unsigned int lacking; /* file systems that may not have it */
	bool writer;	      /* it is open for writing all the time: no verdict is kept */
	bool new_inode;	      /* an older descriptor still shows the old content */
};

/* clang-format off */
#define WAYS(X)                                                                                    \
	X(write, .change = edit_write)                                                             \
	X(write_dsync, .change = edit_write_dsync)                                                 \
	X(write_append, .change = edit_write_append)                                               \
	X(write_direct, .change = edit_write_direct, .lacking = EDIT_ON_TMPFS)                     \
	X(truncate, .change = edit_truncate)                                                       \
	X(ftruncate, .change = edit_ftruncate)                                                     \
	X(open_truncating, .change = edit_open_truncating)                                         \
	X(old_times, .change = edit_with_old_times)                                                \
	X(early_descriptor, edit_open_early, edit_write_late, .writer = true)                      \
	X(living_process, .change = edit_by_living_process)                                        \
	X(map_synced, .change = edit_map_synced)                                                   \
	X(map_kept, .change = edit_map_kept)                                                       \
	X(map_gone, .change = edit_map_gone)                                                       \
	X(map_early, edit_map_early, edit_map_store, .writer = true)                               \
	X(map_upgraded, edit_map_early_for_reading, edit_map_upgrade, .writer = true)              \
	X(map_remove, .change = edit_map_remove)                                                   \
	X(process_write, .change = edit_process_write)                                             \
	X(poke, .change = edit_poke_shared)                                                        \
	X(punch_hole, .change = edit_punch_hole)                                                   \
	X(extend, .change = edit_extend)                                                           \
	X(copy_range, .change = edit_copy_range)                                                   \
	X(splice, .change = edit_splice)                                                           \
	X(vmsplice, .change = edit_vmsplice)                                                       \
	X(sendfile, .change = edit_sendfile)                                                       \
	X(aio, .change = edit_aio)                                                                 \
	X(ring, .change = edit_ring)                                                               \
	X(link, .change = edit_by_link)                                                            \
	X(mount, .change = edit_by_mount)                                                          \
	X(proc, .change = edit_by_proc)                                                            \
	X(rename, .change = edit_rename, .new_inode = true)                                        \
	X(exchange, .change = edit_exchange, .new_inode = true)

#define WAYS_OF_TMPFS(X)                                                                           \
	X(fault_copy, edit_punch_hole, edit_fault_copy)

#define NO_CLONE (EDIT_ON_EXT4 | EDIT_ON_OVERLAY)
#define WAYS_OF_DISKS(X)                                                                           \
	X(zero_range, .change = edit_zero_range)                                                   \
	X(collapse_range, .change = edit_collapse_range, .lacking = EDIT_ON_BTRFS)                 \
	X(insert_range, .change = edit_insert_range, .lacking = EDIT_ON_BTRFS)                     \
	X(clone, .change = edit_clone, .lacking = NO_CLONE)                                        \
	X(clone_range, .change = edit_clone_range, .lacking = NO_CLONE)                            \
	X(move_extents, .change = edit_move_extents, .lacking = ~EDIT_ON_EXT4)
/* clang-format on */

struct change {
	struct gth_place place;
	struct edit_content content;
};

FIXTURE(mnt)
{
	struct change c;
};

FIXTURE(tmpfs)
{
	struct change c;
};

FIXTURE_VARIANT(mnt)
{
	struct way way;
};

FIXTURE_VARIANT(tmpfs)
{
	struct way way;
};

#define ON_MNT(name, ...) FIXTURE_VARIANT_ADD(mnt, name) { .way = { __VA_ARGS__ } };
#define ON_TMP(name, ...) FIXTURE_VARIANT_ADD(tmpfs, name) { .way = { __VA_ARGS__ } };

WAYS(ON_MNT)
WAYS_OF_DISKS(ON_MNT)
WAYS(ON_TMP)
WAYS_OF_TMPFS(ON_TMP)

FIXTURE_SETUP(mnt)
{
	ASSERT_EQ(0, gth_begin(&self->c.place, MNT));
	edit_content(&self->c.content);
}

FIXTURE_SETUP(tmpfs)
{
	ASSERT_EQ(0, gth_begin(&self->c.place, TMPFS));
	edit_content(&self->c.content);
}

FIXTURE_TEARDOWN_PARENT(mnt)
{
	gth_end(&self->c.place);
}

FIXTURE_TEARDOWN_PARENT(tmpfs)
{
	gth_end(&self->c.place);
}

#define CHANGE(e)                                                                                  \
	do {                                                                                       \
		int ret_ = way->change(e);                                                         \
		if (ret_ == -EOPNOTSUPP && way->lacking & edit_file_system(c->place.dir))          \
			SKIP(return, "the file system of %s cannot do that", c->place.dir);        \
		ASSERT_EQ(0, ret_);                                                                \
	} while (0)

static void changed_into_listed(struct __test_metadata *_metadata, struct change *c,
				const struct way *way)
{
	uint8_t before[GTH_DIGEST_SIZE];
	struct edit twin, e;
	struct gth_file listed;
	gth_u64 hashes;
	int fd;

	ASSERT_EQ(0, edit_begin(&twin, &c->place, "twin", &c->content));
	ASSERT_EQ(0, way->prepare ? way->prepare(&twin) : 0);
	ASSERT_EQ(0, edit_digest(&twin, before));
	CHANGE(&twin);
	ASSERT_EQ(0, edit_digest(&twin, listed.digest));
	edit_end(&twin);
	ASSERT_NE(0, memcmp(before, listed.digest, sizeof(before)));

	ASSERT_EQ(0, edit_begin(&e, &c->place, "file", &c->content));
	ASSERT_EQ(0, way->prepare ? way->prepare(&e) : 0);
	ASSERT_EQ(0, gth_list(&listed, GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	hashes = gth_stat("hashes");
	fd = gth_open_fd(e.file.path, O_RDONLY);
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, gth_open(e.file.path, O_RDONLY));
	EXPECT_EQ(0, gth_map(fd, PROT_READ | PROT_EXEC));
	if (way->writer) {
		EXPECT_EQ(hashes + 3, gth_stat("hashes"));
	} else {
		EXPECT_EQ(1, gth_exec(e.file.path));
		EXPECT_EQ(hashes + 1, gth_stat("hashes"));
	}
	CHANGE(&e);
	EXPECT_EQ(-EPERM, gth_open(e.file.path, O_RDONLY));
	EXPECT_EQ(-EPERM, gth_exec(e.file.path));
	EXPECT_EQ(way->new_inode ? 0 : -EPERM, gth_map(fd, PROT_READ | PROT_EXEC));
	edit_end(&e);
	EXPECT_EQ(-EPERM, gth_exec(e.file.path));
	EXPECT_EQ(-EPERM, gth_open(e.file.path, O_RDONLY));
	close(fd);
}

static void changed_from_listed(struct __test_metadata *_metadata, struct change *c,
				const struct way *way)
{
	struct gth_file listed;
	struct edit e;

	ASSERT_EQ(0, edit_begin(&e, &c->place, "file", &c->content));
	ASSERT_EQ(0, way->prepare ? way->prepare(&e) : 0);
	ASSERT_EQ(0, edit_digest(&e, listed.digest));
	ASSERT_EQ(0, gth_list(&listed, GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	EXPECT_EQ(-EPERM, gth_open(e.file.path, O_RDONLY));
	EXPECT_EQ(-EPERM, gth_exec(e.file.path));
	/* An open for reading and writing is denied the listed content as well. */
	ASSERT_EQ(0, gth_set("mode", "monitor"));
	CHANGE(&e);
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	/* It need not be a program, or may be busy. */
	EXPECT_NE(-EPERM, gth_exec(e.file.path));
	EXPECT_EQ(0, gth_open(e.file.path, O_RDONLY));
	edit_end(&e);
}

TEST_F(mnt, into_listed_is_denied)
{
	changed_into_listed(_metadata, &self->c, &variant->way);
}

TEST_F(tmpfs, into_listed_is_denied)
{
	changed_into_listed(_metadata, &self->c, &variant->way);
}

TEST_F(mnt, from_listed_is_allowed)
{
	changed_from_listed(_metadata, &self->c, &variant->way);
}

TEST_F(tmpfs, from_listed_is_allowed)
{
	changed_from_listed(_metadata, &self->c, &variant->way);
}

/* Operations that look like a change and are none */

GTH_FIXTURE_BOTH(poke)

TEST_F(poke, into_read_only_shared_mapping_is_refused)
{
	struct edit_content content;
	struct edit e;
	gth_u64 hashes;

	edit_content(&content);
	ASSERT_EQ(0, edit_begin(&e, &self->place, "file", &content));
	EXPECT_EQ(1, gth_exec(e.file.path));
	hashes = gth_stat("hashes");
	EXPECT_EQ(-EIO, edit_poke(&e, PROT_READ, MAP_SHARED));
	EXPECT_EQ(1, gth_exec(e.file.path));
	EXPECT_EQ(0, gth_open(e.file.path, O_RDONLY));
	EXPECT_EQ(hashes, gth_stat("hashes"));
	edit_end(&e);
}

TEST_F(poke, into_private_mapping_changes_no_file)
{
	uint8_t before[GTH_DIGEST_SIZE], after[GTH_DIGEST_SIZE];
	struct edit_content content;
	struct edit e;
	gth_u64 hashes;

	edit_content(&content);
	ASSERT_EQ(0, edit_begin(&e, &self->place, "file", &content));
	ASSERT_EQ(0, edit_digest(&e, before));
	hashes = gth_stat("hashes");
	EXPECT_EQ(0, edit_poke(&e, PROT_READ | PROT_EXEC, MAP_PRIVATE));
	ASSERT_EQ(0, edit_digest(&e, after));
	EXPECT_EQ(0, memcmp(before, after, sizeof(before)));
	EXPECT_EQ(hashes, gth_stat("hashes"));
	edit_end(&e);
}

TEST_HARNESS_MAIN
