// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * medium.c - content that changes without a write to the file: below its file
 * system, by blocks that files exchange, and after a remount.
 */
#include "test.h"

#include <errno.h>
#include <linux/fs.h>
#include <linux/loop.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "edit.h"

#define BUSYBOX "/usr/bin/busybox"

/* Not in the headers of every version. */
struct move_extent {
	uint32_t reserved, donor_fd;
	uint64_t start, donor_start, blocks, moved;
};

#define EXT4_IOC_MOVE_EXT _IOWR('f', 15, struct move_extent)
#define EXT4_IOC_SWAP_BOOT _IO('f', 17)

GTH_FIXTURE_PLACE(disk, MNT)

static bool is_ext4(const struct gth_place *place)
{
	struct statfs st;

	return !statfs(place->dir, &st) && st.f_type == EXT4_SUPER_MAGIC;
}

static int set_content(int fd, const uint8_t content[EDIT_SIZE])
{
	if (pwrite(fd, content, EDIT_SIZE, 0) != EDIT_SIZE || fsync(fd))
		return -errno;
	return 0;
}

/* 1: an open was allowed that shows this content; 0: it was denied, or shows another */
static int shows(const char *path, const uint8_t content[EDIT_SIZE])
{
	static uint8_t data[EDIT_SIZE];
	int fd = gth_open_fd(path, O_RDONLY), ret;

	if (fd < 0)
		return fd == -EPERM ? 0 : fd;
	ret = read(fd, data, sizeof(data)) == sizeof(data) && !memcmp(data, content, sizeof(data));
	close(fd);
	return ret;
}

/* The listed content is in one file, and its blocks go to another one. */
TEST_F(disk, blocks_of_a_listed_file_are_denied_in_their_new_file)
{
	struct move_extent move = { .blocks = EDIT_SIZE / EDIT_PAGE };
	struct edit_content c;
	struct edit e, donor;
	struct gth_file listed;
	int fd, donor_fd;

	if (!is_ext4(&self->place))
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
	EXPECT_EQ(0, shows(donor.file.path, c.other));
	EXPECT_EQ(0, shows(donor.file.path, c.other));
	ASSERT_EQ(0, gth_write_file("/proc/sys/vm/drop_caches", "1", 1));
	EXPECT_EQ(0, shows(donor.file.path, c.other));
	EXPECT_EQ(0, shows(e.file.path, c.other));
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

	if (!is_ext4(&self->place))
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
	EXPECT_EQ(0, shows(second.file.path, c.other));
	EXPECT_EQ(-EPERM, gth_open(second.file.path, O_RDONLY));
	EXPECT_EQ(-EPERM, gth_exec(second.file.path));
	edit_end(&second);
	edit_end(&first);
}

/* mount(2) takes flags away that it is not given; i_version must not be among them. */
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
}

/* An image that somebody mounted for himself; he writes to its file all the same. */
FIXTURE(image)
{
	struct gth_place place, inside;
	char path[96];
	int image;
	bool mounted;
};

static int run_quietly(const char *const argv[])
{
	return gth_run(argv, "/dev/null");
}

/* A loop device that goes when nobody uses it any more. */
static int loop_on(int image, char *device, size_t size)
{
	const struct loop_config config = { .fd = (uint32_t)image,
					    .info.lo_flags = LO_FLAGS_AUTOCLEAR };
	const char *const modprobe[] = { "/usr/sbin/modprobe", "loop", NULL };
	int control, number, loop;

	if (run_quietly(modprobe))
		return -ENODEV;
	control = gth_open_fd("/dev/loop-control", O_RDWR);
	if (control < 0)
		return control;
	number = ioctl(control, LOOP_CTL_GET_FREE);
	close(control);
	if (number < 0)
		return -errno;
	snprintf(device, size, "/dev/loop%d", number);
	loop = gth_open_fd(device, O_RDWR);
	if (loop >= 0 && ioctl(loop, LOOP_CONFIGURE, &config))
		return -errno;
	return loop;
}

FIXTURE_SETUP(image)
{
	const char *argv[] = { BUSYBOX, "mke2fs", "-F", "-b", "4096", self->path, NULL };
	char device[32];
	int loop;

	ASSERT_EQ(0, gth_begin(&self->place, TMPFS));
	snprintf(self->path, sizeof(self->path), "%s/image", self->place.dir);
	snprintf(self->inside.dir, sizeof(self->inside.dir), "%s/mnt", self->place.dir);
	self->image = gth_open_fd(self->path, O_RDWR | O_CREAT);
	ASSERT_LE(0, self->image);
	ASSERT_EQ(0, ftruncate(self->image, 1 << 20));
	ASSERT_EQ(0, run_quietly(argv));
	loop = loop_on(self->image, device, sizeof(device));
	ASSERT_LE(0, loop);
	ASSERT_EQ(0, mkdir(self->inside.dir, 0700));
	ASSERT_EQ(0, mount(device, self->inside.dir, "ext4", MS_NOSUID, NULL));
	self->mounted = true;
	close(loop);
}

FIXTURE_TEARDOWN_PARENT(image)
{
	if (self->mounted)
		umount2(self->inside.dir, MNT_DETACH);
	gth_end(&self->place);
}

/* Where the image has a page with this content; -1: nowhere */
static off_t find_page(int image, const uint8_t *content)
{
	uint8_t page[EDIT_PAGE];
	off_t at;

	for (at = 0; pread(image, page, sizeof(page), at) == sizeof(page); at += EDIT_PAGE)
		if (!memcmp(page, content, sizeof(page)))
			return at;
	return -1;
}

TEST_F(image, file_written_below_its_mounted_image_is_judged_anew)
{
	uint8_t changed[EDIT_SIZE];
	struct edit_content c;
	struct gth_file listed;
	gth_u64 hashes;
	struct edit e;
	off_t at;

	edit_content(&c);
	memcpy(changed, c.file, sizeof(changed));
	memcpy(changed + EDIT_PAGE, c.other + EDIT_PAGE, EDIT_PAGE);
	gth_sha256(changed, sizeof(changed), listed.digest);
	ASSERT_EQ(0, edit_begin(&e, &self->inside, "file", &c));
	ASSERT_EQ(0, gth_list(&listed, GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	hashes = gth_stat("hashes");
	EXPECT_EQ(0, gth_open(e.file.path, O_RDONLY));
	EXPECT_EQ(1, gth_exec(e.file.path));
	EXPECT_LT(hashes + 1, gth_stat("hashes"));
	at = find_page(self->image, c.file + EDIT_PAGE);
	ASSERT_LE(0, at);
	ASSERT_EQ(EDIT_PAGE, pwrite(self->image, c.other + EDIT_PAGE, EDIT_PAGE, at));
	EXPECT_EQ(0, shows(e.file.path, changed));
	ASSERT_EQ(0, gth_write_file("/proc/sys/vm/drop_caches", "1", 1));
	EXPECT_EQ(0, shows(e.file.path, changed));
	EXPECT_EQ(-EPERM, gth_open(e.file.path, O_RDONLY));
	EXPECT_EQ(-EPERM, gth_exec(e.file.path));
	edit_end(&e);
}

TEST_HARNESS_MAIN
