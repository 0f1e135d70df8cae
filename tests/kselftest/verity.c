// SPDX-License-Identifier: GPL-2.0-or-later
/* verity.c - files with fs-verity are judged by its digest and by their content. */
#include "test.h"

#include <linux/fsverity.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <unistd.h>

FIXTURE(verity)
{
	struct gth_place place;
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

TEST_HARNESS_MAIN
