/* SPDX-License-Identifier: GPL-2.0-or-later */
/* load.h - the fixture of the programs that load tables. */
#ifndef GTH_TEST_LOAD_H
#define GTH_TEST_LOAD_H

#include "test.h"

/* In force is a table with one file; db is another one with that file and two more. */
FIXTURE(load)
{
	struct gth_place place;
	struct gth_file listed, fresh;
	struct gth_db db;
	gth_u64 version;
};

FIXTURE_SETUP(load)
{
	uint8_t digest[GTH_DIGEST_SIZE] = { 0 };

	ASSERT_EQ(0, gth_begin(&self->place, TMPFS));
	ASSERT_EQ(0, gth_make_code(&self->listed, &self->place, "listed"));
	ASSERT_EQ(0, gth_make_code(&self->fresh, &self->place, "fresh"));
	ASSERT_EQ(0, gth_list(&self->listed, GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	self->version = gth_table("version");
	ASSERT_LT(0, self->version);
	gth_db_init(&self->db);
	gth_db_add(&self->db, GTH_DOMAIN_SHA256, self->listed.digest, GTH_CLASS_MALICIOUS);
	gth_db_add(&self->db, GTH_DOMAIN_SHA256, self->fresh.digest, GTH_CLASS_MALICIOUS);
	gth_db_add(&self->db, GTH_DOMAIN_SHA256, digest, GTH_CLASS_TRUSTED);
	gth_db_sort(&self->db);
	gth_db_seal(&self->db);
}

FIXTURE_TEARDOWN_PARENT(load)
{
	gth_end(&self->place);
}

/* The table that was in force still is. */
#define EXPECT_UNCHANGED()                                                                         \
	do {                                                                                       \
		EXPECT_EQ(self->version, gth_table("version"));                                    \
		EXPECT_EQ(1, gth_table("entries"));                                                \
		EXPECT_EQ(-EPERM, gth_open(self->listed.path, O_RDONLY));                          \
		EXPECT_EQ(0, gth_open(self->fresh.path, O_RDONLY));                                \
	} while (0)

#define EXPECT_REFUSED(error, result)                                                              \
	do {                                                                                       \
		EXPECT_EQ(error, result);                                                          \
		EXPECT_UNCHANGED();                                                                \
	} while (0)

static inline int manifest_fd(const struct gth_db *db)
{
	char text[4096];
	int len = gth_db_manifest(db, text, sizeof(text));

	return gth_memory_file(text, (size_t)len);
}

static inline int body_fd(const struct gth_db *db)
{
	return gth_memory_file(db->record, db->n * sizeof(struct gth_record));
}

#endif /* GTH_TEST_LOAD_H */
