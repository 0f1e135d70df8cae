// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * unchanged.c - content that did not change is not hashed again, whatever else
 * happens to its file.
 *
 * Each such event is a variant, on the file system at /mnt and on tmpfs.
 */
#include "test.h"

#include <errno.h>
#include <sys/mman.h>

#include "no_content_change.h"

struct no_change {
	int (*prepare)(struct edit *e); /* before the verdict; NULL: nothing to do */
	int (*act)(struct edit *e);
	unsigned int hashes;  /* it may cost */
	unsigned int lacking; /* file systems that may not have it */
};

/* clang-format off */
#define NO_CHANGES(X)                                                                              \
	X(mode, .act = no_change_set_mode)                                                         \
	X(owner, .act = no_change_set_owner)                                                       \
	X(time_of_access, .act = no_change_time_of_access)                                         \
	X(time_of_change, .act = no_change_time_of_change, .hashes = 1)                            \
	X(attribute, .act = no_change_attribute, .lacking = EDIT_ON_TMPFS)                         \
	X(trusted_attribute, .act = no_change_trusted_attribute)                                   \
	X(flag, .act = no_change_flag, .lacking = EDIT_ON_TMPFS)                                   \
	X(same_size, .act = no_change_keep_size, .hashes = 1)                                      \
	X(link, .act = no_change_add_link)                                                         \
	X(unlink, no_change_add_link, no_change_remove_link)                                       \
	X(rename, .act = no_change_rename)                                                         \
	X(exchange, .act = no_change_exchange)                                                     \
	X(mount, .act = no_change_mount_elsewhere)                                                 \
	X(first_read, no_change_time_of_access, no_change_read_first)                              \
	X(mapping_read, no_change_time_of_access, no_change_read_mapping)                          \
	X(copied, .act = no_change_be_copied)                                                      \
	X(failed_write, .act = no_change_fail_to_write)                                            \
	X(write_back, no_change_make_dirty, no_change_sync_file)                                   \
	X(write_back_of_all, no_change_make_dirty, no_change_sync_all)                             \
	X(pages_forgotten, .act = no_change_forget_pages)                                          \
	X(caches_dropped, .act = no_change_forget_all)

#define NO_CHANGES_OF_DISKS(X)                                                                     \
	X(remount, .act = no_change_remount)                                                       \
	X(freeze, .act = no_change_freeze, .lacking = EDIT_ON_OVERLAY)                             \
	X(dedupe, .act = no_change_dedupe, .lacking = EDIT_ON_EXT4 | EDIT_ON_OVERLAY)              \
	X(snapshot, .act = no_change_snapshot, .lacking = ~EDIT_ON_BTRFS)
/* clang-format on */

struct unchanged {
	struct gth_place place;
	struct edit_content content;
};

FIXTURE(mnt)
{
	struct unchanged u;
};

FIXTURE(tmpfs)
{
	struct unchanged u;
};

FIXTURE_VARIANT(mnt)
{
	struct no_change no_change;
};

FIXTURE_VARIANT(tmpfs)
{
	struct no_change no_change;
};

#define ON_MNT(name, ...) FIXTURE_VARIANT_ADD(mnt, name) { .no_change = { __VA_ARGS__ } };
#define ON_TMP(name, ...) FIXTURE_VARIANT_ADD(tmpfs, name) { .no_change = { __VA_ARGS__ } };

NO_CHANGES(ON_MNT)
NO_CHANGES_OF_DISKS(ON_MNT)
NO_CHANGES(ON_TMP)

FIXTURE_SETUP(mnt)
{
	ASSERT_EQ(0, gth_begin(&self->u.place, MNT));
	edit_content(&self->u.content);
}

FIXTURE_SETUP(tmpfs)
{
	ASSERT_EQ(0, gth_begin(&self->u.place, TMPFS));
	edit_content(&self->u.content);
}

FIXTURE_TEARDOWN_PARENT(mnt)
{
	gth_end(&self->u.place);
}

FIXTURE_TEARDOWN_PARENT(tmpfs)
{
	gth_end(&self->u.place);
}

#define ACT(e)                                                                                     \
	do {                                                                                       \
		int ret_ = no_change->act(e);                                                      \
		if (ret_ == -EOPNOTSUPP && no_change->lacking & edit_file_system(u->place.dir))    \
			SKIP(return, "the file system of %s cannot do that", u->place.dir);        \
		ASSERT_EQ(0, ret_);                                                                \
	} while (0)

static void stays_allowed(struct __test_metadata *_metadata, struct unchanged *u,
			  const struct no_change *no_change)
{
	gth_u64 hashes;
	struct edit e;

	ASSERT_EQ(0, edit_begin(&e, &u->place, "file", &u->content));
	ASSERT_EQ(0, no_change->prepare ? no_change->prepare(&e) : 0);
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	hashes = gth_stat("hashes");
	e.fd = gth_open_fd(e.file.path, O_RDONLY);
	ASSERT_LE(0, e.fd);
	EXPECT_EQ(hashes + 1, gth_stat("hashes"));
	ACT(&e);
	hashes = gth_stat("hashes");
	EXPECT_EQ(0, gth_open(e.file.path, O_RDONLY));
	EXPECT_EQ(1, gth_exec(e.file.path));
	EXPECT_EQ(0, gth_map_gains_exec(e.fd));
	EXPECT_GE(hashes + no_change->hashes, gth_stat("hashes"));
	edit_end(&e);
}

static void stays_denied(struct __test_metadata *_metadata, struct unchanged *u,
			 const struct no_change *no_change)
{
	gth_u64 hashes;
	struct edit e;

	ASSERT_EQ(0, edit_begin(&e, &u->place, "file", &u->content));
	ASSERT_EQ(0, no_change->prepare ? no_change->prepare(&e) : 0);
	ASSERT_EQ(0, gth_list(&e.file, GTH_CLASS_MALICIOUS));
	e.fd = gth_open_fd(e.file.path, O_RDONLY);
	ASSERT_LE(0, e.fd);
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	EXPECT_EQ(-EPERM, gth_open(e.file.path, O_RDONLY));
	/* A copy of it would be denied as well. */
	ASSERT_EQ(0, gth_set("mode", "monitor"));
	ACT(&e);
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	hashes = gth_stat("hashes");
	EXPECT_EQ(-EPERM, gth_open(e.file.path, O_RDONLY));
	EXPECT_EQ(-EPERM, gth_exec(e.file.path));
	EXPECT_EQ(-EPERM, gth_map(e.fd, PROT_READ | PROT_EXEC));
	EXPECT_GE(hashes + no_change->hashes, gth_stat("hashes"));
	edit_end(&e);
}

TEST_F(mnt, clean_file_stays_allowed)
{
	stays_allowed(_metadata, &self->u, &variant->no_change);
}

TEST_F(tmpfs, clean_file_stays_allowed)
{
	stays_allowed(_metadata, &self->u, &variant->no_change);
}

TEST_F(mnt, listed_file_stays_denied)
{
	stays_denied(_metadata, &self->u, &variant->no_change);
}

TEST_F(tmpfs, listed_file_stays_denied)
{
	stays_denied(_metadata, &self->u, &variant->no_change);
}

TEST_HARNESS_MAIN
