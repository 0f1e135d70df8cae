// SPDX-License-Identifier: GPL-2.0-or-later
/* floor.c - the highest release of a name, as user space reads and raises it. */
#include "load.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* load.h's database under a name of this program's own; its floor is at 5 at first. */
FIXTURE(floor)
{
	struct gth_place place;
	struct gth_file listed;
	struct gth_db db;
};

static void fill(struct gth_floor *f, const struct gth_db *db, gth_u64 version)
{
	memset(f, 0, sizeof(*f));
	snprintf(f->name, sizeof(f->name), "%.31s", db->name);
	f->version = version;
	memcpy(f->body_digest, db->body_digest, sizeof(f->body_digest));
}

static int raise_to(const struct gth_db *db, gth_u64 version)
{
	struct gth_floors list = { .size = sizeof(list), .n = 1 };

	fill(&list.floor[0], db, version);
	return gth_device_call(GTH_IOC_RAISE, &list);
}

/* The floor of a name; all zero: it has none. */
static struct gth_floor floor_of(const char *name)
{
	struct gth_floors list = { .size = sizeof(list) };

	if (gth_device_call(GTH_IOC_FLOORS, &list) || list.n > GTH_FLOORS_MAX)
		return (struct gth_floor) { .version = ~0ULL };
	for (unsigned int i = 0; i < list.n; i++)
		if (!strncmp(list.floor[i].name, name, GTH_NAME_SIZE))
			return list.floor[i];
	return (struct gth_floor) { .version = 0 };
}

FIXTURE_SETUP(floor)
{
	ASSERT_EQ(0, gth_begin(&self->place, TMPFS));
	ASSERT_EQ(0, gth_make_code(&self->listed, &self->place, "listed"));
	gth_db_init(&self->db);
	/* One name for all of these tests: each is kept for good. */
	snprintf(self->db.name, sizeof(self->db.name), "floor");
	gth_db_add(&self->db, GTH_DOMAIN_SHA256, self->listed.digest, GTH_CLASS_MALICIOUS);
	gth_db_seal(&self->db);
	self->db.version = floor_of("floor").version + 10;
	ASSERT_EQ(0, raise_to(&self->db, self->db.version));
}

FIXTURE_TEARDOWN_PARENT(floor)
{
	gth_end(&self->place);
}

static int load_version(struct gth_db *db, gth_u64 version)
{
	db->version = version;
	return gth_db_load(db);
}

TEST_F(floor, is_what_was_said)
{
	struct gth_floor want, got = floor_of("floor");

	fill(&want, &self->db, self->db.version);
	EXPECT_EQ(0, memcmp(&want, &got, sizeof(want)));
}

TEST_F(floor, refuses_older_releases_and_no_others)
{
	gth_u64 floor = self->db.version;
	struct gth_db other = self->db;

	EXPECT_EQ(-ESTALE, load_version(&self->db, 1));
	EXPECT_EQ(-ESTALE, load_version(&self->db, floor - 1));
	/* The version alone does not name a release. */
	other.n = 0;
	gth_db_seal(&other);
	EXPECT_EQ(-ESTALE, load_version(&other, floor));
	EXPECT_EQ(0, load_version(&self->db, floor));
	EXPECT_EQ(floor, gth_table("version"));
	EXPECT_EQ(0, load_version(&self->db, floor + 1));
	EXPECT_EQ(floor + 1, floor_of("floor").version);
}

TEST_F(floor, is_not_lowered_by_raising)
{
	gth_u64 floor = self->db.version;

	self->db.n = 0;
	gth_db_seal(&self->db);
	EXPECT_EQ(0, raise_to(&self->db, floor - 1));
	EXPECT_EQ(0, raise_to(&self->db, floor));
	EXPECT_EQ(floor, floor_of("floor").version);
	EXPECT_EQ(-ESTALE, load_version(&self->db, floor));
}

TEST_F(floor, goes_down_with_a_rollback_alone)
{
	gth_u64 floor = self->db.version;
	struct gth_load load = { .size = sizeof(load),
				 .flags = GTH_LOAD_ROLLBACK,
				 .signature_fd = -1 };

	self->db.version = floor - 3;
	load.manifest_fd = manifest_fd(&self->db);
	load.body_fd = body_fd(&self->db);
	ASSERT_LE(0, load.manifest_fd);
	ASSERT_LE(0, load.body_fd);
	EXPECT_EQ(0, gth_device_call(GTH_IOC_LOAD, &load));
	EXPECT_EQ(floor - 3, floor_of("floor").version);
	close(load.manifest_fd);
	close(load.body_fd);
}

TEST_F(floor, stays_when_the_table_is_dropped)
{
	gth_u64 floor = self->db.version;

	ASSERT_EQ(0, gth_db_load(&self->db));
	ASSERT_EQ(0, gth_drop());
	EXPECT_EQ(floor, floor_of("floor").version);
}

/* A floor that is raised before the wrong one stays raised. */
TEST_F(floor, refuses_what_names_no_release)
{
	static const struct {
		char name[GTH_NAME_SIZE];
		gth_u64 version;
	} wrong[] = {
		{ "", 5 },	{ ".floor", 5 },	 { "Floor", 5 },
		{ "a b", 5 },	{ "floor\0x", 5 },	 { { [0 ... GTH_NAME_SIZE - 1] = 'a' }, 5 },
		{ "floor", 0 }, { "floor", 1ULL << 63 }, { "floor", ~0ULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct gth_floors list = { .size = sizeof(list), .n = 2 };
		gth_u64 floor = floor_of("floor").version;

		fill(&list.floor[0], &self->db, floor + 1);
		memcpy(list.floor[1].name, wrong[i].name, GTH_NAME_SIZE);
		list.floor[1].version = wrong[i].version;
		EXPECT_EQ(-EINVAL, gth_device_call(GTH_IOC_RAISE, &list))
		{
			TH_LOG("wrong %zu", i);
		}
		EXPECT_EQ(floor + 1, floor_of("floor").version);
	}
	EXPECT_EQ(0, floor_of("a b").version);
}

TEST_F(floor, refuses_malformed_records)
{
	struct gth_floors list = { .size = sizeof(list), .n = GTH_FLOORS_MAX + 1 };

	EXPECT_EQ(-EINVAL, gth_device_call(GTH_IOC_RAISE, &list));
	EXPECT_EQ(-EINVAL, gth_device_call(GTH_IOC_FLOORS, &list));
	list.n = 0;
	EXPECT_EQ(0, gth_device_call(GTH_IOC_RAISE, &list));
	list.size--;
	EXPECT_EQ(-EINVAL, gth_device_call(GTH_IOC_RAISE, &list));
	EXPECT_EQ(-EINVAL, gth_device_call(GTH_IOC_FLOORS, &list));
	EXPECT_EQ(-EFAULT, gth_device_call(GTH_IOC_RAISE, (void *)8));
	EXPECT_EQ(-EFAULT, gth_device_call(GTH_IOC_FLOORS, (void *)8));
}

TEST_HARNESS_MAIN
