// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * broken.c - files that can never be read, for kernels with fault injection: the
 * function that reads, or hashes, fails each time.
 */
#include "test.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Policy decides about the errors that it has a word for. */

FIXTURE(broken)
{
	struct gth_place place;
	struct gth_file f;
	int err;
};

FIXTURE_VARIANT(broken)
{
	const char *function, *unknown;
	int error, result;
};

FIXTURE_VARIANT_ADD(broken, disk_and_unknown_allowed) {
	.function = "gth_target_read", .unknown = "allow", .error = -EIO, .result = 0
};

FIXTURE_VARIANT_ADD(broken, disk_and_unknown_denied) {
	.function = "gth_target_read", .unknown = "deny", .error = -EIO, .result = -EPERM
};

FIXTURE_VARIANT_ADD(broken, memory) {
	.function = "gth_digest_file", .unknown = "allow", .error = -ENOMEM, .result = -EPERM
};

FIXTURE_SETUP(broken)
{
	int fd;

	ASSERT_EQ(0, gth_begin(&self->place, MNT));
	ASSERT_EQ(0, gth_make_code(&self->f, &self->place, "f"));
	fd = gth_open_fd(self->f.path, O_WRONLY);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED));
	close(fd);
	ASSERT_EQ(0, chmod(self->f.path, 0755));
	ASSERT_EQ(0, gth_set("open_unknown", variant->unknown));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	self->err = gth_fault_function(variant->function, variant->error);
}

FIXTURE_TEARDOWN_PARENT(broken)
{
	gth_fault_function(NULL, 0);
	gth_end(&self->place);
}

TEST_F(broken, file_is_judged_as_policy_says)
{
	gth_u64 denied = gth_stat("denied");

	if (self->err == -ENOENT)
		SKIP(return, "this kernel cannot be told to fail");
	ASSERT_EQ(0, self->err);
	EXPECT_EQ(variant->result, gth_open(self->f.path, O_RDONLY));
	EXPECT_EQ(denied + (variant->result != 0), gth_stat("denied"));
	ASSERT_EQ(0, gth_fault_function(NULL, 0));
	/* Nothing of it was kept. */
	ASSERT_EQ(0, gth_set("open_unknown", "allow"));
	EXPECT_EQ(0, gth_open(self->f.path, O_RDONLY));
}

/* Errnos that no list names: a local file is denied, whatever policy says of unknown files. */

FIXTURE(unlisted)
{
	struct gth_place place;
	struct gth_file f;
	bool missing;
	int fd;
};

FIXTURE_VARIANT(unlisted)
{
	const char *function, *counter;
	int error;
};

FIXTURE_VARIANT_ADD(unlisted, read_exdev) { .function = "gth_target_read",
					    .counter = "error_other",
					    .error = -EXDEV };

FIXTURE_VARIANT_ADD(unlisted, read_eproto) { .function = "gth_target_read",
					     .counter = "error_other",
					     .error = -EPROTO };

FIXTURE_VARIANT_ADD(unlisted, read_eacces) { .function = "gth_target_read",
					     .counter = "error_eacces",
					     .error = -EACCES };

FIXTURE_VARIANT_ADD(unlisted, digest_exdev) { .function = "gth_digest_file",
					      .counter = "error_other",
					      .error = -EXDEV };

FIXTURE_VARIANT_ADD(unlisted, digest_eproto) { .function = "gth_digest_file",
					       .counter = "error_other",
					       .error = -EPROTO };

FIXTURE_VARIANT_ADD(unlisted, digest_eacces) { .function = "gth_digest_file",
					       .counter = "error_eacces",
					       .error = -EACCES };

FIXTURE_SETUP(unlisted)
{
	int fd;

	ASSERT_EQ(0, gth_begin(&self->place, MNT));
	self->missing = gth_fault_setup() == -ENOENT;
	ASSERT_EQ(0, gth_make_program(&self->f, &self->place, "f", NULL, 7));
	/* For mapping: not judged, and no page of it is at hand. */
	ASSERT_EQ(0, gth_set("hooks/open", "0"));
	self->fd = gth_open_fd(self->f.path, O_RDONLY);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, gth_set("hooks/open", "1"));
	fd = gth_open_fd(self->f.path, O_WRONLY);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED));
	close(fd);
	ASSERT_EQ(0, gth_set("mode", "enforce"));
}

FIXTURE_TEARDOWN_PARENT(unlisted)
{
	gth_fault_function(NULL, 0);
	gth_end(&self->place);
}

TEST_F(unlisted, error_denies_a_local_file)
{
	gth_u64 errors = gth_stat(variant->counter);

	if (self->missing)
		SKIP(return, "this kernel cannot be told to fail");
	ASSERT_EQ(0, gth_fault_function(variant->function, variant->error));
	EXPECT_EQ(-EPERM, gth_exec(self->f.path));
	EXPECT_EQ(-EPERM, gth_map(self->fd, PROT_READ | PROT_EXEC));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	EXPECT_EQ(errors + 3, gth_stat(variant->counter));
	/* Nothing of it was kept. */
	ASSERT_EQ(0, gth_fault_function(NULL, 0));
	EXPECT_EQ(0, gth_open(self->f.path, O_RDONLY));
	EXPECT_EQ(0, gth_map(self->fd, PROT_READ | PROT_EXEC));
	EXPECT_EQ(7, gth_exec(self->f.path));
}

TEST_HARNESS_MAIN
