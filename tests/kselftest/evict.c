// SPDX-License-Identifier: GPL-2.0-or-later
/* evict.c - inodes that memory pressure takes away lose nothing but time, and leave nothing. */
#include "test.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILES 200
#define LISTED_EACH 20 /* one in so many is listed */
#define SLABS "/sys/kernel/slab"

/* On a tmpfs inodes are the content, and stay. */
FIXTURE(evict)
{
	struct gth_place place;
};

FIXTURE_SETUP(evict)
{
	struct gth_file f;
	struct gth_db db;
	char name[16];
	int i;

	ASSERT_EQ(0, gth_begin(&self->place, MNT));
	gth_db_init(&db);
	for (i = 0; i < FILES; i++) {
		snprintf(name, sizeof(name), "%d", i);
		ASSERT_EQ(0, gth_make_code(&f, &self->place, name));
		if (i % LISTED_EACH == 0)
			gth_db_add(&db, GTH_DOMAIN_SHA256, f.digest, GTH_CLASS_MALICIOUS);
	}
	gth_db_sort(&db);
	gth_db_seal(&db);
	ASSERT_EQ(0, gth_db_load(&db));
	gth_db_free(&db);
	ASSERT_EQ(0, gth_set("mode", "enforce"));
}

FIXTURE_TEARDOWN_PARENT(evict)
{
	gth_end(&self->place);
}

/* Opens all files: how many were judged as they should be */
static int open_all(const struct gth_place *place)
{
	char path[96];
	int i, right = 0;

	for (i = 0; i < FILES; i++) {
		snprintf(path, sizeof(path), "%s/%d", place->dir, i);
		if (gth_open(path, O_RDONLY) == (i % LISTED_EACH ? 0 : -EPERM))
			right++;
	}
	return right;
}

static int evict_all(void)
{
	sync();
	return gth_write_file("/proc/sys/vm/drop_caches", "3", 1);
}

/* Bytes in the slabs that hold, among little else, what BPF keeps with inodes; 0: unknown */
static gth_u64 stored(void)
{
	struct dirent *entry;
	DIR *d = opendir(SLABS);
	gth_u64 sum = 0;
	char path[300];

	while (d && (entry = readdir(d))) {
		char line[256];

		if (strncmp(entry->d_name, "kmalloc-cg-", 11) != 0)
			continue;
		/* Objects that processors have at hand count as used until then. */
		snprintf(path, sizeof(path), SLABS "/%s/shrink", entry->d_name);
		gth_write_file(path, "1", 1);
		snprintf(path, sizeof(path), SLABS "/%s/objects", entry->d_name);
		if (gth_read_line(path, line, sizeof(line)))
			continue;
		snprintf(path, sizeof(path), SLABS "/%s/object_size", entry->d_name);
		/* "2058" or "2058 N0=2058" */
		sum += strtoull(line, NULL, 10) * gth_read_number(path);
	}
	if (d)
		closedir(d);
	return sum;
}

static bool is_given_back(void *arg)
{
	const gth_u64 *most = arg;

	return !evict_all() && stored() <= *most;
}

/* First: what an earlier test leaves is given back late. */
TEST_F(evict, memory_of_evicted_inodes_comes_back)
{
	gth_u64 before, most, used;

	ASSERT_EQ(0, evict_all());
	before = stored();
	if (!before)
		SKIP(return, "this kernel does not tell how much BPF keeps with inodes");
	EXPECT_EQ(FILES, open_all(&self->place));
	used = stored();
	/* An entry has 56 bytes, and needs more around it. */
	ASSERT_LT(before + (gth_u64)FILES * 64, used);
	most = before + (used - before) / 4;
	EXPECT_TRUE(gth_wait_until(is_given_back, &most));
}

TEST_F(evict, evicted_files_are_judged_as_before)
{
	gth_u64 hashes = gth_stat("hashes"), denied = gth_stat("denied");
	gth_u64 errors = gth_stat("hash_errors");
	int i;

	EXPECT_EQ(FILES, open_all(&self->place));
	EXPECT_EQ(hashes + FILES, gth_stat("hashes"));
	for (i = 1; i <= 2; i++) {
		hashes = gth_stat("hashes");
		EXPECT_EQ(FILES, open_all(&self->place));
		EXPECT_EQ(hashes, gth_stat("hashes"));
		ASSERT_EQ(0, evict_all());
		EXPECT_EQ(FILES, open_all(&self->place));
		/* An inode in use stays. */
		EXPECT_LT(hashes, gth_stat("hashes"));
		EXPECT_GE(hashes + FILES, gth_stat("hashes"));
	}
	EXPECT_EQ(denied + 5 * FILES / LISTED_EACH, gth_stat("denied"));
	EXPECT_EQ(errors, gth_stat("hash_errors"));
}

TEST_HARNESS_MAIN
