// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * created.c - an open that makes a file is not judged by it: nothing is in it yet,
 * and a denial would leave its name behind. All later opens are judged.
 */
#include "test.h"

#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hold_helpers.h"

/* ms; long, where something else is meant to come first */
#define PATIENCE 20000
#define TIMEOUT "3000"

/* An executable file is judged whatever is in it. */
#define MODE 0755

FIXTURE(created)
{
	struct gth_place place;
	char path[96];
	int server;
};

FIXTURE_VARIANT(created)
{
	const char *parent, *unknown;
};

FIXTURE_VARIANT_ADD(created, mnt_deny) { .parent = MNT, .unknown = "deny" };
FIXTURE_VARIANT_ADD(created, mnt_hold) { .parent = MNT, .unknown = "hold" };
FIXTURE_VARIANT_ADD(created, tmpfs_deny) { .parent = TMPFS, .unknown = "deny" };
FIXTURE_VARIANT_ADD(created, tmpfs_hold) { .parent = TMPFS, .unknown = "hold" };

FIXTURE_SETUP(created)
{
	ASSERT_EQ(0, gth_begin(&self->place, variant->parent));
	snprintf(self->path, sizeof(self->path), "%s/f", self->place.dir);
	self->server = gth_serve();
	ASSERT_LE(0, self->server);
	ASSERT_EQ(0, gth_set("hold_timeout_ms", TIMEOUT));
	ASSERT_EQ(0, gth_set("hold_expired", "deny"));
	ASSERT_EQ(0, gth_set("open_unknown", variant->unknown));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
}

FIXTURE_TEARDOWN_PARENT(created)
{
	gth_end(&self->place);
}

/* A child, which may be held, opens path and sees an empty file; its exit status is an errno. */
static int make_empty(const char *path, int flags)
{
	pid_t pid = gth_hold_fork();

	if (!pid) {
		int fd = open(path, flags | O_CLOEXEC, MODE);
		struct stat st;

		if (fd < 0)
			_exit(errno);
		_exit(fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_size ||
				      (st.st_mode & 0777) != MODE
			      ? 255
			      : 0);
	}
	return gth_hold_ended(pid, PATIENCE);
}

TEST_F(created, open_that_makes_a_file_is_allowed_and_does_not_wait)
{
	static const int ways[] = { O_RDWR | O_CREAT | O_EXCL,	O_RDONLY | O_CREAT | O_EXCL,
				    O_RDWR | O_CREAT,		O_RDONLY | O_CREAT,
				    O_RDWR | O_CREAT | O_TRUNC, O_WRONLY | O_CREAT | O_TRUNC };
	gth_u64 requests = gth_stat("requests"), held = gth_stat("held");
	gth_u64 denied = gth_stat("denied");

	for (unsigned int i = 0; i < ARRAY_SIZE(ways); i++) {
		ASSERT_NE(0, access(self->path, F_OK));
		EXPECT_EQ(0, make_empty(self->path, ways[i]))
		{
			TH_LOG("flags %#x", ways[i]);
		}
		EXPECT_EQ(0, unlink(self->path));
	}
	EXPECT_EQ(requests, gth_stat("requests"));
	EXPECT_EQ(held, gth_stat("held"));
	EXPECT_EQ(denied, gth_stat("denied"));
}

TEST_F(created, nameless_file_is_made_and_does_not_wait)
{
	gth_u64 requests = gth_stat("requests"), denied = gth_stat("denied");
	int err = make_empty(self->place.dir, O_TMPFILE | O_RDWR);

	if (err == EOPNOTSUPP)
		SKIP(return, "this file system has no O_TMPFILE");
	EXPECT_EQ(0, err);
	EXPECT_EQ(0, make_empty(self->place.dir, O_TMPFILE | O_RDWR | O_EXCL));
	EXPECT_EQ(requests, gth_stat("requests"));
	EXPECT_EQ(denied, gth_stat("denied"));
}

TEST_F(created, every_file_is_made_where_all_are_judged)
{
	ASSERT_EQ(0, gth_set("open_scope", "all"));
	EXPECT_EQ(0, make_empty(self->path, O_RDWR | O_CREAT | O_EXCL));
	EXPECT_EQ(0, access(self->path, F_OK));
	EXPECT_EQ(0, gth_set("open_scope", "code"));
}

/* The empty file's digest; an owner that insists may list it. */
static void empty_digest(uint8_t digest[GTH_DIGEST_SIZE])
{
	static const uint8_t nothing;

	gth_sha256(&nothing, 0, digest);
}

TEST_F(created, existing_empty_file_is_allowed_unless_it_is_listed)
{
	static const int ways[] = { O_RDONLY, O_RDWR, O_RDWR | O_CREAT };
	gth_u64 requests = gth_stat("requests"), denied;
	uint8_t digest[GTH_DIGEST_SIZE];

	ASSERT_EQ(0, make_empty(self->path, O_WRONLY | O_CREAT | O_EXCL));
	for (unsigned int i = 0; i < ARRAY_SIZE(ways); i++)
		EXPECT_EQ(0, make_empty(self->path, ways[i]));
	EXPECT_EQ(requests, gth_stat("requests"));
	empty_digest(digest);
	ASSERT_EQ(0, gth_verdict(digest, GTH_CLASS_MALICIOUS, 0));
	for (unsigned int i = 0; i < ARRAY_SIZE(ways); i++) {
		denied = gth_stat("denied");
		EXPECT_EQ(EPERM, make_empty(self->path, ways[i]));
		EXPECT_EQ(denied + 1, gth_stat("denied"));
	}
	EXPECT_EQ(EEXIST, make_empty(self->path, O_RDWR | O_CREAT | O_EXCL));
}

/* A new file with this content, written through the very descriptor that made it; -errno */
static int make_with(const char *path, const void *data, size_t len)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, MODE), ret = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, data, len) != (ssize_t)len)
		ret = -EIO;
	close(fd);
	return ret;
}

TEST_F(created, content_written_afterwards_is_judged)
{
	uint8_t image[GTH_PROGRAM_SIZE], digest[GTH_DIGEST_SIZE];

	ASSERT_EQ(0, gth_set("open_unknown", "deny"));
	for (int class = GTH_CLASS_UNKNOWN; class < GTH_CLASS_MAX; class ++) {
		bool allowed = class == GTH_CLASS_TRUSTED || class == GTH_CLASS_SUSPICIOUS;

		gth_program(image, NULL, 0x400000, 7);
		gth_sha256(image, sizeof(image), digest);
		ASSERT_EQ(0, gth_verdict(digest, class, 0));
		ASSERT_EQ(0, make_with(self->path, image, sizeof(image)));
		EXPECT_EQ(allowed ? 0 : -EPERM, gth_open(self->path, O_RDONLY))
		{
			TH_LOG("class %d", class);
		}
		ASSERT_EQ(0, unlink(self->path));
	}
}

TEST_F(created, allowance_of_the_empty_file_goes_with_the_first_write)
{
	uint8_t image[GTH_PROGRAM_SIZE], digest[GTH_DIGEST_SIZE];
	int fd;

	empty_digest(digest);
	ASSERT_EQ(0, gth_verdict(digest, GTH_CLASS_TRUSTED, 0));
	gth_program(image, NULL, 0x400000, 7);
	gth_sha256(image, sizeof(image), digest);
	ASSERT_EQ(0, gth_verdict(digest, GTH_CLASS_MALICIOUS, 0));
	fd = open(self->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, MODE);
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, gth_open(self->path, O_RDONLY));
	ASSERT_EQ(GTH_PROGRAM_SIZE, write(fd, image, sizeof(image)));
	EXPECT_EQ(-EPERM, gth_open(self->path, O_RDONLY));
	close(fd);
	EXPECT_EQ(-EPERM, gth_open(self->path, O_RDONLY));
}

TEST_HARNESS_MAIN
