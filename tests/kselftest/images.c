// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * images.c - a listed file in a mounted image is denied, whatever file system
 * the image holds. The images are beside this program: image.TYPE, each with
 * the scripts `listed` and `other`.
 */
#include "test.h"

#include <linux/loop.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

FIXTURE(images)
{
	struct gth_place place;
	char listed[80], other[80];
	bool missing;
};

FIXTURE_VARIANT(images)
{
	const char *type, *options;
	bool kept; /* does it tell of changes? */
};

FIXTURE_VARIANT_ADD(images, ext4) { .type = "ext4", .options = "loop", .kept = true };

FIXTURE_VARIANT_ADD(images, ext4_read_only) { .type = "ext4", .options = "loop,ro", .kept = true };

FIXTURE_VARIANT_ADD(images, squashfs) { .type = "squashfs", .options = "loop,ro", .kept = true };

FIXTURE_VARIANT_ADD(images, erofs) { .type = "erofs", .options = "loop,ro", .kept = true };

FIXTURE_VARIANT_ADD(images, iso9660) { .type = "iso9660", .options = "loop,ro", .kept = true };

FIXTURE_VARIANT_ADD(images, vfat) { .type = "vfat", .options = "loop", .kept = false };

static int digest_of(const char *path, uint8_t digest[GTH_DIGEST_SIZE])
{
	uint8_t data[256];
	int fd = gth_open_fd(path, O_RDONLY);
	ssize_t n;

	if (fd < 0)
		return fd;
	n = read(fd, data, sizeof(data));
	close(fd);
	if (n <= 0 || n == sizeof(data))
		return -EIO;
	gth_sha256(data, (size_t)n, digest);
	return 0;
}

static bool known_to_kernel(const char *type)
{
	FILE *list = fopen("/proc/filesystems", "re");
	char line[64], *name;
	bool found = false;

	while (list && !found && fgets(line, sizeof(line), list)) {
		name = line + strcspn(line, "\t") + 1;
		name[strcspn(name, "\n")] = '\0';
		found = !strcmp(name, type);
	}
	if (list)
		fclose(list);
	return found;
}

FIXTURE_SETUP(images)
{
	uint8_t digest[GTH_DIGEST_SIZE];
	const char *const modprobe[] = { "/sbin/modprobe", "-a", "loop", variant->type, NULL };
	char image[32];
	const char *const mount[] = { "/bin/mount",	"-t",  variant->type,	"-o",
				      variant->options, image, self->place.dir, NULL };

	ASSERT_EQ(0, gth_begin(&self->place, TMPFS));
	snprintf(image, sizeof(image), "image.%s", variant->type);
	snprintf(self->listed, sizeof(self->listed), "%s/listed", self->place.dir);
	snprintf(self->other, sizeof(self->other), "%s/other", self->place.dir);
	/* They may be built in. */
	gth_run(modprobe, "/dev/null");
	self->missing = !known_to_kernel(variant->type) || access("/dev/loop-control", F_OK);
	if (self->missing)
		return;
	ASSERT_EQ(0, gth_run(mount, "/dev/null"));
	ASSERT_EQ(0, digest_of(self->listed, digest));
	ASSERT_EQ(0, gth_verdict(digest, GTH_CLASS_MALICIOUS, 0));
}

FIXTURE_TEARDOWN_PARENT(images)
{
	umount2(self->place.dir, MNT_DETACH);
	gth_end(&self->place);
}

#define NEED_IMAGE()                                                                               \
	do {                                                                                       \
		if (self->missing)                                                                 \
			SKIP(return, "no %s or no loop devices", variant->type);                   \
	} while (0)

TEST_F(images, listed_file_is_denied)
{
	int fd;

	NEED_IMAGE();
	fd = gth_open_fd(self->listed, O_RDONLY);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	EXPECT_EQ(-EPERM, gth_open(self->listed, O_RDONLY));
	EXPECT_EQ(-EPERM, gth_exec(self->listed));
	EXPECT_EQ(-EPERM, gth_exec_fd(fd));
	EXPECT_EQ(-EPERM, gth_map(fd, PROT_READ | PROT_EXEC));
	EXPECT_EQ(0, gth_open(self->other, O_RDONLY));
	EXPECT_EQ(7, gth_exec(self->other));
}

/* A file system that does not tell of changes is hashed each time. */
TEST_F(images, second_open_is_hashed_if_changes_go_unseen)
{
	gth_u64 hashes;

	NEED_IMAGE();
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	EXPECT_EQ(0, gth_open(self->other, O_RDONLY));
	hashes = gth_stat("hashes");
	EXPECT_EQ(0, gth_open(self->other, O_RDONLY));
	EXPECT_EQ(hashes + !variant->kept, gth_stat("hashes"));
}

/* A block device is no file whose content could be judged: docs/limitations.md. */

GTH_FIXTURE_PLACE(block_device, TMPFS)

TEST_F(block_device, reading_and_mapping_it_is_free)
{
	const char *const modprobe[] = { "/sbin/modprobe", "loop", NULL };
	uint8_t image[GTH_PROGRAM_SIZE], digest[GTH_DIGEST_SIZE];
	int control, file, device;
	struct gth_file listed;
	char path[32];

	gth_run(modprobe, "/dev/null");
	control = gth_open_fd("/dev/loop-control", O_RDWR);
	if (control < 0)
		SKIP(return, "no loop devices");
	ASSERT_EQ(0, gth_make_program(&listed, &self->place, "listed", NULL, 7));
	ASSERT_EQ(0, gth_list(&listed, GTH_CLASS_MALICIOUS));
	file = gth_open_fd(listed.path, O_RDONLY);
	ASSERT_LE(0, file);
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	EXPECT_EQ(-EPERM, gth_open(listed.path, O_RDONLY));
	snprintf(path, sizeof(path), "/dev/loop%d", ioctl(control, LOOP_CTL_GET_FREE));
	device = gth_open_fd(path, O_RDONLY);
	ASSERT_LE(0, device);
	ASSERT_EQ(0, ioctl(device, LOOP_SET_FD, file));
	EXPECT_EQ(GTH_PROGRAM_SIZE, pread(device, image, sizeof(image), 0));
	gth_sha256(image, sizeof(image), digest);
	EXPECT_EQ(0, memcmp(digest, listed.digest, sizeof(digest)));
	EXPECT_EQ(0, gth_map(device, PROT_READ | PROT_EXEC));
	EXPECT_EQ(0, ioctl(device, LOOP_CLR_FD));
}

TEST_HARNESS_MAIN
