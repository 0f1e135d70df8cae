// SPDX-License-Identifier: GPL-2.0-or-later
/* verity.c - files with fs-verity are judged by its digest and by their content. */
#include "test.h"

#include <linux/fsverity.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "fuse.h"

FIXTURE(verity)
{
	struct gth_place place;
	struct gth_fuse_mount m;
	struct gth_file f;
	uint8_t measured[GTH_DIGEST_SIZE];
	bool refused;
	bool told; /* the kernel tells modules the digest */
};

static int enable(const char *path)
{
	struct fsverity_enable_arg arg = { .version = 1,
					   .hash_algorithm = FS_VERITY_HASH_ALG_SHA256,
					   .block_size = 4096 };
	int fd = gth_open_fd(path, O_RDONLY), ret;

	if (fd < 0)
		return fd;
	ret = ioctl(fd, FS_IOC_ENABLE_VERITY, &arg) ? -errno : 0;
	close(fd);
	return ret;
}

static int measure(const char *path, uint8_t digest[GTH_DIGEST_SIZE])
{
	struct {
		struct fsverity_digest d;
		uint8_t bytes[64];
	} m = { .d.digest_size = 64 };
	int fd = gth_open_fd(path, O_RDONLY), ret;

	if (fd < 0)
		return fd;
	ret = ioctl(fd, FS_IOC_MEASURE_VERITY, &m) ? -errno : 0;
	close(fd);
	if (!ret && m.d.digest_size != GTH_DIGEST_SIZE)
		ret = -EPROTO;
	if (!ret)
		memcpy(digest, m.d.digest, GTH_DIGEST_SIZE);
	return ret;
}

FIXTURE_SETUP(verity)
{
	unsigned int major, minor;
	struct utsname u;
	int err;

	uname(&u);
	ASSERT_EQ(2, sscanf(u.release, "%u.%u", &major, &minor));
	self->told = major > 6 || (major == 6 && minor >= 12);
	ASSERT_EQ(0, gth_begin(&self->place, MNT));
	ASSERT_EQ(0, gth_make_program(&self->f, &self->place, "f", NULL, 3));
	err = enable(self->f.path);
	self->refused = err == -EOPNOTSUPP || err == -ENOTTY;
	if (self->refused)
		return;
	ASSERT_EQ(0, err);
	ASSERT_EQ(0, measure(self->f.path, self->measured));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
}

FIXTURE_TEARDOWN_PARENT(verity)
{
	gth_fuse_unmount(&self->m);
	gth_end(&self->place);
}

static int load_digest(int domain, const uint8_t *digest, int class)
{
	struct gth_db db;
	int ret;

	gth_db_init(&db);
	gth_db_add(&db, domain, digest, class);
	gth_db_seal(&db);
	ret = gth_db_load(&db);
	gth_db_free(&db);
	return ret;
}

#define NEED_VERITY()                                                                              \
	do {                                                                                       \
		if (self->refused)                                                                 \
			SKIP(return, "no fs-verity on " MNT);                                      \
	} while (0)

#define NEED_DIGEST()                                                                               \
	do {                                                                                        \
		NEED_VERITY();                                                                      \
		if (!self->told)                                                                    \
			SKIP(return,                                                                \
				   "kernels before 6.12 do not tell modules the fs-verity digest"); \
	} while (0)

TEST_F(verity, listed_verity_digest_is_denied)
{
	struct gth_explain x;

	NEED_DIGEST();
	EXPECT_EQ(3, gth_exec(self->f.path));
	ASSERT_EQ(0, load_digest(GTH_DOMAIN_FSVERITY, self->measured, GTH_CLASS_MALICIOUS));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	EXPECT_EQ(-EPERM, gth_exec(self->f.path));
	ASSERT_EQ(0, gth_explain(self->f.path, GTH_OP_OPEN, &x));
	EXPECT_EQ(GTH_DOMAIN_FSVERITY, x.domain);
	EXPECT_EQ(0, memcmp(x.digest, self->measured, sizeof(x.digest)));
	ASSERT_EQ(0, gth_drop());
	EXPECT_EQ(3, gth_exec(self->f.path));
}

TEST_F(verity, known_verity_digest_costs_no_hash)
{
	gth_u64 hashes;

	NEED_DIGEST();
	ASSERT_EQ(0, load_digest(GTH_DOMAIN_FSVERITY, self->measured, GTH_CLASS_TRUSTED));
	ASSERT_EQ(0, gth_set("open_unknown", "deny"));
	ASSERT_EQ(0, gth_set("exec_unknown", "deny"));
	hashes = gth_stat("hashes");
	EXPECT_EQ(0, gth_open(self->f.path, O_RDONLY));
	EXPECT_EQ(3, gth_exec(self->f.path));
	EXPECT_EQ(hashes, gth_stat("hashes"));
}

TEST_F(verity, mprotect_goes_by_the_verity_digest)
{
	int fd;

	NEED_DIGEST();
	fd = gth_open_fd(self->f.path, O_RDONLY);
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, gth_map_gains_exec(fd));
	ASSERT_EQ(0, load_digest(GTH_DOMAIN_FSVERITY, self->measured, GTH_CLASS_MALICIOUS));
	EXPECT_EQ(-EPERM, gth_map_gains_exec(fd));
}

TEST_F(verity, without_its_digest_the_content_decides)
{
	struct gth_explain x;

	NEED_VERITY();
	if (self->told)
		SKIP(return, "this kernel tells modules the fs-verity digest");
	ASSERT_EQ(0, load_digest(GTH_DOMAIN_FSVERITY, self->measured, GTH_CLASS_MALICIOUS));
	EXPECT_EQ(0, gth_open(self->f.path, O_RDONLY));
	ASSERT_EQ(0, gth_explain(self->f.path, GTH_OP_OPEN, &x));
	EXPECT_EQ(GTH_DOMAIN_SHA256, x.domain);
	EXPECT_EQ(0, memcmp(x.digest, self->f.digest, sizeof(x.digest)));
}

TEST_F(verity, enabling_it_hides_no_listed_content)
{
	struct gth_file bad;

	NEED_VERITY();
	ASSERT_EQ(0, gth_set("mode", "monitor"));
	ASSERT_EQ(0, gth_make_program(&bad, &self->place, "bad", NULL, 4));
	ASSERT_EQ(0, gth_list(&bad, GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	EXPECT_EQ(-EPERM, gth_exec(bad.path));
	ASSERT_EQ(0, gth_set("mode", "monitor"));
	ASSERT_EQ(0, enable(bad.path));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	EXPECT_EQ(-EPERM, gth_open(bad.path, O_RDONLY));
	EXPECT_EQ(-EPERM, gth_exec(bad.path));
	EXPECT_EQ(3, gth_exec(self->f.path));
}

TEST_F(verity, listed_content_is_denied)
{
	gth_u64 hashes;

	NEED_VERITY();
	ASSERT_EQ(0, gth_list(&self->f, GTH_CLASS_MALICIOUS));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	hashes = gth_stat("hashes");
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	EXPECT_EQ(hashes, gth_stat("hashes"));
}

/* Pages from before verity was enabled */

/* A program that exits with 4, trusted by its fs-verity digest, whose page is to be changed. */
static void make_trusted(struct __test_metadata *_metadata, FIXTURE_DATA(verity) * self,
			 struct gth_file *f, struct gth_filling *filling, struct gth_fuse **server)
{
	uint8_t measured[GTH_DIGEST_SIZE];

	*server = gth_fuse_mount(&self->m, &self->place);
	ASSERT_NE(NULL, *server);
	ASSERT_EQ(0, gth_make_program(f, &self->place, "trusted", NULL, 4));
	ASSERT_EQ(0, gth_fuse_begin_filling(filling, f->path, PROT_READ | PROT_WRITE, &self->m,
					    *server));
	ASSERT_EQ(0, enable(f->path));
	ASSERT_EQ(0, measure(f->path, measured));
	ASSERT_EQ(0, load_digest(GTH_DOMAIN_FSVERITY, measured, GTH_CLASS_TRUSTED));
	ASSERT_EQ(0, gth_verdict(self->m.slow.digest, GTH_CLASS_MALICIOUS, 0));
	ASSERT_EQ(0, gth_set("exec_unknown", "deny"));
}

/* Return: 0: a reader gets the content that was measured; -EIO; -EPROTO: anything else. */
static int content_of(const char *path, const uint8_t measured[GTH_DIGEST_SIZE])
{
	uint8_t now[GTH_PROGRAM_SIZE], digest[GTH_DIGEST_SIZE];
	int fd = gth_open_fd(path, O_RDONLY);
	ssize_t n;

	if (fd < 0)
		return fd;
	n = read(fd, now, sizeof(now));
	close(fd);
	if (n < 0)
		return -EIO;
	gth_sha256(now, sizeof(now), digest);
	return n == GTH_PROGRAM_SIZE && !memcmp(digest, measured, sizeof(digest)) ? 0 : -EPROTO;
}

TEST_F(verity, page_that_was_changed_before_the_first_use_is_not_trusted)
{
	struct gth_filling filling;
	struct gth_fuse *server;
	struct gth_file f;
	int ret;

	NEED_DIGEST();
	make_trusted(_metadata, self, &f, &filling, &server);
	ASSERT_EQ(0, gth_set("mode", "off"));
	ASSERT_EQ(0, content_of(f.path, f.digest));
	ASSERT_EQ(0, gth_fuse_end_filling(&filling, server));
	/* The kernel shows it, without verifying. */
	ASSERT_EQ(0, content_of(f.path, self->m.slow.digest));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	ret = gth_exec(f.path);
	/* Verified and found bad, or hashed and denied. */
	EXPECT_TRUE(ret == -EIO || ret == -EPERM)
	{
		TH_LOG("%d", ret);
	}
	ret = content_of(f.path, f.digest);
	EXPECT_TRUE(ret == -EIO || ret == -EPERM)
	{
		TH_LOG("%d", ret);
	}
}

TEST_F(verity, page_that_is_changed_after_the_first_use_is_not_the_files_any_more)
{
	struct gth_filling filling;
	struct gth_fuse *server;
	struct gth_file f;
	gth_u64 hashes;

	NEED_DIGEST();
	make_trusted(_metadata, self, &f, &filling, &server);
	hashes = gth_stat("hashes");
	EXPECT_EQ(4, gth_exec(f.path));
	EXPECT_EQ(hashes, gth_stat("hashes"));
	ASSERT_EQ(0, gth_fuse_end_filling(&filling, server));
	EXPECT_EQ(4, gth_exec(f.path));
	EXPECT_EQ(0, content_of(f.path, f.digest));
	EXPECT_EQ(hashes, gth_stat("hashes"));
}

/* mprotect cannot drop pages: the digest counts once another operation has. */
TEST_F(verity, mprotect_believes_it_once_the_pages_were_dropped)
{
	int fd;

	NEED_DIGEST();
	ASSERT_EQ(0, gth_set("mode", "off"));
	fd = gth_open_fd(self->f.path, O_RDONLY);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, load_digest(GTH_DOMAIN_FSVERITY, self->measured, GTH_CLASS_TRUSTED));
	ASSERT_EQ(0, gth_set("exec_unknown", "deny"));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	EXPECT_EQ(-EPERM, gth_map_gains_exec(fd));
	EXPECT_EQ(3, gth_exec(self->f.path));
	EXPECT_EQ(0, gth_map_gains_exec(fd));
	/* An attempt to write, which ends by itself, changes nothing. */
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_WRONLY));
	EXPECT_EQ(0, gth_map_gains_exec(fd));
	close(fd);
}

/* Pages go from the cache once, so that a digest that is known stays cheap. */
TEST_F(verity, pages_are_dropped_once)
{
	unsigned char resident;
	void *p;
	int fd;

	NEED_DIGEST();
	fd = gth_open_fd(self->f.path, O_RDONLY);
	ASSERT_LE(0, fd);
	p = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	ASSERT_NE(MAP_FAILED, p);
	for (int i = 0; i < 3; i++) {
		EXPECT_EQ('E', ((volatile char *)p)[1]);
		ASSERT_EQ(0, mincore(p, 4096, &resident));
		EXPECT_EQ(1, resident & 1);
		/* Each time looked up anew. */
		ASSERT_EQ(0, load_digest(GTH_DOMAIN_FSVERITY, self->measured, GTH_CLASS_TRUSTED));
		EXPECT_EQ(0, gth_open(self->f.path, O_RDONLY));
		ASSERT_EQ(0, mincore(p, 4096, &resident));
		EXPECT_EQ(!!i, resident & 1);
	}
	munmap(p, 4096);
	close(fd);
}

TEST_HARNESS_MAIN
