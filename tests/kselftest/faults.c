// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * faults.c - an allocation that fails does not cost the protection.
 *
 * For kernels with fault injection. Each test does a thing again and again: the
 * first allocation fails, then the second, and so on until none is left to fail.
 */
#include "test.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* No call allocates as often: past this a loop would not end. */
#define NTH_MAX 2000

#define EACH_FAULT(nth) for (unsigned int nth = 1; nth < NTH_MAX; nth++)

FIXTURE(faults)
{
	struct gth_place place;
	struct gth_file listed;
	uint8_t bad[GTH_PROGRAM_SIZE], good[GTH_PROGRAM_SIZE];
	bool missing;
	unsigned int struck;
};

FIXTURE_VARIANT(faults)
{
	const char *parent;
	bool evict; /* the page cache, so that the file is read */
};

FIXTURE_VARIANT_ADD(faults, tmpfs) { .parent = TMPFS };

FIXTURE_VARIANT_ADD(faults, resident) { .parent = MNT };

FIXTURE_VARIANT_ADD(faults, evicted) { .parent = MNT, .evict = true };

FIXTURE_SETUP(faults)
{
	ASSERT_EQ(0, gth_begin(&self->place, variant->parent));
	self->missing = gth_fault_setup() == -ENOENT;
	gth_program(self->bad, NULL, 0x400000, 7);
	gth_program(self->good, NULL, 0x400000, 7);
	ASSERT_EQ(0, gth_make(&self->listed, &self->place, "listed", 0755, self->bad,
			      sizeof(self->bad)));
	ASSERT_EQ(0, gth_list(&self->listed, GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	self->struck = 0;
}

FIXTURE_TEARDOWN_PARENT(faults)
{
	gth_end(&self->place);
}

#define NEED_FAULTS()                                                                              \
	do {                                                                                       \
		if (self->missing)                                                                 \
			SKIP(return, "this kernel cannot be told to fail");                        \
	} while (0)

/* A file that was not judged yet. */
static void fresh(struct __test_metadata *_metadata, FIXTURE_DATA(faults) * self, bool evict,
		  struct gth_file *f, const char *name, unsigned int nth, const void *image)
{
	char full[64];
	int fd;

	snprintf(full, sizeof(full), "%s%u", name, nth);
	ASSERT_EQ(0, gth_make(f, &self->place, full, 0755, image, GTH_PROGRAM_SIZE));
	if (!evict)
		return;
	fd = gth_open_fd(f->path, O_WRONLY);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED));
	close(fd);
}

TEST_F(faults, listed_is_never_opened)
{
	struct gth_file f;

	NEED_FAULTS();
	EACH_FAULT(nth)
	{
		bool struck;
		int err;

		fresh(_metadata, self, variant->evict, &f, "bad", nth, self->bad);
		gth_fault_arm(nth);
		err = gth_open(f.path, O_RDONLY);
		struck = gth_fault_struck();
		EXPECT_GT(0, err);
		ASSERT_EQ(0, unlink(f.path));
		if (!struck)
			break;
		self->struck++;
	}
	EXPECT_LT(0, self->struck);
}

/* A hook that cannot look up refuses, and reports that: the next open finds the file as it was. */
TEST_F(faults, clean_is_refused_at_most_once)
{
	struct gth_file f;

	NEED_FAULTS();
	EACH_FAULT(nth)
	{
		gth_u64 denied = gth_stat("denied");
		bool struck;
		int err;

		fresh(_metadata, self, variant->evict, &f, "good", nth, self->good);
		gth_fault_arm(nth);
		err = gth_open(f.path, O_RDONLY);
		struck = gth_fault_struck();
		EXPECT_EQ(denied + (err == -EPERM), gth_stat("denied"));
		EXPECT_EQ(0, gth_open(f.path, O_RDONLY));
		ASSERT_EQ(0, unlink(f.path));
		if (!struck) {
			EXPECT_EQ(0, err);
			break;
		}
		self->struck++;
	}
	EXPECT_LT(0, self->struck);
}

TEST_F(faults, monitor_lets_pass)
{
	struct gth_file f;

	NEED_FAULTS();
	ASSERT_EQ(0, gth_set("mode", "monitor"));
	EACH_FAULT(nth)
	{
		bool struck;

		fresh(_metadata, self, variant->evict, &f, "f", nth, self->bad);
		gth_fault_arm(nth);
		EXPECT_NE(-EPERM, gth_open(f.path, O_RDONLY));
		struck = gth_fault_struck();
		ASSERT_EQ(0, unlink(f.path));
		if (!struck)
			break;
		self->struck++;
	}
	EXPECT_LT(0, self->struck);
}

TEST_F(faults, listed_is_never_mapped_as_code)
{
	struct gth_file f;

	NEED_FAULTS();
	ASSERT_EQ(0, gth_set("hooks/open", "0"));
	EACH_FAULT(nth)
	{
		bool struck;
		int fd, err;

		fresh(_metadata, self, variant->evict, &f, "bad", nth, self->bad);
		fd = gth_open_fd(f.path, O_RDONLY);
		ASSERT_LE(0, fd);
		gth_fault_arm(nth);
		err = gth_map(fd, PROT_READ | PROT_EXEC);
		struck = gth_fault_struck();
		EXPECT_GT(0, err);
		close(fd);
		ASSERT_EQ(0, unlink(f.path));
		if (!struck)
			break;
		self->struck++;
	}
	EXPECT_LT(0, self->struck);
}

/* 0: none was left to fail; 1: one failed; 7: it ran */
static int exec_with_fault(const char *path, unsigned int nth)
{
	char *argv[] = { (char *)"test", NULL }, *envp[] = { NULL };
	pid_t pid = fork();

	if (!pid) {
		gth_fault_arm(nth);
		execve(path, argv, envp);
		_exit(gth_fault_struck());
	}
	return gth_wait_child(pid);
}

TEST_F(faults, listed_never_runs)
{
	struct gth_file f;
	int ret = 1;

	NEED_FAULTS();
	EACH_FAULT(nth)
	{
		fresh(_metadata, self, variant->evict, &f, "bad", nth, self->bad);
		ret = exec_with_fault(f.path, nth);
		EXPECT_NE(7, ret);
		ASSERT_EQ(0, unlink(f.path));
		/* A signal ended it: past the point of no return, still before its code. */
		if (ret != 1 && ret != -EINTR)
			break;
		self->struck++;
	}
	EXPECT_EQ(0, ret);
	EXPECT_LT(0, self->struck);
}

/* Loads, verdicts and knobs: all or nothing. Where the files are does not matter. */

FIXTURE(changes)
{
	struct gth_place place;
	struct gth_file listed, fresh;
	unsigned int struck;
	bool missing;
};

FIXTURE_SETUP(changes)
{
	ASSERT_EQ(0, gth_begin(&self->place, TMPFS));
	self->missing = gth_fault_setup() == -ENOENT;
	ASSERT_EQ(0, gth_make_code(&self->listed, &self->place, "listed"));
	ASSERT_EQ(0, gth_make_code(&self->fresh, &self->place, "fresh"));
	ASSERT_EQ(0, gth_list(&self->listed, GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	self->struck = 0;
}

FIXTURE_TEARDOWN_PARENT(changes)
{
	gth_end(&self->place);
}

TEST_F(changes, load_is_all_or_nothing)
{
	char text[4096];

	NEED_FAULTS();
	EACH_FAULT(nth)
	{
		gth_u64 version = gth_table("version");
		int manifest, body, err;
		struct gth_db db;
		bool struck;

		gth_db_init(&db);
		gth_db_add(&db, GTH_DOMAIN_SHA256, self->listed.digest, GTH_CLASS_MALICIOUS);
		gth_db_seal(&db);
		manifest = gth_memory_file(text, (size_t)gth_db_manifest(&db, text, sizeof(text)));
		body = gth_memory_file(db.record, sizeof(struct gth_record));
		ASSERT_LE(0, manifest);
		ASSERT_LE(0, body);
		gth_fault_arm(nth);
		err = gth_load_fds(manifest, body);
		struck = gth_fault_struck();
		EXPECT_EQ(err ? version : db.version, gth_table("version"));
		EXPECT_EQ(1, gth_table("entries"));
		EXPECT_EQ(-EPERM, gth_open(self->listed.path, O_RDONLY));
		close(manifest);
		close(body);
		gth_db_free(&db);
		if (!struck) {
			EXPECT_EQ(0, err);
			break;
		}
		self->struck++;
	}
	EXPECT_LT(0, self->struck);
}

TEST_F(changes, verdicts_are_all_or_nothing)
{
	struct gth_verdict v[3] = { { .domain = GTH_DOMAIN_SHA256,
				      .class = GTH_CLASS_MALICIOUS,
				      .source = GTH_SOURCE_ROOT } };

	NEED_FAULTS();
	gth_salt(v[0].digest, sizeof(v[0].digest));
	EACH_FAULT(nth)
	{
		gth_u64 before = gth_table("verdicts"), after;
		bool struck;
		int err;

		v[1] = v[2] = v[0];
		gth_salt(v[1].digest, sizeof(v[1].digest));
		gth_salt(v[2].digest, sizeof(v[2].digest));
		gth_fault_arm(nth);
		err = gth_verdicts(v, 3);
		struck = gth_fault_struck();
		after = gth_table("verdicts");
		/* v[0] is the same each time. */
		EXPECT_EQ(err ? before : before + 2 + (before == 0), after);
		for (unsigned int i = 0; i < 3; i++)
			v[i].class = GTH_CLASS_UNKNOWN;
		EXPECT_EQ(0, gth_verdicts(v, 3));
		EXPECT_EQ(0, gth_table("verdicts"));
		v[0].class = GTH_CLASS_MALICIOUS;
		if (!struck) {
			EXPECT_EQ(0, err);
			break;
		}
		self->struck++;
	}
	EXPECT_LT(0, self->struck);
}

TEST_F(changes, knob_is_set_or_not)
{
	NEED_FAULTS();
	EACH_FAULT(nth)
	{
		bool struck;
		int err;

		ASSERT_EQ(0, gth_set("malicious", "deny"));
		gth_fault_arm(nth);
		err = gth_set("malicious", "allow");
		struck = gth_fault_struck();
		EXPECT_STREQ(err ? "deny" : "allow", gth_get("malicious"));
		EXPECT_EQ(err ? -EPERM : 0, gth_open(self->listed.path, O_RDONLY));
		if (!struck) {
			EXPECT_EQ(0, err);
			break;
		}
		self->struck++;
	}
	EXPECT_LT(0, self->struck);
}

TEST_F(changes, explain_answers_or_says_why_not)
{
	NEED_FAULTS();
	EACH_FAULT(nth)
	{
		struct gth_explain x = { 0 };
		bool struck;
		int err;

		gth_fault_arm(nth);
		err = gth_explain(self->listed.path, GTH_OP_EXEC, &x);
		struck = gth_fault_struck();
		if (!err)
			EXPECT_EQ(GTH_ACTION_DENY, x.action);
		if (!struck) {
			EXPECT_EQ(0, err);
			break;
		}
		self->struck++;
	}
	EXPECT_LT(0, self->struck);
}

TEST_HARNESS_MAIN
