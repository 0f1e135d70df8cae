// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sandbox.c - what confines a task does not keep the module from reading: a listed
 * program whose pages are not at hand is denied in every sandbox, and a clean one
 * is allowed as it is outside. AppArmor's sandboxes are in lsm.c, a file whose key
 * is gone in encrypted.c.
 *
 * Not tested: SELinux, which Debian's kernels have built in but not beside AppArmor,
 * and for which the guest has no policy; appraisal by IMA, which looks at the open
 * and the exec of the task itself and is not asked about the module's own open.
 */
#include "access_paths.h"

#include <linux/sched.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "box.h"
#include "fuse.h"

FIXTURE(sandbox)
{
	struct gth_place place;
	struct gth_box_files files;
	char file_max[32];
};

FIXTURE_VARIANT(sandbox)
{
	const char *parent;
};

FIXTURE_VARIANT_ADD(sandbox, mnt) { .parent = MNT };

FIXTURE_VARIANT_ADD(sandbox, tmpfs) { .parent = TMPFS };

FIXTURE_SETUP(sandbox)
{
	ASSERT_EQ(0, gth_read_line(GTH_FILE_MAX, self->file_max, sizeof(self->file_max)));
	ASSERT_EQ(0, gth_begin(&self->place, variant->parent));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
}

FIXTURE_TEARDOWN_PARENT(sandbox)
{
	gth_write_file(GTH_FILE_MAX, self->file_max, strlen(self->file_max));
	rmdir(GTH_BOX_CGROUP);
	gth_end(&self->place);
}

#define MAKE_FILES(mode, size) ASSERT_EQ(0, gth_box_make(&self->files, &self->place, mode, size))

#define CHECK(title, how, ...)                                                                     \
	do {                                                                                       \
		const struct gth_box box = { .name = title, .enter = how, ##__VA_ARGS__ };         \
		EXPECT_EQ(0, gth_box_check(&box, &self->files));                                   \
	} while (0)

static int enter_nothing(struct gth_boxed *b)
{
	(void)b;
	return 0;
}

/* Without a sandbox: what the others are compared with */
TEST_F(sandbox, without_one_listed_is_denied_and_clean_runs)
{
	MAKE_FILES(0755, GTH_PROGRAM_SIZE);
	CHECK("nothing", enter_nothing);
	CHECK("user", gth_enter_as_user);
}

TEST_F(sandbox, landlock_hides_nothing_in_any_version)
{
	int abi = gth_landlock_abi();

	if (abi == -ENOSYS || abi == -EOPNOTSUPP)
		SKIP(return, "this kernel has no Landlock");
	ASSERT_LT(0, abi);
	printf("# versions 1 to %d\n", abi);
	MAKE_FILES(0755, GTH_PROGRAM_SIZE);
	for (gth_u64 n = 1; n <= (gth_u64)abi; n++) {
		/* Executing takes READ_FILE as well. */
		CHECK("Landlock, EXECUTE", gth_enter_landlock, .clean = { -EACCES, -EACCES, 0 },
		      .n = n, .m = GTH_LANDLOCK_EXECUTE);
		CHECK("Landlock, all", gth_enter_landlock, .clean = { -EACCES, -EACCES, 0 }, .n = n,
		      .m = GTH_LANDLOCK_ALL);
		CHECK("Landlock, EXECUTE and READ_FILE", gth_enter_landlock, .n = n,
		      .m = GTH_LANDLOCK_READ);
		CHECK("Landlock, nested", gth_enter_landlock, .clean = { -EACCES, -EACCES, 0 },
		      .n = n, .m = GTH_LANDLOCK_NESTED);
	}
}

TEST_F(sandbox, seccomp_filter_that_kills_at_open_and_read_hides_nothing)
{
	MAKE_FILES(0755, GTH_PROGRAM_SIZE);
	CHECK("seccomp", gth_enter_seccomp, .clean = { -EINTR, 0, 0 });
}

static int enter_chroot(struct gth_boxed *b)
{
	char dir[128];

	directory_of(b->path, dir, sizeof(dir));
	if (chroot(dir) || chdir("/"))
		return -errno;
	memmove(b->path, b->path + strlen(dir) - 1, strlen(b->path + strlen(dir) - 1) + 1);
	return access("/proc", F_OK) ? 0 : -EDOM;
}

TEST_F(sandbox, other_root_hides_nothing)
{
	MAKE_FILES(0755, GTH_PROGRAM_SIZE);
	CHECK("chroot", enter_chroot);
}

TEST_F(sandbox, limits_of_a_process_hide_nothing)
{
	MAKE_FILES(0755, GTH_PROGRAM_SIZE);
	CHECK("full descriptor table", gth_enter_full_table, .clean = { -EMFILE, 0, 0 });
	CHECK("no descriptors", gth_enter_limit, .clean = { -EMFILE, 0, 0 }, .n = RLIMIT_NOFILE,
	      .m = 0);
	CHECK("address space", gth_enter_limit, .clean = { 0, 0, -ENOMEM }, .n = RLIMIT_AS,
	      .m = 1 << 20);
	CHECK("size of files", gth_enter_limit, .n = RLIMIT_FSIZE, .m = 0);
	CHECK("data", gth_enter_limit, .n = RLIMIT_DATA, .m = 0);
	CHECK("locked memory", gth_enter_limit, .n = RLIMIT_MEMLOCK, .m = 0);
}

TEST_F(sandbox, full_table_of_the_system_hides_nothing)
{
	MAKE_FILES(0755, GTH_PROGRAM_SIZE);
	CHECK("file-max", gth_enter_last_file);
}

/* Of a line `WORD NUMBER` */
static gth_u64 cgroup_number(const char *file, const char *word)
{
	char name[32], path[64];
	gth_u64 n = 0, v;
	FILE *f;

	snprintf(path, sizeof(path), GTH_BOX_CGROUP "/%s", file);
	f = fopen(path, "re");
	while (f && fscanf(f, "%31s %llu", name, &v) == 2)
		n = strcmp(name, word) ? n : v;
	if (f)
		fclose(f);
	return n;
}

static void check_memory(struct __test_metadata *_metadata, FIXTURE_DATA(sandbox) * self,
			 size_t size, const char *limit, const char *value)
{
	char path[64];

	ASSERT_EQ(0, gth_write_file("/sys/fs/cgroup/cgroup.subtree_control", "+memory", 7));
	MAKE_FILES(0755, size);
	ASSERT_EQ(0, mkdir(GTH_BOX_CGROUP, 0755));
	snprintf(path, sizeof(path), GTH_BOX_CGROUP "/memory.%s", limit);
	ASSERT_EQ(0, gth_write_file(path, value, strlen(value)));
	CHECK(path, gth_enter_cgroup);
	/* A file on a tmpfs is in the account of its maker. */
	if (!self->files.resident)
		EXPECT_LT(0, cgroup_number("memory.events", limit));
	EXPECT_EQ(0, cgroup_number("memory.events", "oom_kill"));
}

TEST_F(sandbox, control_group_with_less_memory_than_a_program_hides_nothing)
{
	check_memory(_metadata, self, 9 << 20, "max", "2M");
}

TEST_F(sandbox, control_group_that_is_throttled_hides_nothing)
{
	/* Hardly larger: who is far above sleeps two seconds for every 64 pages. */
	check_memory(_metadata, self, 3 << 20, "high", "2M");
}

/* The memory that hashing takes */

FIXTURE(charged)
{
	struct gth_place place;
	struct gth_fuse_mount m;
	struct gth_fuse *server;
};

FIXTURE_SETUP(charged)
{
	ASSERT_EQ(0, gth_begin(&self->place, TMPFS));
	self->server = gth_fuse_mount(&self->m, &self->place);
	ASSERT_NE(NULL, self->server);
	ASSERT_EQ(0, gth_write_file("/sys/fs/cgroup/cgroup.subtree_control", "+memory", 7));
	ASSERT_EQ(0, mkdir(GTH_BOX_CGROUP, 0755));
	ASSERT_EQ(0, gth_set("fuse", "hash"));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
}

FIXTURE_TEARDOWN_PARENT(charged)
{
	gth_fuse_unmount(&self->m);
	rmdir(GTH_BOX_CGROUP);
	gth_end(&self->place);
}

#define READ_CHUNK (64 << 10) /* GTH_READ_CHUNK */

static bool is_being_read(void *server)
{
	return ((struct gth_fuse *)server)->waiting;
}

/* A task that has just come, opens one file and waits takes a part of that for itself. */
static bool is_charged(void *unused)
{
	(void)unused;
	return cgroup_number("memory.stat", "kernel") >= READ_CHUNK;
}

/* While a server lets the module wait for what it hashes. */
TEST_F(charged, buffer_of_a_hash_is_in_the_account_of_its_task)
{
	pid_t pid = fork();

	if (!pid)
		_exit(gth_enter_cgroup(NULL) ? 1 : -gth_open(self->m.slow.path, O_RDONLY));
	ASSERT_LT(0, pid);
	EXPECT_TRUE(gth_wait_until(is_being_read, self->server));
	EXPECT_TRUE(gth_wait_until(is_charged, NULL));
	self->server->go = true;
	EXPECT_EQ(0, gth_wait_child(pid));
}

TEST_F(sandbox, tracer_hides_nothing)
{
	MAKE_FILES(0755, GTH_PROGRAM_SIZE);
	CHECK("traced by its wish", gth_enter_traceme);
	CHECK("seized", gth_enter_seized, .attend = gth_attend_seize);
}

TEST_F(sandbox, mode_that_lets_execute_only_hides_nothing)
{
	static const mode_t modes[] = { 0111, 0711 };

	MAKE_FILES(0755, GTH_PROGRAM_SIZE);
	for (unsigned int m = 0; m < 2; m++) {
		for (unsigned int i = 0; i < GTH_BOX_DEEDS; i++) {
			ASSERT_EQ(0, chmod(self->files.listed[i].path, modes[m]));
			ASSERT_EQ(0, chmod(self->files.plain[i].path, modes[m]));
			ASSERT_EQ(0, chmod(self->files.trusted[i].path, modes[m]));
		}
		CHECK("execute only", gth_enter_as_user, .clean = { -EACCES, 0, 0 });
	}
}

static int enter_user_namespace(struct gth_boxed *b)
{
	int ret = become_root_of_own(CLONE_NEWNS);

	(void)b;
	return ret || geteuid() ? -EDOM : 0;
}

TEST_F(sandbox, user_namespace_hides_nothing)
{
	MAKE_FILES(0755, GTH_PROGRAM_SIZE);
	CHECK("user namespace", enter_user_namespace);
}

TEST_F(sandbox, task_without_capabilities_sees_nothing_hidden)
{
	MAKE_FILES(0711, GTH_PROGRAM_SIZE);
	CHECK("no capabilities", gth_enter_without_capabilities);
}

TEST_F(sandbox, idle_scheduling_hides_nothing)
{
	MAKE_FILES(0755, GTH_PROGRAM_SIZE);
	CHECK("SCHED_IDLE", gth_enter_idle);
}

TEST_HARNESS_MAIN
