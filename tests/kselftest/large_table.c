// SPDX-License-Identifier: GPL-2.0-or-later
/* large_table.c - a table of many records finds all of them and no other. */
#include "load.h"

#include <sys/ioctl.h>
#include <unistd.h>

/* Many records */

#define MANY 100000

static void number_digest(unsigned int i, uint8_t digest[GTH_DIGEST_SIZE])
{
	char text[16];
	int len = snprintf(text, sizeof(text), "#!%u", i);

	gth_sha256(text, (size_t)len, digest);
}

/* The class of a file that holds a number, as the module sees it. */
static int class_of(int device, int fd, unsigned int i)
{
	struct gth_explain x = { .size = sizeof(x), .fd = fd, .op = GTH_OP_EXEC };
	char text[16];
	int len = snprintf(text, sizeof(text), "#!%u", i);

	if (ftruncate(fd, len) || pwrite(fd, text, (size_t)len, 0) != len ||
	    ioctl(device, GTH_IOC_EXPLAIN, &x))
		return -1;
	return x.class;
}

TEST_F(load, finds_all_of_many_records_and_no_other)
{
	unsigned int i, wrong = 0, missed = 0;
	uint8_t digest[GTH_DIGEST_SIZE];
	int fd = gth_memory_file("", 0), device = gth_device();

	ASSERT_LE(0, fd);
	ASSERT_LE(0, device);
	self->db.n = 0;
	for (i = 0; i < MANY; i++) {
		number_digest(i, digest);
		gth_db_add(&self->db, GTH_DOMAIN_SHA256, digest, 1 + i % 3);
	}
	gth_db_sort(&self->db);
	gth_db_seal(&self->db);
	ASSERT_EQ(0, gth_db_load(&self->db));
	EXPECT_EQ(MANY, gth_table("entries"));
	EXPECT_EQ(MANY / 3, gth_table("malicious"));
	EXPECT_EQ(MANY / 3, gth_table("suspicious"));
	EXPECT_EQ(MANY / 3 + 1, gth_table("trusted"));
	for (i = 0; i < MANY; i++)
		if (class_of(device, fd, i) != (int)(1 + i % 3))
			missed++;
	for (i = MANY; i < 2 * MANY; i++)
		if (class_of(device, fd, i) != GTH_CLASS_UNKNOWN)
			wrong++;
	EXPECT_EQ(0, missed);
	EXPECT_EQ(0, wrong);
}

TEST_HARNESS_MAIN
