// SPDX-License-Identifier: GPL-2.0-or-later
/* snapshots.c - a listed file is denied in a snapshot of its subvolume (btrfs). */
#include "test.h"

#include <linux/btrfs.h>
#include <sys/ioctl.h>
#include <unistd.h>

FIXTURE(snapshots)
{
	struct gth_place place, volume;
	struct gth_file listed, other;
	bool missing;
};

/* name: of a new subvolume in dir, a snapshot of source or empty */
static int make_volume(const char *dir, const char *name, const char *source)
{
	struct btrfs_ioctl_vol_args args = { 0 };
	int at = gth_open_fd(dir, O_RDONLY | O_DIRECTORY), ret;

	snprintf(args.name, sizeof(args.name), "%s", name);
	if (source)
		args.fd = gth_open_fd(source, O_RDONLY | O_DIRECTORY);
	ret = ioctl(at, source ? BTRFS_IOC_SNAP_CREATE : BTRFS_IOC_SUBVOL_CREATE, &args) ? -errno
											 : 0;
	close(at);
	return ret;
}

FIXTURE_SETUP(snapshots)
{
	ASSERT_EQ(0, gth_begin(&self->place, MNT));
	self->missing = make_volume(self->place.dir, "volume", NULL) == -ENOTTY;
	if (self->missing)
		return;
	snprintf(self->volume.dir, sizeof(self->volume.dir), "%.40s/volume", self->place.dir);
	ASSERT_EQ(0, gth_make_program(&self->listed, &self->volume, "listed", NULL, 7));
	ASSERT_EQ(0, gth_make_program(&self->other, &self->volume, "other", NULL, 7));
	ASSERT_EQ(0, gth_list(&self->listed, GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
}

FIXTURE_TEARDOWN_PARENT(snapshots)
{
	gth_end(&self->place);
}

TEST_F(snapshots, listed_file_is_denied)
{
	char listed[160], other[160];

	if (self->missing)
		SKIP(return, "no subvolumes on " MNT);
	EXPECT_EQ(-EPERM, gth_open(self->listed.path, O_RDONLY));
	ASSERT_EQ(0, make_volume(self->place.dir, "snapshot", self->volume.dir));
	snprintf(listed, sizeof(listed), "%s/snapshot/listed", self->place.dir);
	snprintf(other, sizeof(other), "%s/snapshot/other", self->place.dir);
	EXPECT_EQ(-EPERM, gth_open(listed, O_RDONLY));
	EXPECT_EQ(-EPERM, gth_exec(listed));
	EXPECT_EQ(0, gth_open(other, O_RDONLY));
	EXPECT_EQ(7, gth_exec(other));
}

TEST_HARNESS_MAIN
