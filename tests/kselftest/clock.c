// SPDX-License-Identifier: GPL-2.0-or-later
/* clock.c - setting the wall clock changes neither a verdict's end nor a decision. */
#include "test.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000LL
#define HOUR (3600 * SECOND)
/* How long after a verdict's end a kept allowance may go on, on a machine that stands still. */
#define LATE (5 * SECOND)

FIXTURE(clock)
{
	struct gth_place place;
	struct gth_file f;
	long long offset; /* of the wall clock from boot time, ns */
};

static long long read_clock(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return t.tv_sec * SECOND + t.tv_nsec;
}

static long long wall_offset(void)
{
	return read_clock(CLOCK_REALTIME) - read_clock(CLOCK_BOOTTIME);
}

static int set_offset(long long offset)
{
	long long wall = read_clock(CLOCK_BOOTTIME) + offset;
	struct timespec t = { .tv_sec = wall / SECOND, .tv_nsec = wall % SECOND };

	return clock_settime(CLOCK_REALTIME, &t) ? -errno : 0;
}

FIXTURE_SETUP(clock)
{
	self->offset = wall_offset();
	ASSERT_EQ(0, gth_begin(&self->place, MNT));
	ASSERT_EQ(0, gth_make_code(&self->f, &self->place, "f"));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	EXPECT_EQ(0, gth_open(self->f.path, O_RDONLY));
}

FIXTURE_TEARDOWN_PARENT(clock)
{
	/* The clock first, whatever else has happened; 0: the set-up did not come so far. */
	if (self->offset)
		set_offset(self->offset);
	gth_end(&self->place);
}

/* The clock is seen to be there, within what a slow machine may take. */
#define MOVE(hours)                                                                                \
	do {                                                                                       \
		ASSERT_EQ(0, set_offset(self->offset + (hours)*HOUR));                             \
		ASSERT_LT(llabs(wall_offset() - self->offset - (hours)*HOUR), 60 * SECOND);        \
	} while (0)

static bool counted(void *before)
{
	return gth_stat("verdicts_expired") > *(gth_u64 *)before;
}

TEST_F(clock, set_ahead_ends_no_verdict)
{
	gth_u64 held = gth_table("verdicts"), expired;
	uint8_t other[GTH_DIGEST_SIZE];

	ASSERT_EQ(0, gth_verdict(self->f.digest, GTH_CLASS_MALICIOUS, gth_now() + 3600));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	MOVE(2);
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	/* The end of another verdict makes the module look at all of them. */
	gth_salt(other, sizeof(other));
	expired = gth_stat("verdicts_expired");
	ASSERT_EQ(0, gth_verdict(other, GTH_CLASS_MALICIOUS, gth_now() + 2));
	ASSERT_TRUE(gth_wait_until(counted, &expired));
	EXPECT_EQ(expired + 1, gth_stat("verdicts_expired"));
	EXPECT_EQ(held + 1, gth_table("verdicts"));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	MOVE(0);
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	MOVE(-2);
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	EXPECT_EQ(held + 1, gth_table("verdicts"));
}

/* An open with the clock ahead must not be kept as one of an unknown file. */
TEST_F(clock, set_ahead_for_one_open_leaves_nothing_behind)
{
	ASSERT_EQ(0, gth_verdict(self->f.digest, GTH_CLASS_MALICIOUS, gth_now() + 3600));
	for (int i = 0; i < 3; i++) {
		MOVE(2);
		EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
		MOVE(0);
		EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	}
}

TEST_F(clock, verdict_of_the_past_is_none)
{
	gth_u64 held = gth_table("verdicts"), now = gth_now();

	MOVE(2);
	ASSERT_EQ(0, gth_verdict(self->f.digest, GTH_CLASS_MALICIOUS, now + 3600));
	EXPECT_EQ(0, gth_open(self->f.path, O_RDONLY));
	EXPECT_EQ(held, gth_table("verdicts"));
	MOVE(0);
	EXPECT_EQ(0, gth_open(self->f.path, O_RDONLY));
}

/*
 * Opens the file, with the clock ahead, right and behind in turn, until the verdict no
 * longer decides. Gives both bounds of the verdict's end in boot time: the begin of the
 * last open that it decided, and the end of the first that it did not.
 */
static int watch_end(const char *path, long long offset, int by_verdict, long long *last,
		     long long *end)
{
	long long start = read_clock(CLOCK_BOOTTIME), before;
	int ret = by_verdict;

	*last = *end = 0;
	for (int i = 0; ret == by_verdict; i++) {
		if (set_offset(offset + (i % 3 - 1) * 2 * HOUR))
			return -EIO;
		before = read_clock(CLOCK_BOOTTIME);
		if (before - start > GTH_PATIENCE * SECOND)
			return -ETIME;
		ret = gth_open(path, O_RDONLY);
		if (ret == by_verdict)
			*last = before;
		else
			*end = read_clock(CLOCK_BOOTTIME);
		usleep(5000);
	}
	return ret;
}

/*
 * A verdict of four seconds ends after four seconds. Whole seconds of the two clocks
 * do not begin together.
 */
static void expect_end(struct __test_metadata *_metadata, const struct gth_file *f, int class,
		       int by_verdict, int after)
{
	static const int tenths[] = { 3, 6 };
	long long real = wall_offset();

	for (unsigned int i = 0; i < ARRAY_SIZE(tenths); i++) {
		long long offset = real - real % SECOND + tenths[i] * SECOND / 10;
		long long part, end, last, first;
		gth_u64 expires;

		EXPECT_EQ(after, gth_open(f->path, O_RDONLY));
		ASSERT_EQ(0, set_offset(offset));
		/* Setting it takes a moment. */
		offset = wall_offset();
		/* The wall clock has begun a second, also as the kernel's last tick saw it. */
		do {
			usleep(1000);
			part = read_clock(CLOCK_REALTIME) % SECOND;
		} while (part < SECOND / 20 || part > SECOND / 5);
		expires = gth_now() + 4;
		ASSERT_EQ(0, gth_verdict(f->digest, class, expires));
		end = (long long)expires * SECOND - offset;
		ASSERT_EQ(after, watch_end(f->path, offset, by_verdict, &last, &first));
		EXPECT_LT(0, last);
		EXPECT_LE(end, first)
		{
			TH_LOG("%lld ms early, the wall clock %d tenths of a second after boot time",
			       (end - first) / 1000000, tenths[i]);
		}
		EXPECT_GE(end + LATE, last);
	}
}

TEST_F(clock, allowance_ends_when_it_was_to_end)
{
	ASSERT_EQ(0, gth_list(&self->f, GTH_CLASS_MALICIOUS));
	expect_end(_metadata, &self->f, GTH_CLASS_TRUSTED, 0, -EPERM);
}

TEST_F(clock, denial_ends_when_it_was_to_end)
{
	expect_end(_metadata, &self->f, GTH_CLASS_MALICIOUS, -EPERM, 0);
}

TEST_HARNESS_MAIN
