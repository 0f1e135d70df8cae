// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * change_while_hashing.c - a file that changes while it is hashed: either answer is right for
 * that open, none may stay behind.
 *
 * The file is large, and becomes listed by a change of its first bytes, which the
 * hash has passed by then or has not. Old times are restored: only the count of
 * writers in the entry and the version can tell.
 */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SIZE (16UL << 20)
#define MARK "#!/change\n"

GTH_FIXTURE_BOTH(change_while_hashing)

struct opener {
	pthread_t thread;
	const char *path;
	int result;
	bool done;
	gth_u64 slow; /* the counter before */
};

static void *open_it(void *arg)
{
	struct opener *o = arg;

	o->result = gth_open(o->path, O_RDONLY);
	__atomic_store_n(&o->done, true, __ATOMIC_RELEASE);
	return NULL;
}

static bool is_judged(void *arg)
{
	struct opener *o = arg;

	return gth_stat("slow") > o->slow;
}

static bool is_done(const struct opener *o)
{
	return __atomic_load_n(&o->done, __ATOMIC_ACQUIRE);
}

/* Starts an open, and comes back while the file is hashed. */
static bool start(struct opener *o, const char *path)
{
	*o = (struct opener) { .path = path, .slow = gth_stat("slow") };
	return !pthread_create(&o->thread, NULL, open_it, o) && gth_wait_until(is_judged, o);
}

/* Makes a file whose content is listed once its first bytes are MARK. */
static int make(struct gth_file *f, const struct gth_place *place)
{
	uint8_t *data = calloc(1, SIZE);
	struct gth_file listed = { 0 };
	int ret;

	if (!data)
		return -ENOMEM;
	gth_program(data, NULL, 0x400000, 0);
	gth_salt(data + GTH_PROGRAM_SIZE, 8);
	ret = gth_make(f, place, "file", 0755, data, SIZE);
	memcpy(data, MARK, strlen(MARK));
	gth_sha256(data, SIZE, listed.digest);
	free(data);
	return ret ? ret : gth_list(&listed, GTH_CLASS_MALICIOUS);
}

TEST_F(change_while_hashing, written_content_is_not_taken_for_what_was_hashed)
{
	struct timespec old[2];
	struct gth_file f;
	struct opener o;
	struct stat st;
	int fd;

	ASSERT_EQ(0, make(&f, &self->place));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	ASSERT_EQ(0, stat(f.path, &st));
	old[0] = st.st_atim;
	old[1] = st.st_mtim;
	ASSERT_TRUE(start(&o, f.path));
	fd = gth_open_fd(f.path, O_WRONLY);
	ASSERT_LE(0, fd);
	ASSERT_EQ((ssize_t)strlen(MARK), pwrite(fd, MARK, strlen(MARK), 0));
	close(fd);
	ASSERT_EQ(0, utimensat(AT_FDCWD, f.path, old, 0));
	ASSERT_FALSE(is_done(&o));
	pthread_join(o.thread, NULL);
	/* The file is hot by now, and opens of it are not judged. */
	EXPECT_EQ(-EPERM, gth_exec(f.path));
}

TEST_F(change_while_hashing, change_of_mode_denies_nothing)
{
	struct gth_file f;
	struct opener o;

	ASSERT_EQ(0, make(&f, &self->place));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	ASSERT_TRUE(start(&o, f.path));
	ASSERT_EQ(0, chmod(f.path, 0700));
	ASSERT_FALSE(is_done(&o));
	pthread_join(o.thread, NULL);
	EXPECT_EQ(0, o.result);
	EXPECT_EQ(0, gth_open(f.path, O_RDONLY));
}

TEST_HARNESS_MAIN
