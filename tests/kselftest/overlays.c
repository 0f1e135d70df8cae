// SPDX-License-Identifier: GPL-2.0-or-later
/* overlays.c - on overlays of every kind a listed file is denied, copied up or not; all layers on
 * tmpfs. */
#include "access_paths.h"

#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/xattr.h>

FIXTURE(overlays)
{
	struct gth_place place, lower;
	struct gth_file listed, other;
	char view[80], upper[80];
	bool missing;
};

FIXTURE_VARIANT(overlays)
{
	const char *options;
};

FIXTURE_VARIANT_ADD(overlays, plain) { .options = "" };

FIXTURE_VARIANT_ADD(overlays, metacopy) { .options = ",metacopy=on,redirect_dir=on" };

FIXTURE_VARIANT_ADD(overlays, nfs_export) { .options = ",index=on,nfs_export=on" };

FIXTURE_VARIANT_ADD(overlays, user_xattr) { .options = ",userxattr" };

FIXTURE_VARIANT_ADD(overlays, quick) { .options = ",volatile,xino=on" };

static int make_dir(char *path, size_t size, const struct gth_place *place, const char *name)
{
	snprintf(path, size, "%s/%s", place->dir, name);
	return mkdir(path, 0755) ? -errno : 0;
}

FIXTURE_SETUP(overlays)
{
	char work[80], options[400];

	ASSERT_EQ(0, gth_begin(&self->place, TMPFS));
	ASSERT_EQ(0, make_dir(self->lower.dir, sizeof(self->lower.dir), &self->place, "lower"));
	ASSERT_EQ(0, make_dir(self->upper, sizeof(self->upper), &self->place, "upper"));
	ASSERT_EQ(0, make_dir(self->view, sizeof(self->view), &self->place, "view"));
	ASSERT_EQ(0, make_dir(work, sizeof(work), &self->place, "work"));
	ASSERT_EQ(0, gth_make_program(&self->listed, &self->lower, "listed", NULL, 7));
	ASSERT_EQ(0, gth_make_program(&self->other, &self->lower, "other", NULL, 7));
	ASSERT_EQ(0, gth_list(&self->listed, GTH_CLASS_MALICIOUS));
	snprintf(options, sizeof(options), "lowerdir=%s,upperdir=%s,workdir=%s%s", self->lower.dir,
		 self->upper, work, variant->options);
	self->missing = mount("kind", self->view, "overlay", 0, options);
	ASSERT_TRUE(!self->missing || errno == EINVAL || errno == ENODEV);
}

FIXTURE_TEARDOWN_PARENT(overlays)
{
	umount2(self->view, MNT_DETACH);
	gth_end(&self->place);
}

#define NEED_OVERLAY()                                                                             \
	do {                                                                                       \
		if (self->missing)                                                                 \
			SKIP(return, "no overlay with these options");                             \
	} while (0)

TEST_F(overlays, lower_file_is_denied)
{
	NEED_OVERLAY();
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	EXPECT_EQ(0, open_and_exec_in(self->view, self->other.path));
	EXPECT_EQ(-EPERM, open_and_exec_in(self->view, self->listed.path));
}

/* Its mode changes, or its name, and with either its layer: of its metadata, or of all of it. */
TEST_F(overlays, copied_up_file_is_denied)
{
	char listed[160], other[160], renamed[160];

	NEED_OVERLAY();
	snprintf(listed, sizeof(listed), "%s/listed", self->view);
	snprintf(other, sizeof(other), "%s/other", self->view);
	snprintf(renamed, sizeof(renamed), "%s/renamed", self->view);
	EXPECT_EQ(0, open_and_exec_in(self->view, self->other.path));
	EXPECT_EQ(0, open_and_exec_in(self->view, self->listed.path));
	ASSERT_EQ(0, chmod(listed, 0700));
	ASSERT_EQ(0, chmod(other, 0700));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	EXPECT_EQ(0, open_and_exec_in(self->view, other));
	EXPECT_EQ(-EPERM, open_and_exec_in(self->view, listed));
	ASSERT_EQ(0, rename(listed, renamed));
	EXPECT_EQ(-EPERM, open_and_exec_in(self->view, renamed));
	/* Seen without the overlay, it is empty or the same. */
	if (!strstr(variant->options, "metacopy"))
		EXPECT_EQ(-EPERM, open_and_exec_in(self->upper, renamed));
	EXPECT_EQ(-EPERM, open_and_exec_in(self->lower.dir, listed));
}

/* Written through the overlay, never seen below it. */
TEST_F(overlays, upper_file_is_denied)
{
	uint8_t image[GTH_PROGRAM_SIZE];
	char path[160];
	int from, fd;

	NEED_OVERLAY();
	from = gth_open_fd(self->listed.path, O_RDONLY);
	ASSERT_LE(0, from);
	ASSERT_EQ(GTH_PROGRAM_SIZE, read(from, image, sizeof(image)));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	snprintf(path, sizeof(path), "%s/new", self->view);
	fd = gth_open_fd(path, O_WRONLY | O_CREAT);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, fchmod(fd, 0755));
	ASSERT_EQ(GTH_PROGRAM_SIZE, write(fd, image, sizeof(image)));
	close(fd);
	EXPECT_EQ(-EPERM, open_and_exec_in(self->view, path));
	EXPECT_EQ(-EPERM, open_and_exec_in(self->upper, path));
}

/* Only an exported overlay gives handles. */
TEST_F(overlays, handle_is_not_given_or_denied)
{
	union {
		struct file_handle h;
		char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} handle = { .h.handle_bytes = MAX_HANDLE_SZ };
	char path[160];
	int mount_id, dir;
	bool given;

	NEED_OVERLAY();
	snprintf(path, sizeof(path), "%s/listed", self->view);
	given = !name_to_handle_at(AT_FDCWD, path, &handle.h, &mount_id, 0);
	ASSERT_EQ(strstr(variant->options, "nfs_export") != NULL, given);
	if (!given)
		return;
	dir = gth_open_fd(self->view, O_RDONLY | O_DIRECTORY);
	EXPECT_EQ(0, closed(open_by_handle_at(dir, &handle.h, O_RDONLY)));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	EXPECT_EQ(-1, open_by_handle_at(dir, &handle.h, O_RDONLY));
	EXPECT_EQ(EPERM, errno);
}

/* A layer has the names only, another one the data. */

FIXTURE(data_only)
{
	struct gth_place place, data;
	struct gth_file listed, other;
	char view[80];
	bool missing;
};

static int make_name(const char *dir, const char *name)
{
	char path[160], data[80];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	snprintf(data, sizeof(data), "/%s", name);
	fd = gth_open_fd(path, O_WRONLY | O_CREAT);
	if (fd < 0 || fchmod(fd, 0755) || ftruncate(fd, GTH_PROGRAM_SIZE) ||
	    fsetxattr(fd, "trusted.overlay.metacopy", "", 0, 0) ||
	    fsetxattr(fd, "trusted.overlay.redirect", data, strlen(data), 0))
		return -errno;
	return close(fd);
}

FIXTURE_SETUP(data_only)
{
	char names[80], options[400];

	ASSERT_EQ(0, gth_begin(&self->place, TMPFS));
	ASSERT_EQ(0, make_dir(self->data.dir, sizeof(self->data.dir), &self->place, "data"));
	ASSERT_EQ(0, make_dir(self->view, sizeof(self->view), &self->place, "view"));
	ASSERT_EQ(0, make_dir(names, sizeof(names), &self->place, "names"));
	ASSERT_EQ(0, gth_make_program(&self->listed, &self->data, "listed", NULL, 7));
	ASSERT_EQ(0, gth_make_program(&self->other, &self->data, "other", NULL, 7));
	ASSERT_EQ(0, make_name(names, "listed"));
	ASSERT_EQ(0, make_name(names, "other"));
	ASSERT_EQ(0, make_name(names, "gone"));
	ASSERT_EQ(0, gth_list(&self->listed, GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	snprintf(options, sizeof(options), "lowerdir=%s::%s,metacopy=on,redirect_dir=follow", names,
		 self->data.dir);
	self->missing = mount("kind", self->view, "overlay", 0, options);
}

FIXTURE_TEARDOWN_PARENT(data_only)
{
	umount2(self->view, MNT_DETACH);
	gth_end(&self->place);
}

TEST_F(data_only, listed_file_is_denied)
{
	struct gth_explain x;
	char path[160];

	if (self->missing)
		SKIP(return, "no overlay with layers of data only");
	EXPECT_EQ(0, open_and_exec_in(self->view, self->other.path));
	EXPECT_EQ(-EPERM, open_and_exec_in(self->view, self->listed.path));
	snprintf(path, sizeof(path), "%s/listed", self->view);
	ASSERT_EQ(0, gth_explain(path, GTH_OP_OPEN, &x));
	EXPECT_EQ(GTH_ACTION_DENY, x.action);
}

/* The kernel warns about who asks for such data, and the rig fails a test for that. */
TEST_F(data_only, name_without_data_has_nothing_to_judge)
{
	struct gth_explain x;
	char path[160];

	if (self->missing)
		SKIP(return, "no overlay with layers of data only");
	snprintf(path, sizeof(path), "%s/gone", self->view);
	EXPECT_NE(0, gth_explain(path, GTH_OP_OPEN, &x));
	EXPECT_EQ(-1, open(path, O_RDONLY));
	EXPECT_NE(EPERM, errno);
}

TEST_HARNESS_MAIN
