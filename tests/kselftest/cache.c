// SPDX-License-Identifier: GPL-2.0-or-later
/* cache.c - content is hashed once, and judged anew when it may have changed. */
#include "test.h"

#include <sys/stat.h>
#include <unistd.h>

GTH_FIXTURE_BOTH(cache)

TEST_F(cache, second_open_does_not_hash)
{
	struct gth_file f;
	gth_u64 hashes;
	char byte;
	int fd;

	ASSERT_EQ(0, gth_make_code(&f, &self->place, "f"));
	hashes = gth_stat("hashes");
	fd = gth_open_fd(f.path, O_RDONLY);
	ASSERT_LE(0, fd);
	EXPECT_EQ(hashes + 1, gth_stat("hashes"));
	EXPECT_EQ(1, read(fd, &byte, 1));
	close(fd);
	EXPECT_EQ(0, gth_open(f.path, O_RDONLY));
	EXPECT_EQ(0, gth_open(f.path, O_RDONLY));
	EXPECT_EQ(hashes + 1, gth_stat("hashes"));
}

TEST_F(cache, allowed_file_leaves_the_module_alone)
{
	struct gth_file f;
	gth_u64 slow, checks;

	ASSERT_EQ(0, gth_make_code(&f, &self->place, "f"));
	EXPECT_EQ(0, gth_open(f.path, O_RDONLY));
	slow = gth_stat("slow");
	checks = gth_stat("checks_open");
	EXPECT_EQ(0, gth_open(f.path, O_RDONLY));
	/* Others open files too, but all of them are known by now or will be soon. */
	EXPECT_EQ(slow, gth_stat("slow"));
	EXPECT_LT(checks, gth_stat("checks_open"));
}

TEST_F(cache, one_hash_serves_every_operation)
{
	struct gth_file f;
	gth_u64 hashes;
	int fd;

	ASSERT_EQ(0, gth_make_program(&f, &self->place, "f", NULL, 3));
	hashes = gth_stat("hashes");
	fd = gth_open_fd(f.path, O_RDONLY);
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, gth_map(fd, PROT_READ | PROT_EXEC));
	EXPECT_EQ(0, gth_map_gains_exec(fd));
	EXPECT_EQ(3, gth_exec(f.path));
	EXPECT_EQ(hashes + 1, gth_stat("hashes"));
}

/* The first read of a file notes its time in the inode. */
TEST_F(cache, reading_is_no_change)
{
	const struct timespec long_ago[2] = { { .tv_sec = 1 }, { .tv_nsec = UTIME_OMIT } };
	struct gth_file f;
	gth_u64 hashes;
	char byte;
	int fd;

	ASSERT_EQ(0, gth_make_code(&f, &self->place, "f"));
	ASSERT_EQ(0, utimensat(AT_FDCWD, f.path, long_ago, 0));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	hashes = gth_stat("hashes");
	fd = gth_open_fd(f.path, O_RDONLY);
	ASSERT_LE(0, fd);
	EXPECT_EQ(1, read(fd, &byte, 1));
	EXPECT_EQ(0, gth_map_gains_exec(fd));
	EXPECT_EQ(0, gth_open(f.path, O_RDONLY));
	EXPECT_EQ(hashes + 1, gth_stat("hashes"));
}

TEST_F(cache, written_content_is_judged_anew)
{
	struct gth_file bad, f;
	gth_u64 hashes;
	char text[64];
	int fd;

	ASSERT_EQ(0, gth_make_code(&bad, &self->place, "bad"));
	fd = gth_open_fd(bad.path, O_RDONLY);
	ASSERT_EQ(27, read(fd, text, sizeof(text)));
	ASSERT_EQ(0, gth_list(&bad, GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	ASSERT_EQ(0, gth_make_code(&f, &self->place, "f"));
	EXPECT_EQ(0, gth_open(f.path, O_RDONLY));
	EXPECT_EQ(0, gth_open(f.path, O_RDONLY));
	hashes = gth_stat("hashes");
	ASSERT_EQ(0, gth_overwrite(f.path, 0, text, 27));
	EXPECT_EQ(-EPERM, gth_open(f.path, O_RDONLY));
	EXPECT_EQ(-EPERM, gth_open(f.path, O_RDONLY));
	EXPECT_EQ(hashes + 1, gth_stat("hashes"));
	/* And back. */
	ASSERT_EQ(0, gth_overwrite(f.path, O_TRUNC, "#!", 2));
	EXPECT_EQ(0, gth_open(f.path, O_RDONLY));
	EXPECT_EQ(hashes + 2, gth_stat("hashes"));
}

TEST_F(cache, truncated_content_is_judged_anew)
{
	struct gth_file f, shorter;
	char text[64];
	int fd;

	ASSERT_EQ(0, gth_make_code(&f, &self->place, "f"));
	fd = gth_open_fd(f.path, O_RDONLY);
	ASSERT_EQ(27, read(fd, text, sizeof(text)));
	close(fd);
	gth_sha256(text, 20, shorter.digest);
	ASSERT_EQ(0, gth_list(&shorter, GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	EXPECT_EQ(0, gth_open(f.path, O_RDONLY));
	/* By path: no task opens it for writing. */
	ASSERT_EQ(0, truncate(f.path, 20));
	EXPECT_EQ(-EPERM, gth_open(f.path, O_RDONLY));
}

TEST_F(cache, content_stored_through_a_mapping_is_judged_anew)
{
	struct gth_file f, changed;
	char text[64], *p;
	int fd;

	ASSERT_EQ(0, gth_make_code(&f, &self->place, "f"));
	fd = gth_open_fd(f.path, O_RDONLY);
	ASSERT_EQ(27, read(fd, text, sizeof(text)));
	close(fd);
	text[26] = '!';
	gth_sha256(text, 27, changed.digest);
	ASSERT_EQ(0, gth_list(&changed, GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	fd = gth_open_fd(f.path, O_RDWR);
	ASSERT_LE(0, fd);
	p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	ASSERT_NE(MAP_FAILED, p);
	close(fd);
	EXPECT_EQ(0, gth_open(f.path, O_RDONLY));
	p[26] = '!';
	/* While it is mapped, and when it no longer is. */
	EXPECT_EQ(-EPERM, gth_open(f.path, O_RDONLY));
	p[26] = '?';
	EXPECT_EQ(0, gth_open(f.path, O_RDONLY));
	p[26] = '!';
	munmap(p, 4096);
	EXPECT_EQ(-EPERM, gth_open(f.path, O_RDONLY));
}

TEST_F(cache, file_being_written_is_judged_each_time)
{
	gth_u64 hashes, uncached;
	struct gth_file f;
	int fd;

	ASSERT_EQ(0, gth_make_code(&f, &self->place, "f"));
	fd = gth_open_fd(f.path, O_WRONLY);
	ASSERT_LE(0, fd);
	hashes = gth_stat("hashes");
	uncached = gth_stat("uncached");
	EXPECT_EQ(0, gth_open(f.path, O_RDONLY));
	EXPECT_EQ(0, gth_open(f.path, O_RDONLY));
	EXPECT_EQ(hashes + 2, gth_stat("hashes"));
	EXPECT_LE(uncached + 2, gth_stat("uncached"));
	close(fd);
	EXPECT_EQ(0, gth_open(f.path, O_RDONLY));
	EXPECT_EQ(hashes + 3, gth_stat("hashes"));
	EXPECT_EQ(0, gth_open(f.path, O_RDONLY));
	EXPECT_EQ(hashes + 3, gth_stat("hashes"));
}

TEST_F(cache, opening_for_writing_forgets)
{
	struct gth_file f;
	gth_u64 forgotten, hashes;

	ASSERT_EQ(0, gth_make_code(&f, &self->place, "f"));
	EXPECT_EQ(0, gth_open(f.path, O_RDONLY));
	forgotten = gth_stat("forgotten");
	hashes = gth_stat("hashes");
	EXPECT_EQ(0, gth_open(f.path, O_WRONLY));
	EXPECT_EQ(forgotten + 1, gth_stat("forgotten"));
	EXPECT_EQ(0, gth_open(f.path, O_RDONLY));
	EXPECT_EQ(hashes + 1, gth_stat("hashes"));
}

TEST_F(cache, table_policy_and_verdict_cost_no_hash)
{
	gth_u64 hashes, rechecks;
	struct gth_file f;

	ASSERT_EQ(0, gth_make_code(&f, &self->place, "f"));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	EXPECT_EQ(0, gth_open(f.path, O_RDONLY));
	hashes = gth_stat("hashes");
	rechecks = gth_stat("rechecks");
	ASSERT_EQ(0, gth_list(&f, GTH_CLASS_MALICIOUS));
	EXPECT_EQ(-EPERM, gth_open(f.path, O_RDONLY));
	EXPECT_LE(rechecks + 1, gth_stat("rechecks"));
	ASSERT_EQ(0, gth_set("malicious", "allow"));
	EXPECT_EQ(0, gth_open(f.path, O_RDONLY));
	ASSERT_EQ(0, gth_set("malicious", "deny"));
	EXPECT_EQ(-EPERM, gth_open(f.path, O_RDONLY));
	ASSERT_EQ(0, gth_verdict(f.digest, GTH_CLASS_TRUSTED, 0));
	EXPECT_EQ(0, gth_open(f.path, O_RDONLY));
	ASSERT_EQ(0, gth_verdict(f.digest, GTH_CLASS_UNKNOWN, 0));
	EXPECT_EQ(-EPERM, gth_open(f.path, O_RDONLY));
	ASSERT_EQ(0, gth_drop());
	EXPECT_EQ(0, gth_open(f.path, O_RDONLY));
	EXPECT_LE(rechecks + 6, gth_stat("rechecks"));
	EXPECT_EQ(hashes, gth_stat("hashes"));
}

TEST_F(cache, generation_rises_with_each_change)
{
	gth_u64 generation = gth_table("generation");
	struct gth_file f;

	ASSERT_EQ(0, gth_make_code(&f, &self->place, "f"));
	EXPECT_EQ(generation, gth_table("generation"));
	ASSERT_EQ(0, gth_set("suspicious", "deny"));
	EXPECT_LT(generation, gth_table("generation"));
	generation = gth_table("generation");
	ASSERT_EQ(0, gth_list(&f, GTH_CLASS_MALICIOUS));
	EXPECT_LT(generation, gth_table("generation"));
	generation = gth_table("generation");
	ASSERT_EQ(0, gth_verdict(f.digest, GTH_CLASS_TRUSTED, 0));
	EXPECT_LT(generation, gth_table("generation"));
	generation = gth_table("generation");
	ASSERT_EQ(0, gth_drop());
	EXPECT_LT(generation, gth_table("generation"));
}

TEST_F(cache, names_of_one_inode_share_a_verdict)
{
	char linked[160], renamed[160];
	struct gth_file f;
	gth_u64 hashes;

	ASSERT_EQ(0, gth_make_code(&f, &self->place, "f"));
	ASSERT_EQ(0, gth_list(&f, GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	snprintf(linked, sizeof(linked), "%s/linked", self->place.dir);
	snprintf(renamed, sizeof(renamed), "%s/renamed", self->place.dir);
	ASSERT_EQ(0, link(f.path, linked));
	EXPECT_EQ(-EPERM, gth_open(f.path, O_RDONLY));
	hashes = gth_stat("hashes");
	EXPECT_EQ(-EPERM, gth_open(linked, O_RDONLY));
	EXPECT_EQ(hashes, gth_stat("hashes"));
	ASSERT_EQ(0, rename(f.path, renamed));
	EXPECT_EQ(-EPERM, gth_open(renamed, O_RDONLY));
	EXPECT_EQ(-EPERM, gth_open(linked, O_RDONLY));
	EXPECT_EQ(hashes, gth_stat("hashes"));
}

TEST_F(cache, change_of_mode_changes_no_verdict)
{
	struct gth_file bad, good;
	gth_u64 hashes;

	ASSERT_EQ(0, gth_make_program(&bad, &self->place, "bad", NULL, 2));
	ASSERT_EQ(0, gth_make_program(&good, &self->place, "good", NULL, 2));
	ASSERT_EQ(0, gth_list(&bad, GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	EXPECT_EQ(-EPERM, gth_exec(bad.path));
	EXPECT_EQ(2, gth_exec(good.path));
	hashes = gth_stat("hashes");
	ASSERT_EQ(0, chmod(bad.path, 0500));
	ASSERT_EQ(0, chmod(good.path, 0500));
	EXPECT_EQ(-EPERM, gth_exec(bad.path));
	EXPECT_EQ(2, gth_exec(good.path));
	EXPECT_EQ(hashes, gth_stat("hashes"));
}

/* An exec bit given later brings the file into open_scope=code. */
TEST_F(cache, exec_bit_given_later_is_seen)
{
	struct gth_file f;

	ASSERT_EQ(0, gth_make_text(&f, &self->place, "f"));
	ASSERT_EQ(0, gth_list(&f, GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	EXPECT_EQ(0, gth_open(f.path, O_RDONLY));
	EXPECT_EQ(0, gth_open(f.path, O_RDONLY));
	ASSERT_EQ(0, chmod(f.path, 0755));
	EXPECT_EQ(-EPERM, gth_open(f.path, O_RDONLY));
}

/* A memfd whose program has run; what it holds now, by a mapping, is listed. */
static int rewrite_memory_file(struct __test_metadata *_metadata, void **map)
{
	uint8_t good[GTH_PROGRAM_SIZE], bad[GTH_PROGRAM_SIZE], digest[GTH_DIGEST_SIZE];
	void *p;
	int fd;

	gth_program(good, NULL, 0x400000, 1);
	gth_program(bad, NULL, 0x400000, 66);
	gth_sha256(bad, sizeof(bad), digest);
	EXPECT_EQ(0, gth_verdict(digest, GTH_CLASS_MALICIOUS, 0));
	EXPECT_EQ(0, gth_set("mode", "enforce"));
	fd = gth_memory_file(good, sizeof(good));
	EXPECT_EQ(1, gth_exec_fd(fd));
	p = mmap(NULL, sizeof(bad), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		return fd;
	memcpy(p, bad, sizeof(bad));
	*map = p;
	return fd;
}

/* A memfd is never opened for writing: its stores are seen all the same. */
TEST_F(cache, memfd_changed_through_a_mapping_is_judged_anew)
{
	void *p = NULL;
	int fd;

	fd = rewrite_memory_file(_metadata, &p);
	ASSERT_NE(NULL, p);
	EXPECT_EQ(-EPERM, gth_exec_fd(fd));
	munmap(p, GTH_PROGRAM_SIZE);
	EXPECT_EQ(-EPERM, gth_exec_fd(fd));
	EXPECT_EQ(-EPERM, gth_map(fd, PROT_READ | PROT_EXEC));
}

TEST_F(cache, memfd_changed_between_two_execs_is_judged_anew)
{
	void *p = NULL;
	int fd;

	fd = rewrite_memory_file(_metadata, &p);
	ASSERT_NE(NULL, p);
	munmap(p, GTH_PROGRAM_SIZE);
	EXPECT_EQ(-EPERM, gth_exec_fd(fd));
}

TEST_HARNESS_MAIN
