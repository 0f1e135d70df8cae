// SPDX-License-Identifier: GPL-2.0-or-later
/* verdict.c - verdicts that are written one by one: taken all or none, and forgotten in time. */
#include "test.h"

#include <unistd.h>

#define HELD_MAX 65536 /* GTH_VERDICTS_MAX */

FIXTURE(verdict)
{
	struct gth_place place;
	struct gth_file f;
	gth_u64 held;
};

FIXTURE_SETUP(verdict)
{
	ASSERT_EQ(0, gth_begin(&self->place, MNT));
	ASSERT_EQ(0, gth_make_code(&self->f, &self->place, "f"));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	EXPECT_EQ(0, gth_open(self->f.path, O_RDONLY));
	self->held = gth_table("verdicts");
}

FIXTURE_TEARDOWN_PARENT(verdict)
{
	gth_end(&self->place);
}

TEST_F(verdict, takes_effect_at_once)
{
	struct gth_explain x;

	ASSERT_EQ(0, gth_verdict(self->f.digest, GTH_CLASS_MALICIOUS, 0));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	EXPECT_EQ(self->held + 1, gth_table("verdicts"));
	ASSERT_EQ(0, gth_explain(self->f.path, GTH_OP_OPEN, &x));
	EXPECT_EQ(GTH_CLASS_MALICIOUS, x.class);
	EXPECT_EQ(GTH_SOURCE_ROOT, x.source);
	/* The next one replaces it. */
	ASSERT_EQ(0, gth_verdict(self->f.digest, GTH_CLASS_SUSPICIOUS, 0));
	EXPECT_EQ(0, gth_open(self->f.path, O_RDONLY));
	EXPECT_EQ(self->held + 1, gth_table("verdicts"));
}

TEST_F(verdict, unknown_forgets)
{
	ASSERT_EQ(0, gth_verdict(self->f.digest, GTH_CLASS_MALICIOUS, 0));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	ASSERT_EQ(0, gth_verdict(self->f.digest, GTH_CLASS_UNKNOWN, 0));
	EXPECT_EQ(0, gth_open(self->f.path, O_RDONLY));
	EXPECT_EQ(self->held, gth_table("verdicts"));
	/* A verdict that never was can be forgotten too. */
	EXPECT_EQ(0, gth_verdict(self->f.digest, GTH_CLASS_UNKNOWN, 0));
}

TEST_F(verdict, wins_over_the_table)
{
	ASSERT_EQ(0, gth_list(&self->f, GTH_CLASS_MALICIOUS));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	ASSERT_EQ(0, gth_verdict(self->f.digest, GTH_CLASS_TRUSTED, 0));
	EXPECT_EQ(0, gth_open(self->f.path, O_RDONLY));
	ASSERT_EQ(0, gth_verdict(self->f.digest, GTH_CLASS_UNKNOWN, 0));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
}

TEST_F(verdict, outlives_the_table)
{
	ASSERT_EQ(0, gth_list(&self->f, GTH_CLASS_TRUSTED));
	ASSERT_EQ(0, gth_verdict(self->f.digest, GTH_CLASS_MALICIOUS, 0));
	ASSERT_EQ(0, gth_drop());
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
}

static bool opens(void *path)
{
	return !gth_open(path, O_RDONLY);
}

static bool counted(void *before)
{
	return gth_stat("verdicts_expired") == *(gth_u64 *)before + 1;
}

TEST_F(verdict, expiry_ends_it_and_what_was_kept_by_it)
{
	gth_u64 expired = gth_stat("verdicts_expired"), expires = gth_now() + 3;

	ASSERT_EQ(0, gth_verdict(self->f.digest, GTH_CLASS_MALICIOUS, expires));
	if (gth_now() < expires) {
		int err = gth_open(self->f.path, O_RDONLY);

		/* Not on a machine that stood still for three seconds. */
		if (gth_now() < expires)
			EXPECT_EQ(-EPERM, err);
	}
	EXPECT_TRUE(gth_wait_until(opens, self->f.path));
	EXPECT_LE(expires, gth_now());
	/* It counts no longer from then on; it is swept away a little later. */
	EXPECT_TRUE(gth_wait_until(counted, &expired));
	EXPECT_EQ(self->held, gth_table("verdicts"));
}

static bool is_denied(void *path)
{
	return gth_open(path, O_RDONLY) == -EPERM;
}

/* The other way round: an allowance that the warm path keeps must go by itself. */
TEST_F(verdict, expiry_ends_a_kept_allowance)
{
	gth_u64 expires = gth_now() + 3;

	ASSERT_EQ(0, gth_list(&self->f, GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, gth_verdict(self->f.digest, GTH_CLASS_TRUSTED, expires));
	gth_open(self->f.path, O_RDONLY);
	EXPECT_TRUE(gth_wait_until(is_denied, self->f.path));
	EXPECT_LE(expires, gth_now());
}

TEST_F(verdict, that_has_expired_is_not_kept)
{
	ASSERT_EQ(0, gth_verdict(self->f.digest, GTH_CLASS_MALICIOUS, 1));
	EXPECT_EQ(0, gth_open(self->f.path, O_RDONLY));
	EXPECT_EQ(self->held, gth_table("verdicts"));
	/* It replaces what was there all the same. */
	ASSERT_EQ(0, gth_verdict(self->f.digest, GTH_CLASS_MALICIOUS, 0));
	ASSERT_EQ(0, gth_verdict(self->f.digest, GTH_CLASS_MALICIOUS, 1));
	EXPECT_EQ(self->held, gth_table("verdicts"));
}

TEST_F(verdict, domain_must_match)
{
	struct gth_verdict v = { .domain = GTH_DOMAIN_FSVERITY,
				 .class = GTH_CLASS_MALICIOUS,
				 .source = GTH_SOURCE_ROOT };

	memcpy(v.digest, self->f.digest, sizeof(v.digest));
	ASSERT_EQ(0, gth_verdicts(&v, 1));
	EXPECT_EQ(0, gth_open(self->f.path, O_RDONLY));
	v.class = GTH_CLASS_UNKNOWN;
	ASSERT_EQ(0, gth_verdicts(&v, 1));
	EXPECT_EQ(self->held, gth_table("verdicts"));
	ASSERT_EQ(0, gth_verdict(self->f.digest, GTH_CLASS_MALICIOUS, 0));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
}

/* n different records */
static void fill(struct gth_verdict *v, unsigned int from, unsigned int n, int class)
{
	unsigned int i, number;

	for (i = 0; i < n; i++) {
		memset(&v[i], 0, sizeof(v[i]));
		number = from + i;
		memcpy(v[i].digest, &number, sizeof(number));
		memcpy(v[i].digest + 8, "kselftest", 9);
		v[i].domain = GTH_DOMAIN_SHA256;
		v[i].class = (uint8_t) class;
		v[i].source = GTH_SOURCE_ROOT;
	}
}

TEST_F(verdict, one_bad_record_refuses_all)
{
	static const struct {
		unsigned int at;
		int domain, class, source, reserved;
	} bad[] = {
		{ 0, GTH_DOMAIN_NONE, GTH_CLASS_TRUSTED, GTH_SOURCE_ROOT, 0 },
		{ 99, GTH_DOMAIN_MAX, GTH_CLASS_TRUSTED, GTH_SOURCE_ROOT, 0 },
		{ 50, 255, GTH_CLASS_TRUSTED, GTH_SOURCE_ROOT, 0 },
		{ 99, GTH_DOMAIN_SHA256, GTH_CLASS_MAX, GTH_SOURCE_ROOT, 0 },
		{ 1, GTH_DOMAIN_SHA256, 255, GTH_SOURCE_ROOT, 0 },
		{ 99, GTH_DOMAIN_SHA256, GTH_CLASS_TRUSTED, GTH_SOURCE_ROOT, 1 },
		{ 5, GTH_DOMAIN_SHA256, GTH_CLASS_TRUSTED, GTH_SOURCE_NONE, 0 },
		{ 5, GTH_DOMAIN_SHA256, GTH_CLASS_TRUSTED, GTH_SOURCE_TABLE, 0 },
		{ 5, GTH_DOMAIN_SHA256, GTH_CLASS_UNKNOWN, GTH_SOURCE_NONE, 0 },
		{ 5, GTH_DOMAIN_SHA256, GTH_CLASS_TRUSTED, GTH_SOURCE_MAX, 0 },
		{ 5, GTH_DOMAIN_SHA256, GTH_CLASS_TRUSTED, 255, 0 },
	};
	struct gth_verdict v[100];
	gth_u64 generation = gth_table("generation");
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		fill(v, 0, 100, GTH_CLASS_MALICIOUS);
		memcpy(v[10].digest, self->f.digest, sizeof(v[10].digest));
		v[bad[i].at].domain = (uint8_t)bad[i].domain;
		v[bad[i].at].class = (uint8_t)bad[i].class;
		v[bad[i].at].source = (uint8_t)bad[i].source;
		v[bad[i].at].reserved[4] = (uint8_t)bad[i].reserved;
		EXPECT_EQ(-EINVAL, gth_verdicts(v, 100));
		EXPECT_EQ(self->held, gth_table("verdicts"));
		EXPECT_EQ(0, gth_open(self->f.path, O_RDONLY));
	}
	EXPECT_EQ(generation, gth_table("generation"));
	/* Without a bad one all are taken. */
	fill(v, 0, 100, GTH_CLASS_MALICIOUS);
	memcpy(v[10].digest, self->f.digest, sizeof(v[10].digest));
	EXPECT_EQ(0, gth_verdicts(v, 100));
	EXPECT_EQ(self->held + 100, gth_table("verdicts"));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	fill(v, 0, 100, GTH_CLASS_UNKNOWN);
	memcpy(v[10].digest, self->f.digest, sizeof(v[10].digest));
	EXPECT_EQ(0, gth_verdicts(v, 100));
	EXPECT_EQ(self->held, gth_table("verdicts"));
}

static int write_bytes(const void *data, size_t len)
{
	int fd = gth_device(), ret = 0;

	if (fd < 0)
		return fd;
	if (write(fd, data, len) < 0)
		ret = -errno;
	close(fd);
	return ret;
}

TEST_F(verdict, length_must_be_whole_records)
{
	struct gth_verdict v[2];

	fill(v, 0, 2, GTH_CLASS_TRUSTED);
	EXPECT_EQ(-EINVAL, write_bytes(v, 0));
	EXPECT_EQ(-EINVAL, write_bytes(v, 1));
	EXPECT_EQ(-EINVAL, write_bytes(v, sizeof(v[0]) - 1));
	EXPECT_EQ(-EINVAL, write_bytes(v, sizeof(v[0]) + 1));
	EXPECT_EQ(-EINVAL, write_bytes(v, sizeof(v) - 1));
	EXPECT_EQ(self->held, gth_table("verdicts"));
}

TEST_F(verdict, one_write_takes_so_many_and_no_more)
{
	static struct gth_verdict v[GTH_VERDICTS_PER_WRITE + 1];

	fill(v, 0, GTH_VERDICTS_PER_WRITE + 1, GTH_CLASS_TRUSTED);
	EXPECT_EQ(-E2BIG, gth_verdicts(v, GTH_VERDICTS_PER_WRITE + 1));
	EXPECT_EQ(self->held, gth_table("verdicts"));
	EXPECT_EQ(0, gth_verdicts(v, GTH_VERDICTS_PER_WRITE));
	EXPECT_EQ(self->held + GTH_VERDICTS_PER_WRITE, gth_table("verdicts"));
	fill(v, 0, GTH_VERDICTS_PER_WRITE, GTH_CLASS_UNKNOWN);
	EXPECT_EQ(0, gth_verdicts(v, GTH_VERDICTS_PER_WRITE));
	EXPECT_EQ(self->held, gth_table("verdicts"));
}

/* Fills it up; or empties it again. The first error. */
static int write_many(unsigned int n, int class)
{
	static struct gth_verdict v[GTH_VERDICTS_PER_WRITE];
	unsigned int at, part;
	int err;

	for (at = 0; at < n; at += part) {
		part = n - at < GTH_VERDICTS_PER_WRITE ? n - at : GTH_VERDICTS_PER_WRITE;
		fill(v, at, part, class);
		err = gth_verdicts(v, part);
		if (err)
			return err;
	}
	return 0;
}

TEST_F(verdict, overlay_holds_so_many_and_no_more)
{
	struct gth_verdict v[2];

	ASSERT_EQ(0, write_many((unsigned int)(HELD_MAX - self->held), GTH_CLASS_TRUSTED));
	EXPECT_EQ(HELD_MAX, gth_table("verdicts"));
	fill(v, HELD_MAX, 2, GTH_CLASS_TRUSTED);
	EXPECT_EQ(-ENOSPC, gth_verdicts(v, 1));
	EXPECT_EQ(HELD_MAX, gth_table("verdicts"));
	/* Full, it can be emptied, and then it takes others again. */
	EXPECT_EQ(0, write_many((unsigned int)(HELD_MAX - self->held), GTH_CLASS_UNKNOWN));
	EXPECT_EQ(self->held, gth_table("verdicts"));
	EXPECT_EQ(0, gth_verdicts(v, 2));
	fill(v, HELD_MAX, 2, GTH_CLASS_UNKNOWN);
	EXPECT_EQ(0, gth_verdicts(v, 2));
}

TEST_F(verdict, full_overlay_takes_no_part_of_a_write)
{
	struct gth_verdict v[3];

	ASSERT_EQ(0, write_many((unsigned int)(HELD_MAX - self->held) - 2, GTH_CLASS_TRUSTED));
	fill(v, HELD_MAX, 3, GTH_CLASS_TRUSTED);
	EXPECT_EQ(-ENOSPC, gth_verdicts(v, 3));
	EXPECT_EQ(HELD_MAX - 2, gth_table("verdicts"));
	EXPECT_EQ(0, gth_verdicts(v, 2));
	EXPECT_EQ(HELD_MAX, gth_table("verdicts"));
	/* Replacing needs no room. */
	fill(v, HELD_MAX, 2, GTH_CLASS_SUSPICIOUS);
	EXPECT_EQ(0, gth_verdicts(v, 2));
	EXPECT_EQ(HELD_MAX, gth_table("verdicts"));
	fill(v, HELD_MAX, 2, GTH_CLASS_UNKNOWN);
	EXPECT_EQ(0, gth_verdicts(v, 2));
	EXPECT_EQ(0, write_many((unsigned int)(HELD_MAX - self->held) - 2, GTH_CLASS_UNKNOWN));
	EXPECT_EQ(self->held, gth_table("verdicts"));
}

TEST_HARNESS_MAIN
