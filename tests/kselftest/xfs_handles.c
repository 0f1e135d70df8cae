// SPDX-License-Identifier: GPL-2.0-or-later
/* xfs_handles.c - xfs opens by handle with a call of its own, and that open is judged too. */
#include "test.h"

#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/statfs.h>
#include <unistd.h>

#ifndef XFS_SUPER_MAGIC
#define XFS_SUPER_MAGIC 0x58465342
#endif

/* As the kernel's xfs_fs.h has it */
struct handle_request {
	uint32_t fd;
	const char *path;
	uint32_t flags;
	void *in;
	uint32_t in_size;
	void *out;
	uint32_t *out_size;
};

#define PATH_TO_HANDLE _IOWR('X', 105, struct handle_request)
#define OPEN_BY_HANDLE _IOWR('X', 107, struct handle_request)

FIXTURE(xfs_handles)
{
	struct gth_place place;
	struct gth_file listed, other;
	bool missing;
};

FIXTURE_SETUP(xfs_handles)
{
	struct statfs st;

	ASSERT_EQ(0, statfs(MNT, &st));
	self->missing = st.f_type != XFS_SUPER_MAGIC;
	ASSERT_EQ(0, gth_begin(&self->place, MNT));
	ASSERT_EQ(0, gth_make_program(&self->listed, &self->place, "listed", NULL, 7));
	ASSERT_EQ(0, gth_make_program(&self->other, &self->place, "other", NULL, 7));
	ASSERT_EQ(0, gth_list(&self->listed, GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
}

FIXTURE_TEARDOWN_PARENT(xfs_handles)
{
	gth_end(&self->place);
}

#define NEED_XFS()                                                                                 \
	do {                                                                                       \
		if (self->missing)                                                                 \
			SKIP(return, MNT " is no xfs");                                            \
	} while (0)

static int by_handle(const char *path, int flags)
{
	int mount = gth_open_fd(MNT, O_RDONLY | O_DIRECTORY), fd;
	uint8_t handle[64];
	uint32_t size = sizeof(handle);
	struct handle_request request = { .path = path, .out = handle, .out_size = &size };

	if (mount < 0 || ioctl(mount, PATH_TO_HANDLE, &request))
		return -errno;
	request =
		(struct handle_request) { .flags = (uint32_t)flags, .in = handle, .in_size = size };
	fd = ioctl(mount, OPEN_BY_HANDLE, &request);
	fd = fd < 0 ? -errno : fd;
	close(mount);
	return fd;
}

TEST_F(xfs_handles, open_is_denied)
{
	NEED_XFS();
	EXPECT_LE(0, by_handle(self->other.path, O_RDONLY));
	EXPECT_EQ(-EPERM, by_handle(self->listed.path, O_RDONLY));
	EXPECT_EQ(-EPERM, by_handle(self->listed.path, O_RDWR));
	EXPECT_LE(0, by_handle(self->listed.path, O_WRONLY));
}

/* This call takes O_TRUNC and truncates nothing: it must not pass for an open of nothing. */
TEST_F(xfs_handles, truncating_open_that_truncates_nothing_is_denied)
{
	static const int flags[] = { O_RDONLY | O_TRUNC, O_RDWR | O_TRUNC };

	NEED_XFS();
	for (unsigned int i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		char byte = 0;
		int fd = by_handle(self->listed.path, flags[i]);

		EXPECT_EQ(-EPERM, fd);
		if (fd >= 0 && read(fd, &byte, 1) == 1)
			EXPECT_NE(0x7f, byte);
	}
}

TEST_HARNESS_MAIN
