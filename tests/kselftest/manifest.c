// SPDX-License-Identifier: GPL-2.0-or-later
/* manifest.c - a manifest has one form, and any other is refused. */
#include "load.h"

/* The manifest with one part replaced; what is given in place of it. */
static int load_edited(const struct gth_db *db, const char *from, const char *to)
{
	char text[4096], edited[8192], *at;
	size_t before;
	int n;

	gth_db_manifest(db, text, sizeof(text));
	at = strstr(text, from);
	if (!at)
		return 1;
	before = (size_t)(at - text);
	n = snprintf(edited, sizeof(edited), "%.*s%s%s", (int)before, text, to, at + strlen(from));
	return gth_load_parts(edited, (size_t)n, db->record, db->n * sizeof(struct gth_record));
}

TEST_F(load, refuses_malformed_manifest)
{
	static const char *const edits[][2] = {
		{ "gotthard-signatures 1", "gotthard-signatures 2" },
		{ "gotthard-signatures 1", "Gotthard-signatures 1" },
		{ "gotthard-signatures 1\n", "" },
		{ "gotthard-signatures 1\n", "\xef\xbb\xbfgotthard-signatures 1\n" },
		{ "name: kselftest", "name: " },
		{ "name: kselftest", "name: KSELFTEST" },
		{ "name: kselftest", "name: .hidden" },
		{ "name: kselftest", "name: ../kselftest" },
		{ "name: kselftest", "name: kself test" },
		{ "name: kselftest", "name: abcdefghijklmnopqrstuvwxyz012345" },
		{ "name: kselftest", "name:  kselftest" },
		{ "version: ", "version: 0" },
		{ "version: ", "version: -" },
		{ "version: ", "version: +" },
		{ "version: ", "version: 0x" },
		{ "version: ", "version: 99999999999999999999" },
		{ "version: ", "version: 1\nversion: " },
		{ "created: ", "created: 9" },
		{ "created: ", "CREATED: " },
		{ "prev: none", "prev: " },
		{ "prev: none", "prev: nothing" },
		{ "prev: none", "prev: 00" },
		{ "body-size: 102", "body-size: 103" },
		{ "body-size: 102", "body-size: 0102" },
		{ "body-size: 102", "body-size: 68" },
		{ "body-sha256: ", "body-sha256: 0" },
		{ "body-sha256: ", "body-sha512: " },
		{ "malicious: 2", "malicious: 3" },
		{ "suspicious: 0\n", "" },
		{ "trusted: 1\n", "trusted: 1" },
		{ "trusted: 1\n", "trusted: 1\n\n" },
		{ "trusted: 1\n", "trusted: 1\r\n" },
		{ "trusted: 1\n", "trusted: 1\nextra: 1\n" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(edits); i++) {
		EXPECT_EQ(-EINVAL, load_edited(&self->db, edits[i][0], edits[i][1]))
		{
			TH_LOG("edit %u: '%s' for '%s'", i, edits[i][1], edits[i][0]);
		}
	}
	EXPECT_UNCHANGED();
	/* The unedited one is fine. */
	EXPECT_EQ(0, load_edited(&self->db, "trusted", "trusted"));
}

TEST_F(load, refuses_manifest_with_other_bytes)
{
	char text[8192];
	size_t len = (size_t)gth_db_manifest(&self->db, text, sizeof(text));
	size_t body = self->db.n * sizeof(struct gth_record);

	EXPECT_REFUSED(-EINVAL, gth_load_parts(text, len + 1, self->db.record, body));
	EXPECT_REFUSED(-EINVAL, gth_load_parts(text, len - 1, self->db.record, body));
	EXPECT_REFUSED(-EINVAL, gth_load_parts(text, 0, self->db.record, body));
	/* Past the bound nothing is looked at. */
	memset(text + len, '\n', sizeof(text) - len);
	EXPECT_REFUSED(-EINVAL, gth_load_parts(text, 4097, self->db.record, body));
	EXPECT_REFUSED(-EINVAL, gth_load_parts(text, sizeof(text), self->db.record, body));
	EXPECT_REFUSED(-EINVAL,
		       gth_load_parts((char *)self->db.record, body, self->db.record, body));
}

TEST_HARNESS_MAIN
