// SPDX-License-Identifier: GPL-2.0-or-later
/* load.c - a table is taken whole and checked, or the one in force stays. */
#include "load.h"

#include <sys/ioctl.h>
#include <unistd.h>

TEST_F(load, replaces_the_table)
{
	struct gth_info info;
	char line[64];

	EXPECT_UNCHANGED();
	ASSERT_EQ(0, gth_db_load(&self->db));
	EXPECT_EQ(self->db.version, gth_table("version"));
	EXPECT_EQ(3, gth_table("entries"));
	EXPECT_EQ(2, gth_table("malicious"));
	EXPECT_EQ(0, gth_table("suspicious"));
	EXPECT_EQ(1, gth_table("trusted"));
	EXPECT_EQ(self->db.created, gth_table("created"));
	EXPECT_EQ(self->db.expires, gth_table("expires"));
	EXPECT_LT(0, gth_table("bytes"));
	ASSERT_EQ(0, gth_read_line(GTH_ROOT "table/source", line, sizeof(line)));
	EXPECT_STREQ("kselftest", line);
	ASSERT_EQ(0, gth_read_line(GTH_ROOT "health/table", line, sizeof(line)));
	EXPECT_STREQ("ok", line);
	ASSERT_EQ(0, gth_info(&info));
	EXPECT_EQ(GTH_ABI_VERSION, info.abi_version);
	EXPECT_EQ(GTH_MODE_ENFORCE, info.mode);
	EXPECT_EQ(self->db.version, info.table_version);
	EXPECT_EQ(3, info.entries);
	EXPECT_STREQ("kselftest", info.name);
	EXPECT_EQ(-EPERM, gth_open(self->listed.path, O_RDONLY));
	EXPECT_EQ(-EPERM, gth_open(self->fresh.path, O_RDONLY));
}

TEST_F(load, takes_an_empty_table)
{
	self->db.n = 0;
	gth_db_seal(&self->db);
	ASSERT_EQ(0, gth_db_load(&self->db));
	EXPECT_EQ(0, gth_table("entries"));
	EXPECT_EQ(0, gth_open(self->listed.path, O_RDONLY));
}

TEST_F(load, drop_makes_everything_unknown)
{
	char line[64];

	ASSERT_EQ(0, gth_drop());
	EXPECT_EQ(0, gth_open(self->listed.path, O_RDONLY));
	EXPECT_EQ(0, gth_table("version"));
	EXPECT_EQ(0, gth_table("entries"));
	ASSERT_EQ(0, gth_read_line(GTH_ROOT "table/source", line, sizeof(line)));
	EXPECT_STREQ("none", line);
	EXPECT_EQ(-ENOENT, gth_drop());
}

TEST_F(load, refuses_truncated_body)
{
	char text[4096];
	size_t len = (size_t)gth_db_manifest(&self->db, text, sizeof(text));
	size_t body = self->db.n * sizeof(struct gth_record);

	EXPECT_REFUSED(-ENODATA, gth_load_parts(text, len, self->db.record, body - 1));
	EXPECT_REFUSED(-ENODATA, gth_load_parts(text, len, self->db.record,
						body - sizeof(struct gth_record)));
	EXPECT_REFUSED(-ENODATA, gth_load_parts(text, len, "", 0));
	EXPECT_EQ(0, gth_load_parts(text, len, self->db.record, body));
}

TEST_F(load, refuses_body_that_is_too_long)
{
	struct gth_record more[4] = { { 0 } };
	char text[4096];
	size_t len = (size_t)gth_db_manifest(&self->db, text, sizeof(text));

	memcpy(more, self->db.record, 3 * sizeof(more[0]));
	EXPECT_REFUSED(-EFBIG, gth_load_parts(text, len, more, 3 * sizeof(more[0]) + 1));
	EXPECT_REFUSED(-EFBIG, gth_load_parts(text, len, more, sizeof(more)));
}

TEST_F(load, refuses_wrong_counts)
{
	self->db.count[GTH_CLASS_MALICIOUS]--;
	self->db.count[GTH_CLASS_SUSPICIOUS]++;
	EXPECT_REFUSED(-EPROTO, gth_db_load(&self->db));
}

TEST_F(load, refuses_wrong_digest)
{
	self->db.body_digest[31] ^= 1;
	EXPECT_REFUSED(-EBADMSG, gth_db_load(&self->db));
}

TEST_F(load, refuses_changed_body)
{
	self->db.record[2].digest[31] ^= 1;
	EXPECT_REFUSED(-EBADMSG, gth_db_load(&self->db));
}

TEST_F(load, refuses_unsorted_records)
{
	struct gth_record r = self->db.record[0];

	self->db.record[0] = self->db.record[1];
	self->db.record[1] = r;
	gth_db_seal(&self->db);
	EXPECT_REFUSED(-EPROTO, gth_db_load(&self->db));
}

TEST_F(load, refuses_duplicate_record)
{
	gth_db_add(&self->db, GTH_DOMAIN_SHA256, self->db.record[2].digest,
		   self->db.record[2].class);
	gth_db_seal(&self->db);
	EXPECT_REFUSED(-EPROTO, gth_db_load(&self->db));
	/* Nor one that differs by its class. */
	self->db.record[3].class = GTH_CLASS_SUSPICIOUS;
	gth_db_seal(&self->db);
	EXPECT_REFUSED(-EPROTO, gth_db_load(&self->db));
}

TEST_F(load, refuses_unknown_class_and_domain)
{
	static const uint8_t bad_class[] = { GTH_CLASS_UNKNOWN, GTH_CLASS_MAX, 255 };
	static const uint8_t bad_domain[] = { GTH_DOMAIN_NONE, GTH_DOMAIN_MAX, 255 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad_class); i++) {
		self->db.record[1].class = bad_class[i];
		gth_db_seal(&self->db);
		/* The counts shall add up to the body's size. */
		self->db.count[GTH_CLASS_MALICIOUS]++;
		self->db.count[GTH_CLASS_UNKNOWN] = 0;
		self->db.count[GTH_CLASS_TRUSTED] = 3 - self->db.count[GTH_CLASS_MALICIOUS];
		EXPECT_REFUSED(-EPROTO, gth_db_load(&self->db));
	}
	self->db.record[1].class = GTH_CLASS_MALICIOUS;
	for (i = 0; i < ARRAY_SIZE(bad_domain); i++) {
		self->db.record[1].domain = bad_domain[i];
		gth_db_seal(&self->db);
		EXPECT_REFUSED(-EPROTO, gth_db_load(&self->db));
	}
}

TEST_F(load, refuses_more_records_than_it_takes)
{
	self->db.count[GTH_CLASS_MALICIOUS] = (1ULL << 28) + 1;
	self->db.count[GTH_CLASS_TRUSTED] = 0;
	self->db.body_size = ((1ULL << 28) + 1) * sizeof(struct gth_record);
	EXPECT_REFUSED(-EFBIG, gth_db_load(&self->db));
}

TEST_F(load, refuses_table_larger_than_memory)
{
	self->db.count[GTH_CLASS_MALICIOUS] = 1ULL << 28;
	self->db.count[GTH_CLASS_TRUSTED] = 0;
	self->db.body_size = (1ULL << 28) * sizeof(struct gth_record);
	EXPECT_REFUSED(-ENOMEM, gth_db_load(&self->db));
}

TEST_F(load, refuses_older_version)
{
	self->db.version = self->version - 1;
	EXPECT_REFUSED(-ESTALE, gth_db_load(&self->db));
	self->db.version = 1;
	EXPECT_REFUSED(-ESTALE, gth_db_load(&self->db));
}

TEST_F(load, refuses_equal_version)
{
	self->db.version = self->version;
	EXPECT_REFUSED(-ESTALE, gth_db_load(&self->db));
	self->db.version++;
	EXPECT_EQ(0, gth_db_load(&self->db));
}

TEST_F(load, refuses_older_version_after_drop)
{
	ASSERT_EQ(0, gth_drop());
	self->db.version = self->version;
	EXPECT_EQ(-ESTALE, gth_db_load(&self->db));
	self->db.version = self->version - 1;
	EXPECT_EQ(-ESTALE, gth_db_load(&self->db));
	EXPECT_EQ(0, gth_table("version"));
	self->db.version = self->version + 1;
	EXPECT_EQ(0, gth_db_load(&self->db));
}

/* A daemon that starts again loads what it loaded before. */
TEST_F(load, takes_the_release_in_force_and_does_nothing)
{
	const char *told[] = { "\"type\":\"table\"", "\"table\":\"kselftest\"", NULL };
	struct gth_info before, after;
	off_t from, to;

	ASSERT_EQ(0, gth_db_load(&self->db));
	from = gth_events_fence();
	ASSERT_LE(0, from);
	ASSERT_EQ(0, gth_info(&before));
	EXPECT_EQ(0, gth_db_load(&self->db));
	ASSERT_EQ(0, gth_info(&after));
	to = gth_events_fence();
	ASSERT_LE(0, to);
	EXPECT_EQ(0, gth_events_count(from, to, told, NULL, 0));
	EXPECT_EQ(before.generation, after.generation);
	EXPECT_EQ(before.table_version, after.table_version);
	EXPECT_EQ(-EPERM, gth_open(self->fresh.path, O_RDONLY));
}

/* The version alone does not name a release. */
TEST_F(load, refuses_another_body_under_the_version_in_force)
{
	ASSERT_EQ(0, gth_db_load(&self->db));
	self->db.n--;
	gth_db_seal(&self->db);
	EXPECT_EQ(-ESTALE, gth_db_load(&self->db));
	EXPECT_EQ(3, gth_table("entries"));
}

TEST_F(load, takes_the_release_that_was_dropped)
{
	ASSERT_EQ(0, gth_db_load(&self->db));
	ASSERT_EQ(0, gth_drop());
	EXPECT_EQ(0, gth_open(self->fresh.path, O_RDONLY));
	EXPECT_EQ(0, gth_db_load(&self->db));
	EXPECT_EQ(self->db.version, gth_table("version"));
	EXPECT_EQ(-EPERM, gth_open(self->fresh.path, O_RDONLY));
}

TEST_F(load, takes_a_release_with_another_expiry)
{
	ASSERT_EQ(0, gth_db_load(&self->db));
	self->db.expires++;
	EXPECT_EQ(0, gth_db_load(&self->db));
	EXPECT_EQ(self->db.expires, gth_table("expires"));
}

TEST_F(load, takes_any_version_under_another_name)
{
	/* Of its own: this version counts for good. */
	snprintf(self->db.name, sizeof(self->db.name), "other.%d", getpid());
	self->db.version = 1;
	EXPECT_EQ(0, gth_db_load(&self->db));
	EXPECT_EQ(1, gth_table("version"));
}

TEST_F(load, refuses_older_version_after_another_name)
{
	struct gth_db other;

	gth_db_init(&other);
	snprintf(other.name, sizeof(other.name), "other.%d", getpid());
	gth_db_seal(&other);
	ASSERT_EQ(0, gth_db_load(&other));
	self->db.version = self->version;
	EXPECT_EQ(-ESTALE, gth_db_load(&self->db));
	EXPECT_EQ(0, gth_table("entries"));
}

TEST_F(load, failed_load_does_not_count_as_a_version)
{
	gth_u64 version = self->db.version;

	self->db.body_digest[0] ^= 1;
	self->db.version = version + 1000;
	EXPECT_REFUSED(-EBADMSG, gth_db_load(&self->db));
	self->db.body_digest[0] ^= 1;
	self->db.version = version;
	EXPECT_EQ(0, gth_db_load(&self->db));
}

TEST_F(load, expired_table_loads_and_health_says_so)
{
	char line[64];

	self->db.created = gth_now() - 1000;
	self->db.expires = gth_now() - 500;
	ASSERT_EQ(0, gth_db_load(&self->db));
	ASSERT_EQ(0, gth_read_line(GTH_ROOT "health/table", line, sizeof(line)));
	EXPECT_STREQ("expired", line);
	EXPECT_EQ(-EPERM, gth_open(self->fresh.path, O_RDONLY));
	/* The next one clears it. */
	gth_db_init(&self->db);
	gth_db_seal(&self->db);
	ASSERT_EQ(0, gth_db_load(&self->db));
	ASSERT_EQ(0, gth_read_line(GTH_ROOT "health/table", line, sizeof(line)));
	EXPECT_STREQ("ok", line);
}

/* The call itself */

static int load_call(struct gth_load *load)
{
	int fd = gth_device(), ret;

	if (fd < 0)
		return fd;
	ret = ioctl(fd, GTH_IOC_LOAD, load) < 0 ? -errno : 0;
	close(fd);
	return ret;
}

TEST_F(load, refuses_odd_request)
{
	struct gth_load good = { .size = sizeof(good),
				 .manifest_fd = manifest_fd(&self->db),
				 .body_fd = body_fd(&self->db),
				 .signature_fd = -1 };
	struct gth_load load;

#define EDIT(field, value) (load = good, load.field = (value), load_call(&load))
	EXPECT_REFUSED(-EINVAL, EDIT(size, 0));
	EXPECT_REFUSED(-EINVAL, EDIT(size, sizeof(good) - 1));
	EXPECT_REFUSED(-EINVAL, EDIT(size, sizeof(good) + 1));
	EXPECT_REFUSED(-EINVAL, EDIT(flags, GTH_LOAD_ROLLBACK << 1));
	EXPECT_REFUSED(-EINVAL, EDIT(flags, 1U << 31));
	EXPECT_REFUSED(-EINVAL, EDIT(reserved, 1));
	EXPECT_REFUSED(-EINVAL, EDIT(signature_fd, -2));
	EXPECT_REFUSED(-EILSEQ, EDIT(signature_fd, good.body_fd));
	EXPECT_REFUSED(-EBADF, EDIT(manifest_fd, -1));
	EXPECT_REFUSED(-EBADF, EDIT(body_fd, -1));
	EXPECT_REFUSED(-EBADF, EDIT(body_fd, 1 << 20));
	EXPECT_EQ(0, load_call(&good));
}

TEST_F(load, goes_back_if_it_is_told_to)
{
	struct gth_load load = { .size = sizeof(load), .signature_fd = -1 };
	gth_u64 newer = self->db.version + 5, older = self->db.version;

	self->db.version = newer;
	ASSERT_EQ(0, gth_db_load(&self->db));
	self->db.version = older;
	load.manifest_fd = manifest_fd(&self->db);
	load.body_fd = body_fd(&self->db);
	EXPECT_EQ(-ESTALE, load_call(&load));
	EXPECT_EQ(newer, gth_table("version"));
	load.flags = GTH_LOAD_ROLLBACK;
	EXPECT_EQ(0, load_call(&load));
	EXPECT_EQ(older, gth_table("version"));
	/* From here on it is the highest. */
	self->db.version = older - 1;
	EXPECT_EQ(-ESTALE, gth_db_load(&self->db));
	self->db.version = newer;
	EXPECT_EQ(0, gth_db_load(&self->db));
	EXPECT_EQ(newer, gth_table("version"));
}

TEST_F(load, refuses_descriptor_that_cannot_be_read)
{
	struct gth_load load = { .size = sizeof(load),
				 .manifest_fd = manifest_fd(&self->db),
				 .body_fd = body_fd(&self->db),
				 .signature_fd = -1 };
	int write_only = gth_open_fd(self->fresh.path, O_WRONLY);
	int path_only = gth_open_fd(self->fresh.path, O_PATH);
	int directory = gth_open_fd(self->place.dir, O_RDONLY | O_DIRECTORY);
	int m = load.manifest_fd, b = load.body_fd;

	ASSERT_LE(0, write_only);
	ASSERT_LE(0, path_only);
	ASSERT_LE(0, directory);
	load.body_fd = write_only;
	EXPECT_REFUSED(-EBADF, load_call(&load));
	load.body_fd = path_only;
	EXPECT_REFUSED(-EBADF, load_call(&load));
	load.body_fd = b;
	load.manifest_fd = write_only;
	EXPECT_REFUSED(-EBADF, load_call(&load));
	load.manifest_fd = directory;
	EXPECT_EQ(true, load_call(&load) < 0);
	EXPECT_UNCHANGED();
	load.manifest_fd = m;
	load.body_fd = directory;
	EXPECT_EQ(true, load_call(&load) < 0);
	EXPECT_UNCHANGED();
	load.body_fd = gth_open_fd("/dev/zero", O_RDONLY);
	EXPECT_EQ(true, load_call(&load) < 0);
	EXPECT_UNCHANGED();
}

TEST_F(load, reads_from_the_start_whatever_the_offset)
{
	int m = manifest_fd(&self->db), b = body_fd(&self->db);

	ASSERT_LT(0, lseek(m, 0, SEEK_END));
	ASSERT_LT(0, lseek(b, 1, SEEK_SET));
	EXPECT_EQ(0, gth_load_fds(m, b));
	EXPECT_EQ(1, lseek(b, 0, SEEK_CUR));
}

TEST_HARNESS_MAIN
