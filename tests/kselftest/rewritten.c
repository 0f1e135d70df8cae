// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * rewritten.c - files that are rewritten all day: opens are hashed within a bound,
 * and exec and mapping always (rehash_limit.c has the bound's times).
 */
#include "test.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

GTH_FIXTURE_BOTH(rewritten)

/* Large enough that hashing it a few times uses up what it has in advance. */
#define HOT_SIZE (4 << 20)

/* Changes a file and reopens it until an open is not hashed any more; -errno, or -ETIME. */
static int make_hot(const char *path)
{
	gth_u64 skipped = gth_stat("skipped_hot");
	char text[64];
	int ret, len;

	for (unsigned int i = 0; i < 2000; i++) {
		len = snprintf(text, sizeof(text), "#!/nowhere %u\n", i);
		ret = gth_overwrite(path, 0, text, (size_t)len);
		ret = ret ? ret : gth_open(path, O_RDONLY);
		if (ret || skipped != gth_stat("skipped_hot"))
			return ret;
	}
	return -ETIME;
}

TEST_F(rewritten, hot_file_is_not_hashed_at_each_open)
{
	gth_u64 hashes, skipped;
	struct gth_file f;
	unsigned int i;

	ASSERT_EQ(0, gth_make_size(&f, &self->place, "log", HOT_SIZE));
	ASSERT_EQ(0, make_hot(f.path));
	hashes = gth_stat("hashes");
	skipped = gth_stat("skipped_hot");
	for (i = 0; i < 100; i++) {
		ASSERT_EQ(0, gth_overwrite(f.path, 0, "#!", 2));
		ASSERT_EQ(0, gth_open(f.path, O_RDONLY));
	}
	/* Each open did one or the other; how many of each depends on the clock. */
	EXPECT_EQ(100, gth_stat("hashes") - hashes + gth_stat("skipped_hot") - skipped);
	EXPECT_LE(50, gth_stat("skipped_hot") - skipped);
}

TEST_F(rewritten, small_file_is_hashed_at_each_open)
{
	struct gth_file f;
	gth_u64 hashes;
	unsigned int i;

	ASSERT_EQ(0, gth_make_code(&f, &self->place, "pid"));
	hashes = gth_stat("hashes");
	for (i = 0; i < 10; i++) {
		ASSERT_EQ(0, gth_overwrite(f.path, 0, "#!", 2));
		ASSERT_EQ(0, gth_open(f.path, O_RDONLY));
	}
	EXPECT_EQ(hashes + 10, gth_stat("hashes"));
}

TEST_F(rewritten, hot_file_is_judged_at_exec)
{
	struct gth_file bad, f;
	uint8_t image[GTH_PROGRAM_SIZE];
	int fd;

	ASSERT_EQ(0, gth_make_program(&bad, &self->place, "bad", NULL, 2));
	fd = gth_open_fd(bad.path, O_RDONLY);
	ASSERT_EQ(GTH_PROGRAM_SIZE, read(fd, image, sizeof(image)));
	ASSERT_EQ(0, gth_make_size(&f, &self->place, "f", HOT_SIZE));
	ASSERT_EQ(0, chmod(f.path, 0755));
	ASSERT_EQ(0, gth_list(&bad, GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	ASSERT_EQ(0, make_hot(f.path));
	ASSERT_EQ(0, gth_overwrite(f.path, O_TRUNC, image, sizeof(image)));
	EXPECT_EQ(-EPERM, gth_exec(f.path));
	ASSERT_EQ(0, gth_set("hooks/open", "0"));
	fd = gth_open_fd(f.path, O_RDONLY);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EPERM, gth_map(fd, PROT_READ | PROT_EXEC));
}

TEST_F(rewritten, rewritten_file_is_judged_at_first)
{
	struct gth_file bad, f;
	char text[64];
	int fd, i;

	ASSERT_EQ(0, gth_make_code(&bad, &self->place, "bad"));
	fd = gth_open_fd(bad.path, O_RDONLY);
	ASSERT_EQ(27, read(fd, text, sizeof(text)));
	ASSERT_EQ(0, gth_list(&bad, GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	ASSERT_EQ(0, gth_make_code(&f, &self->place, "f"));
	for (i = 0; i < 2; i++) {
		EXPECT_EQ(0, gth_open(f.path, O_RDONLY));
		ASSERT_EQ(0, gth_overwrite(f.path, 0, text, 27));
		EXPECT_EQ(-EPERM, gth_open(f.path, O_RDONLY));
		ASSERT_EQ(0, gth_overwrite(f.path, 0, "#!/never", 8));
	}
}

TEST_HARNESS_MAIN
