// SPDX-License-Identifier: GPL-2.0-or-later
/* class.c - what the policy makes of each class, and of what is not judged by content. */
#include "test.h"

#include <sys/mount.h>
#include <sys/stat.h>

GTH_FIXTURE_PLACE(class, MNT)

TEST_F(class, suspicious_follows_its_knob)
{
	struct gth_file f;

	ASSERT_EQ(0, gth_make_code(&f, &self->place, "f"));
	ASSERT_EQ(0, gth_list(&f, GTH_CLASS_SUSPICIOUS));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	EXPECT_EQ(0, gth_open(f.path, O_RDONLY));
	ASSERT_EQ(0, gth_set("suspicious", "deny"));
	EXPECT_EQ(-EPERM, gth_open(f.path, O_RDONLY));
	ASSERT_EQ(0, gth_set("suspicious", "allow"));
	EXPECT_EQ(0, gth_open(f.path, O_RDONLY));
}

TEST_F(class, malicious_follows_its_knob)
{
	struct gth_file f;

	ASSERT_EQ(0, gth_make_code(&f, &self->place, "f"));
	ASSERT_EQ(0, gth_list(&f, GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	EXPECT_EQ(-EPERM, gth_open(f.path, O_RDONLY));
	ASSERT_EQ(0, gth_set("malicious", "allow"));
	EXPECT_EQ(0, gth_open(f.path, O_RDONLY));
	ASSERT_EQ(0, gth_set("malicious", "deny"));
	EXPECT_EQ(-EPERM, gth_open(f.path, O_RDONLY));
}

TEST_F(class, trusted_is_allowed_where_unknown_is_denied)
{
	struct gth_file trusted, unknown;

	ASSERT_EQ(0, gth_make_program(&trusted, &self->place, "trusted", NULL, 5));
	ASSERT_EQ(0, gth_make_program(&unknown, &self->place, "unknown", NULL, 5));
	ASSERT_EQ(0, gth_list(&trusted, GTH_CLASS_TRUSTED));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	ASSERT_EQ(0, gth_set("suspicious", "deny"));
	ASSERT_EQ(0, gth_set("open_unknown", "deny"));
	ASSERT_EQ(0, gth_set("exec_unknown", "deny"));
	EXPECT_EQ(0, gth_open(trusted.path, O_RDONLY));
	EXPECT_EQ(5, gth_exec(trusted.path));
	EXPECT_EQ(-EPERM, gth_open(unknown.path, O_RDONLY));
	EXPECT_EQ(-EPERM, gth_exec(unknown.path));
}

TEST_F(class, one_table_holds_all_classes)
{
	struct gth_file f[GTH_CLASS_MAX];
	struct gth_explain x;
	struct gth_db db;
	char name[8];
	int i;

	gth_db_init(&db);
	for (i = GTH_CLASS_TRUSTED; i < GTH_CLASS_MAX; i++) {
		snprintf(name, sizeof(name), "%d", i);
		ASSERT_EQ(0, gth_make_code(&f[i], &self->place, name));
		gth_db_add(&db, GTH_DOMAIN_SHA256, f[i].digest, i);
	}
	gth_db_sort(&db);
	gth_db_seal(&db);
	ASSERT_EQ(0, gth_db_load(&db));
	for (i = GTH_CLASS_TRUSTED; i < GTH_CLASS_MAX; i++) {
		ASSERT_EQ(0, gth_explain(f[i].path, GTH_OP_OPEN, &x));
		EXPECT_EQ(i, x.class);
		EXPECT_EQ(GTH_SOURCE_TABLE, x.source);
		EXPECT_EQ(GTH_DOMAIN_SHA256, x.domain);
		EXPECT_EQ(0, memcmp(x.digest, f[i].digest, sizeof(x.digest)));
	}
	EXPECT_EQ(3, gth_table("entries"));
	EXPECT_EQ(1, gth_table("malicious"));
	EXPECT_EQ(1, gth_table("suspicious"));
	EXPECT_EQ(1, gth_table("trusted"));
	gth_db_free(&db);
}

TEST_F(class, same_digest_in_another_domain_is_not_listed)
{
	struct gth_file f;
	struct gth_db db;

	ASSERT_EQ(0, gth_make_code(&f, &self->place, "f"));
	gth_db_init(&db);
	gth_db_add(&db, GTH_DOMAIN_FSVERITY, f.digest, GTH_CLASS_MALICIOUS);
	gth_db_seal(&db);
	ASSERT_EQ(0, gth_db_load(&db));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	EXPECT_EQ(0, gth_open(f.path, O_RDONLY));
	gth_db_free(&db);
	ASSERT_EQ(0, gth_list(&f, GTH_CLASS_MALICIOUS));
	EXPECT_EQ(-EPERM, gth_open(f.path, O_RDONLY));
}

/* Which files an open hashes */

FIXTURE(scope)
{
	struct gth_place place;
};

FIXTURE_VARIANT(scope)
{
	const char *value;
	bool code, exec_bit;
	bool judged;
};

#define SCOPE(name, value_, code_, exec_bit_, judged_)                                             \
	FIXTURE_VARIANT_ADD(scope, name)                                                           \
	{                                                                                          \
		.value = value_, .code = code_, .exec_bit = exec_bit_, .judged = judged_           \
	}

SCOPE(all_judges_text, "all", false, false, true);
SCOPE(all_judges_code, "all", true, false, true);
SCOPE(code_judges_code, "code", true, false, true);
SCOPE(code_judges_text_with_exec_bit, "code", false, true, true);
SCOPE(code_leaves_text, "code", false, false, false);
SCOPE(none_leaves_code, "none", true, true, false);
SCOPE(none_leaves_text, "none", false, false, false);

FIXTURE_SETUP(scope)
{
	ASSERT_EQ(0, gth_begin(&self->place, MNT));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	ASSERT_EQ(0, gth_set("open_scope", variant->value));
}

FIXTURE_TEARDOWN_PARENT(scope)
{
	gth_end(&self->place);
}

TEST_F(scope, decides_what_an_open_hashes)
{
	gth_u64 hashes, skipped;
	struct gth_file f;

	ASSERT_EQ(0, (variant->code ? gth_make_code : gth_make_text)(&f, &self->place, "f"));
	if (variant->exec_bit)
		ASSERT_EQ(0, chmod(f.path, 0755));
	ASSERT_EQ(0, gth_list(&f, GTH_CLASS_MALICIOUS));
	hashes = gth_stat("hashes");
	skipped = gth_stat("skipped_scope");
	EXPECT_EQ(variant->judged ? -EPERM : 0, gth_open(f.path, O_RDONLY));
	EXPECT_EQ(hashes + variant->judged, gth_stat("hashes"));
	EXPECT_EQ(skipped + !variant->judged, gth_stat("skipped_scope"));
}

TEST_F(scope, never_bounds_exec_and_code)
{
	struct gth_file f;
	int fd;

	ASSERT_EQ(0, gth_make_text(&f, &self->place, "f"));
	ASSERT_EQ(0, chmod(f.path, 0755));
	ASSERT_EQ(0, gth_list(&f, GTH_CLASS_MALICIOUS));
	EXPECT_EQ(-EPERM, gth_exec(f.path));
	ASSERT_EQ(0, gth_set("hooks/open", "0"));
	fd = gth_open_fd(f.path, O_RDONLY);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EPERM, gth_map(fd, PROT_READ | PROT_EXEC));
}

/* Unknown files */

FIXTURE(unknown)
{
	struct gth_place place;
	struct gth_file f;
	int fd;
};

FIXTURE_VARIANT(unknown)
{
	const char *value, *no_daemon;
	bool denied, held;
};

FIXTURE_VARIANT_ADD(unknown, allow) { .value = "allow", .no_daemon = "deny", .denied = false };

FIXTURE_VARIANT_ADD(unknown, deny) { .value = "deny", .no_daemon = "allow", .denied = true };

FIXTURE_VARIANT_ADD(unknown, hold_without_daemon_allow) {
	.value = "hold", .no_daemon = "allow", .denied = false, .held = true
};

FIXTURE_VARIANT_ADD(unknown, hold_without_daemon_deny) {
	.value = "hold", .no_daemon = "deny", .denied = true, .held = true
};

FIXTURE_SETUP(unknown)
{
	ASSERT_EQ(0, gth_begin(&self->place, MNT));
	ASSERT_EQ(0, gth_make_program(&self->f, &self->place, "f", NULL, 6));
	self->fd = gth_open_fd(self->f.path, O_RDONLY);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	ASSERT_EQ(0, gth_set("no_daemon", variant->no_daemon));
}

FIXTURE_TEARDOWN_PARENT(unknown)
{
	gth_end(&self->place);
}

TEST_F(unknown, open_follows_open_unknown)
{
	gth_u64 no_daemon = gth_stat("no_daemon");

	ASSERT_EQ(0, gth_set("open_unknown", variant->value));
	EXPECT_EQ(variant->denied ? -EPERM : 0, gth_open(self->f.path, O_RDONLY));
	EXPECT_EQ(no_daemon + variant->held, gth_stat("no_daemon"));
	EXPECT_EQ(6, gth_exec(self->f.path));
	EXPECT_EQ(0, gth_map(self->fd, PROT_READ | PROT_EXEC));
}

TEST_F(unknown, exec_follows_exec_unknown)
{
	ASSERT_EQ(0, gth_set("exec_unknown", variant->value));
	EXPECT_EQ(variant->denied ? -EPERM : 6, gth_exec(self->f.path));
	EXPECT_EQ(0, gth_open(self->f.path, O_RDONLY));
}

TEST_F(unknown, mapping_as_code_follows_exec_unknown)
{
	ASSERT_EQ(0, gth_set("exec_unknown", variant->value));
	EXPECT_EQ(variant->denied ? -EPERM : 0, gth_map(self->fd, PROT_READ | PROT_EXEC));
	EXPECT_EQ(variant->denied ? -EPERM : 0, gth_map_gains_exec(self->fd));
	EXPECT_EQ(0, gth_map(self->fd, PROT_READ));
}

TEST_F(unknown, kernel_read_follows_kernel_unknown)
{
	struct gth_explain x;

	ASSERT_EQ(0, gth_set("kernel_unknown", variant->value));
	ASSERT_EQ(0, gth_explain(self->f.path, GTH_OP_KERNEL, &x));
	EXPECT_EQ(variant->denied ? GTH_ACTION_DENY : GTH_ACTION_ALLOW, x.action);
	EXPECT_EQ(variant->held ? GTH_REASON_NO_DAEMON : GTH_REASON_CLASS, x.reason);
	ASSERT_EQ(0, gth_explain(self->f.path, GTH_OP_EXEC, &x));
	EXPECT_EQ(GTH_ACTION_ALLOW, x.action);
}

/* Bounds on what is hashed */

GTH_FIXTURE_PLACE(bounds, MNT)

TEST_F(bounds, oversize_decides_beyond_max_hash_bytes)
{
	struct gth_file at, past;
	gth_u64 skipped, hashes;

	ASSERT_EQ(0, gth_make_size(&at, &self->place, "at", 8192));
	ASSERT_EQ(0, gth_make_size(&past, &self->place, "past", 8193));
	ASSERT_EQ(0, gth_list_two(&at, &past, GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	ASSERT_EQ(0, gth_set("max_hash_bytes", "8192"));
	skipped = gth_stat("skipped_oversize");
	hashes = gth_stat("hashes");
	EXPECT_EQ(-EPERM, gth_open(at.path, O_RDONLY));
	EXPECT_EQ(skipped, gth_stat("skipped_oversize"));
	EXPECT_EQ(0, gth_open(past.path, O_RDONLY));
	EXPECT_EQ(skipped + 1, gth_stat("skipped_oversize"));
	EXPECT_EQ(hashes + 1, gth_stat("hashes"));
	ASSERT_EQ(0, gth_set("malicious", "allow"));
	ASSERT_EQ(0, gth_set("oversize", "deny"));
	EXPECT_EQ(0, gth_open(at.path, O_RDONLY));
	EXPECT_EQ(-EPERM, gth_open(past.path, O_RDONLY));
	/* A larger bound, and it is judged by its content again. */
	ASSERT_EQ(0, gth_set("max_hash_bytes", "8193"));
	EXPECT_EQ(0, gth_open(past.path, O_RDONLY));
	ASSERT_EQ(0, gth_set("malicious", "deny"));
	EXPECT_EQ(-EPERM, gth_open(past.path, O_RDONLY));
}

TEST_F(bounds, oversize_holds_for_exec_too)
{
	struct gth_file f;

	ASSERT_EQ(0, gth_make_size(&f, &self->place, "f", 8193));
	ASSERT_EQ(0, chmod(f.path, 0755));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	ASSERT_EQ(0, gth_set("max_hash_bytes", "8192"));
	/* Its interpreter does not exist. */
	EXPECT_EQ(-ENOENT, gth_exec(f.path));
	ASSERT_EQ(0, gth_set("oversize", "deny"));
	EXPECT_EQ(-EPERM, gth_exec(f.path));
}

FIXTURE(unversioned)
{
	struct gth_place place, inside;
	struct gth_file f;
};

FIXTURE_SETUP(unversioned)
{
	ASSERT_EQ(0, gth_begin(&self->place, TMPFS));
	ASSERT_EQ(0, mount("ramfs", self->place.dir, "ramfs", 0, NULL));
	ASSERT_EQ(0, gth_make_program(&self->f, &self->place, "f", NULL, 4));
	ASSERT_EQ(0, gth_list(&self->f, GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
}

FIXTURE_TEARDOWN_PARENT(unversioned)
{
	umount2(self->place.dir, MNT_DETACH);
	gth_end(&self->place);
}

TEST_F(unversioned, hash_judges_each_time_and_keeps_nothing)
{
	gth_u64 hashes = gth_stat("hashes"), uncached = gth_stat("uncached");

	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	EXPECT_EQ(-EPERM, gth_exec(self->f.path));
	EXPECT_EQ(hashes + 3, gth_stat("hashes"));
	EXPECT_EQ(uncached + 3, gth_stat("uncached"));
}

TEST_F(unversioned, skip_lets_pass)
{
	gth_u64 hashes = gth_stat("hashes"), skipped = gth_stat("skipped_unversioned");

	ASSERT_EQ(0, gth_set("unversioned_fs", "skip"));
	EXPECT_EQ(0, gth_open(self->f.path, O_RDONLY));
	EXPECT_EQ(4, gth_exec(self->f.path));
	EXPECT_EQ(hashes, gth_stat("hashes"));
	EXPECT_LT(skipped + 1, gth_stat("skipped_unversioned"));
	ASSERT_EQ(0, gth_set("unversioned_fs", "hash"));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
}

TEST_HARNESS_MAIN
