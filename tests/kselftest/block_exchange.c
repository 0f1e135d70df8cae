// SPDX-License-Identifier: GPL-2.0-or-later
/* block_exchange.c - content that changes by blocks which files exchange, or after a remount. */
#include "test.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <unistd.h>

#include "content_change.h"

/* Not in the headers of every version. */
struct move_extent {
	uint32_t reserved, donor_fd;
	uint64_t start, donor_start, blocks, moved;
};

#define EXT4_IOC_MOVE_EXT _IOWR('f', 15, struct move_extent)
#define EXT4_IOC_SWAP_BOOT _IO('f', 17)

GTH_FIXTURE_PLACE(disk, MNT)

static int set_content(int fd, const uint8_t content[EDIT_SIZE])
{
	if (pwrite(fd, content, EDIT_SIZE, 0) != EDIT_SIZE || fsync(fd))
		return -errno;
	return 0;
}

/* The listed content is in one file, and its blocks go to another one. */
TEST_F(disk, blocks_of_a_listed_file_are_denied_in_their_new_file)
{
	struct move_extent move = { .blocks = EDIT_SIZE / EDIT_PAGE };
	struct edit_content c;
	struct edit e, donor;
	struct gth_file listed;
	int fd, donor_fd;

	if (edit_file_system(self->place.dir) != EDIT_ON_EXT4)
		SKIP(return, "%s is no ext4", self->place.dir);
	edit_content(&c);
	ASSERT_EQ(0, edit_begin(&e, &self->place, "file", &c));
	ASSERT_EQ(0, edit_begin(&donor, &self->place, "donor", &c));
	gth_sha256(c.other, EDIT_SIZE, listed.digest);
	ASSERT_EQ(0, gth_list(&listed, GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	fd = gth_open_fd(e.file.path, O_RDWR);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, set_content(fd, c.other));
	EXPECT_EQ(1, gth_exec(donor.file.path));
	EXPECT_EQ(0, gth_open(donor.file.path, O_RDONLY));

	donor_fd = gth_open_fd(donor.file.path, O_WRONLY);
	ASSERT_LE(0, donor_fd);
	move.donor_fd = (uint32_t)donor_fd;
	ASSERT_EQ(0, ioctl(fd, EXT4_IOC_MOVE_EXT, &move));
	ASSERT_EQ(move.blocks, move.moved);
	close(donor_fd);
	close(fd);
	EXPECT_EQ(-EPERM, gth_open(e.file.path, O_RDONLY));
	EXPECT_EQ(0, edit_shows(donor.file.path, c.other));
	EXPECT_EQ(0, edit_shows(donor.file.path, c.other));
	ASSERT_EQ(0, gth_write_file("/proc/sys/vm/drop_caches", "1", 1));
	EXPECT_EQ(0, edit_shows(donor.file.path, c.other));
	EXPECT_EQ(0, edit_shows(e.file.path, c.other));
	edit_end(&donor);
	edit_end(&e);
}

static int swap_with_boot_loader(const char *path)
{
	int fd = gth_open_fd(path, O_WRONLY), ret;

	if (fd < 0)
		return fd;
	ret = ioctl(fd, EXT4_IOC_SWAP_BOOT) ? -errno : 0;
	close(fd);
	return ret;
}

/* Root may exchange a file's content for that of a hidden one. */
TEST_F(disk, content_of_the_boot_loader_is_judged_anew)
{
	struct edit_content c;
	struct edit first, second;
	struct gth_file listed;
	int fd;

	if (edit_file_system(self->place.dir) != EDIT_ON_EXT4)
		SKIP(return, "%s is no ext4", self->place.dir);
	edit_content(&c);
	ASSERT_EQ(0, edit_begin(&first, &self->place, "first", &c));
	ASSERT_EQ(0, edit_begin(&second, &self->place, "second", &c));
	fd = gth_open_fd(first.file.path, O_WRONLY);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, set_content(fd, c.other));
	close(fd);
	ASSERT_EQ(0, swap_with_boot_loader(first.file.path));
	gth_sha256(c.other, EDIT_SIZE, listed.digest);
	ASSERT_EQ(0, gth_list(&listed, GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	EXPECT_EQ(0, gth_open(second.file.path, O_RDONLY));
	EXPECT_EQ(1, gth_exec(second.file.path));
	ASSERT_EQ(0, swap_with_boot_loader(second.file.path));
	EXPECT_EQ(0, edit_shows(second.file.path, c.other));
	EXPECT_EQ(-EPERM, gth_open(second.file.path, O_RDONLY));
	EXPECT_EQ(-EPERM, gth_exec(second.file.path));
	edit_end(&second);
	edit_end(&first);
}

/* mount(2) takes flags away that it is not given; on tmpfs i_version is among them. */
GTH_FIXTURE_BOTH(remounted)

TEST_F(remounted, shortened_file_is_judged_anew)
{
	struct edit_content c;
	struct gth_file listed;
	gth_u64 hashes;
	struct edit e;

	edit_content(&c);
	ASSERT_EQ(0, edit_begin(&e, &self->place, "file", &c));
	gth_sha256(c.file, EDIT_PAGE + 1, listed.digest);
	ASSERT_EQ(0, gth_list(&listed, GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	EXPECT_EQ(0, gth_open(e.file.path, O_RDONLY));
	hashes = gth_stat("hashes");
	ASSERT_EQ(0, mount(NULL, variant->parent, NULL, MS_REMOUNT, NULL));
	EXPECT_EQ(0, gth_open(e.file.path, O_RDONLY));
	EXPECT_EQ(0, gth_open(e.file.path, O_RDONLY));
	EXPECT_EQ(1, gth_exec(e.file.path));
	EXPECT_EQ(hashes, gth_stat("hashes"));
	ASSERT_EQ(0, edit_truncate(&e));
	EXPECT_EQ(-EPERM, gth_open(e.file.path, O_RDONLY));
	EXPECT_EQ(-EPERM, gth_exec(e.file.path));
	edit_end(&e);
	/* For the tests to come. */
	EXPECT_EQ(0, mount(NULL, variant->parent, NULL, MS_REMOUNT | MS_I_VERSION, NULL));
}

TEST_HARNESS_MAIN
