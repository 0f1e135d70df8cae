// SPDX-License-Identifier: GPL-2.0-or-later
/* backing.c - content that changes below the file system, in an image that is mounted. */
#include "test.h"

#include <errno.h>
#include <linux/loop.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "content_change.h"

#define BUSYBOX "/usr/bin/busybox"

/* An image that a user mounted, and to whose file the same user writes all the same. */
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

/* A loop device that goes when its last user closes it. */
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
	EXPECT_EQ(0, edit_shows(e.file.path, changed));
	ASSERT_EQ(0, gth_write_file("/proc/sys/vm/drop_caches", "1", 1));
	EXPECT_EQ(0, edit_shows(e.file.path, changed));
	EXPECT_EQ(-EPERM, gth_open(e.file.path, O_RDONLY));
	EXPECT_EQ(-EPERM, gth_exec(e.file.path));
	edit_end(&e);
}

TEST_HARNESS_MAIN
