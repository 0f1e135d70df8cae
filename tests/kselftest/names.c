// SPDX-License-Identifier: GPL-2.0-or-later
/* names.c - whatever names a listed file, it is not opened for reading. */
#include "access_paths.h"

#include <sys/stat.h>

GTH_FIXTURE_ACCESS_PATHS(names)

static char name[160];

static int through_symlink(const char *path)
{
	snprintf(name, sizeof(name), "%s.symlink", path);
	return symlink(path, name) ? -errno : gth_open(name, O_RDONLY);
}

static int through_hard_link(const char *path)
{
	snprintf(name, sizeof(name), "%s.link", path);
	return link(path, name) ? -errno : gth_open(name, O_RDONLY);
}

static int renamed(const char *path)
{
	snprintf(name, sizeof(name), "%s.renamed", path);
	return rename(path, name) ? -errno : gth_open(name, O_RDONLY);
}

static int through_current_directory(const char *path)
{
	char dir[160];

	directory_of(path, dir, sizeof(dir));
	snprintf(name, sizeof(name), "/proc/self/cwd/%s", gth_bare_name(path));
	return chdir(dir) ? -errno : gth_open(name, O_RDONLY);
}

static int through_root(const char *path)
{
	snprintf(name, sizeof(name), "/proc/self/root%s", path);
	return gth_open(name, O_RDONLY);
}

TEST_F(names, every_name_is_denied)
{
	/* The last one takes the name away. */
	DENIES(through_symlink);
	DENIES(through_hard_link);
	DENIES(through_current_directory);
	DENIES(through_root);
	DENIES(renamed);
}

static int by_handle(const char *path)
{
	union {
		struct file_handle h;
		char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} handle = { .h.handle_bytes = MAX_HANDLE_SZ };
	int mount_id, mount, fd;

	if (name_to_handle_at(AT_FDCWD, path, &handle.h, &mount_id, 0))
		return -errno;
	/* Any descriptor on the file system serves. */
	mount = gth_open_fd(path, O_WRONLY);
	fd = open_by_handle_at(mount, &handle.h, O_RDONLY | O_CLOEXEC);
	fd = fd < 0 ? -errno : fd;
	close(mount);
	return closed(fd);
}

TEST_F(names, handle_is_denied)
{
	if (by_handle(self->other.path) == -EOPNOTSUPP)
		SKIP(return, "this file system gives no handles");
	DENIES(by_handle);
}

TEST_F(names, nameless_file_is_denied_before_and_after_it_is_linked)
{
	uint8_t image[GTH_PROGRAM_SIZE];
	char fd_path[64], path[160];
	int source, fd;

	ASSERT_EQ(0, gth_set("hooks/open", "0"));
	source = gth_open_fd(self->listed.path, O_RDONLY);
	ASSERT_LE(0, source);
	ASSERT_EQ(GTH_PROGRAM_SIZE, read(source, image, sizeof(image)));
	ASSERT_EQ(0, gth_set("hooks/open", "1"));
	fd = open(self->place.dir, O_TMPFILE | O_WRONLY, 0755);
	if (fd < 0 && errno == EOPNOTSUPP)
		SKIP(return, "this file system has no O_TMPFILE");
	ASSERT_LE(0, fd);
	snprintf(fd_path, sizeof(fd_path), "/proc/self/fd/%d", fd);
	snprintf(path, sizeof(path), "%s/linked", self->place.dir);
	EXPECT_EQ(0, gth_open(fd_path, O_RDONLY));
	ASSERT_EQ(GTH_PROGRAM_SIZE, write(fd, image, sizeof(image)));
	EXPECT_EQ(-EPERM, gth_open(fd_path, O_RDONLY));
	ASSERT_EQ(0, linkat(AT_FDCWD, fd_path, AT_FDCWD, path, AT_SYMLINK_FOLLOW));
	EXPECT_EQ(-EPERM, gth_open(path, O_RDONLY));
	close(fd);
	EXPECT_EQ(-EPERM, gth_open(path, O_RDONLY));
	EXPECT_EQ(-EPERM, gth_exec(path));
}

TEST_F(names, memfd_is_denied_when_it_is_opened_again)
{
	uint8_t image[GTH_PROGRAM_SIZE], digest[GTH_DIGEST_SIZE];
	int fd;

	gth_program(image, NULL, 0x400000, 9);
	gth_sha256(image, sizeof(image), digest);
	fd = gth_memory_file(image, sizeof(image));
	ASSERT_LE(0, fd);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	EXPECT_EQ(0, gth_open(name, O_RDONLY));
	ASSERT_EQ(0, gth_verdict(digest, GTH_CLASS_MALICIOUS, 0));
	EXPECT_EQ(-EPERM, gth_open(name, O_RDONLY));
	EXPECT_EQ(0, gth_open(name, O_WRONLY));
}

TEST_HARNESS_MAIN
