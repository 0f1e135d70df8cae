// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * deep.c - the event of a file whose path is too long tells the end of the path, and
 * says so, also of a path that is too long for the kernel.
 */
#include "test.h"

#include <limits.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define KEPT (GTH_PATH_SIZE - 1)
#define STEP 200	/* bytes of a directory's name */
#define DEEP (5 * 1024) /* longer than PATH_MAX */

FIXTURE(deep)
{
	struct gth_place place;
	struct gth_file f;
	char digest[96];
	off_t from;
};

FIXTURE_VARIANT(deep)
{
	const char *parent;
};

FIXTURE_VARIANT_ADD(deep, mnt) { .parent = MNT };
FIXTURE_VARIANT_ADD(deep, tmpfs) { .parent = TMPFS };

FIXTURE_SETUP(deep)
{
	ASSERT_EQ(0, gth_begin(&self->place, variant->parent));
	ASSERT_EQ(0, gth_make_program(&self->f, &self->place, "f", NULL, 5));
	ASSERT_EQ(0, gth_list(&self->f, GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	strcpy(self->digest, "\"digest\":\"");
	for (unsigned int i = 0; i < GTH_DIGEST_SIZE; i++)
		sprintf(self->digest + 10 + 2 * i, "%02x", self->f.digest[i]);
	strcat(self->digest, "\"");
	self->from = gth_events_fence();
	ASSERT_LE(0, self->from);
}

/* A name of one letter, repeated */
static const char *name_of(char letter, size_t len)
{
	static char name[NAME_MAX + 1];

	memset(name, letter, len);
	name[len] = '\0';
	return name;
}

static void remove_below(const char *dir)
{
	int home = gth_open_fd(".", O_RDONLY | O_DIRECTORY), depth = 0;

	if (home < 0 || chdir(dir))
		return;
	while (!chdir(name_of('d', STEP)))
		depth++;
	for (size_t len = 1; len <= NAME_MAX; len++)
		unlink(name_of('f', len));
	while (depth-- && !chdir("..") && !rmdir(name_of('d', STEP)))
		;
	if (fchdir(home))
		abort();
	close(home);
}

FIXTURE_TEARDOWN_PARENT(deep)
{
	/* The tree is too deep for nftw(3). */
	if (self->place.dir[0])
		remove_below(self->place.dir);
	gth_end(&self->place);
}

/*
 * Makes directories and moves the file down, so that its whole path has len bytes.
 * Sets path to that, and the current directory to the file's. 0 or -errno.
 */
static int move_down(const struct gth_file *f, const char *dir, char *path, size_t len)
{
	size_t n = (size_t)snprintf(path, len + 1, "%s", dir);
	const char *name;

	if (chdir(dir))
		return -errno;
	/* Room for the file's own name is left. */
	while (len - n > NAME_MAX) {
		name = name_of('d', STEP);
		if (mkdir(name, 0755) || chdir(name))
			return -errno;
		n += (size_t)snprintf(path + n, len + 1 - n, "/%s", name);
	}
	name = name_of('f', len - n - 1);
	n += (size_t)snprintf(path + n, len + 1 - n, "/%s", name);
	return n == len && !rename(f->path, name) ? 0 : -EIO;
}

/* There is one event of this operation, and it tells the end of path. */
#define EXPECT_TOLD(op, path, len)                                                                 \
	do {                                                                                       \
		static char tail[GTH_PATH_SIZE + 16], last[4096];                                  \
		bool cut = (len) > KEPT;                                                           \
		const char *any[] = { "\"type\":\"decision\"", op, self->digest, NULL };           \
		const char *whole[] = { "\"type\":\"decision\"",                                   \
					op,                                                        \
					self->digest,                                              \
					tail,                                                      \
					cut ? "\"path_truncated\":true" : "\"path\"",              \
					NULL };                                                    \
		off_t to = gth_events_fence();                                                     \
                                                                                                   \
		ASSERT_LE(0, to);                                                                  \
		snprintf(tail, sizeof(tail), "\"path\":\"%s\"", (path) + (cut ? (len)-KEPT : 0));  \
		EXPECT_EQ(1, gth_events_count(self->from, to, any, last, sizeof(last)));           \
		EXPECT_EQ(1, gth_events_count(self->from, to, whole, NULL, 0))                     \
		{                                                                                  \
			TH_LOG("path of %zu bytes: %s", (size_t)(len), last);                      \
		}                                                                                  \
		if (!cut)                                                                          \
			EXPECT_EQ(NULL, strstr(last, "\"path_truncated\":true"));                  \
		self->from = to;                                                                   \
	} while (0)

/* The file is in the current directory. */
#define EXPECT_DENIALS_TOLD(path, len)                                                             \
	do {                                                                                       \
		const char *name = gth_bare_name(path);                                            \
		int fd;                                                                            \
                                                                                                   \
		EXPECT_EQ(-EPERM, gth_open(name, O_RDONLY));                                       \
		EXPECT_TOLD("\"op\":\"open\"", path, len);                                         \
		EXPECT_EQ(-EPERM, gth_exec(name));                                                 \
		EXPECT_TOLD("\"op\":\"exec\"", path, len);                                         \
		fd = gth_open_fd(name, O_PATH);                                                    \
		ASSERT_LE(0, fd);                                                                  \
		EXPECT_EQ(-EPERM, gth_exec_fd(fd));                                                \
		close(fd);                                                                         \
		EXPECT_TOLD("\"op\":\"exec\"", path, len);                                         \
	} while (0)

TEST_F(deep, path_that_just_fits_is_whole)
{
	static char path[KEPT + 1];

	ASSERT_EQ(0, move_down(&self->f, self->place.dir, path, KEPT));
	EXPECT_EQ(0, access(path, F_OK));
	EXPECT_DENIALS_TOLD(path, KEPT);
}

TEST_F(deep, path_of_one_byte_more_is_cut)
{
	static char path[KEPT + 2];

	ASSERT_EQ(0, move_down(&self->f, self->place.dir, path, KEPT + 1));
	EXPECT_EQ(0, access(path, F_OK));
	EXPECT_DENIALS_TOLD(path, KEPT + 1);
}

/* open(2) takes this path, and not the ones that follow. */
TEST_F(deep, path_at_the_kernels_limit_is_told_by_its_end)
{
	static char path[PATH_MAX + 1];

	ASSERT_EQ(0, move_down(&self->f, self->place.dir, path, PATH_MAX - 1));
	EXPECT_EQ(0, access(path, F_OK));
	EXPECT_DENIALS_TOLD(path, PATH_MAX - 1);
}

TEST_F(deep, path_one_past_the_kernels_limit_is_told_by_its_end)
{
	static char path[PATH_MAX + 2];

	ASSERT_EQ(0, move_down(&self->f, self->place.dir, path, PATH_MAX));
	EXPECT_EQ(-1, access(path, F_OK));
	EXPECT_EQ(ENAMETOOLONG, errno);
	EXPECT_DENIALS_TOLD(path, PATH_MAX);
}

TEST_F(deep, path_beyond_the_kernels_limit_is_told_by_its_end)
{
	static char path[DEEP + 1];

	ASSERT_EQ(0, move_down(&self->f, self->place.dir, path, DEEP));
	EXPECT_EQ(-1, access(path, F_OK));
	EXPECT_EQ(ENAMETOOLONG, errno);
	EXPECT_DENIALS_TOLD(path, DEEP);
}

TEST_HARNESS_MAIN
