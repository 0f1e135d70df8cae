// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lsm.c - beside IMA, which measures what is opened, and AppArmor, which
 * confines: each does its work, and what either denies is denied.
 */
#include "test.h"

#include <sys/mman.h>
#include <unistd.h>

#include "box.h"

#define MEASUREMENTS "/sys/kernel/security/ima/ascii_runtime_measurements"
#define PARSER "./apparmor_parser" /* beside this program; it needs nothing else */
#define PROFILE "gth-confined"

/* Integrity measurement */

FIXTURE(ima)
{
	struct gth_place place;
	struct gth_file listed, clean;
};

FIXTURE_SETUP(ima)
{
	if (access("/sys/kernel/security/ima", F_OK))
		SKIP(return, "this kernel has no IMA");
	if (gth_lines_with("/proc/cmdline", "ima_policy=tcb") != 1)
		SKIP(return, "IMA has no policy: boot with ima_policy=tcb");
	ASSERT_EQ(0, gth_begin(&self->place, MNT));
	ASSERT_EQ(0, gth_make_program(&self->listed, &self->place, "listed", NULL, 5));
	ASSERT_EQ(0, gth_make_program(&self->clean, &self->place, "clean", NULL, 6));
	ASSERT_EQ(0, gth_list(&self->listed, GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
}

FIXTURE_TEARDOWN_PARENT(ima)
{
	gth_end(&self->place);
}

static int measured(const struct gth_file *f)
{
	return gth_lines_with(MEASUREMENTS, f->path);
}

TEST_F(ima, measures_what_is_allowed)
{
	gth_u64 hashes = gth_stat("hashes");

	EXPECT_EQ(0, measured(&self->clean));
	EXPECT_EQ(0, gth_open(self->clean.path, O_RDONLY));
	EXPECT_EQ(1, measured(&self->clean));
	EXPECT_EQ(6, gth_exec(self->clean.path));
	EXPECT_EQ(1, measured(&self->clean));
	/* Its reading does not count as an open, and changes no entry. */
	EXPECT_EQ(hashes + 1, gth_stat("hashes"));
}

TEST_F(ima, does_not_get_to_see_what_is_denied)
{
	EXPECT_EQ(-EPERM, gth_open(self->listed.path, O_RDONLY));
	EXPECT_EQ(-EPERM, gth_exec(self->listed.path));
	EXPECT_EQ(0, measured(&self->listed));
	ASSERT_EQ(0, gth_set("mode", "monitor"));
	EXPECT_EQ(5, gth_exec(self->listed.path));
	EXPECT_EQ(1, measured(&self->listed));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	EXPECT_EQ(-EPERM, gth_exec(self->listed.path));
}

TEST_F(ima, changed_content_is_measured_and_judged_anew)
{
	uint8_t image[GTH_PROGRAM_SIZE];
	struct gth_file other;
	int fd;

	gth_program(image, NULL, 0x400000, 9);
	gth_sha256(image, sizeof(image), other.digest);
	EXPECT_EQ(6, gth_exec(self->clean.path));
	fd = gth_open_fd(self->clean.path, O_WRONLY);
	ASSERT_EQ((ssize_t)sizeof(image), write(fd, image, sizeof(image)));
	close(fd);
	EXPECT_EQ(9, gth_exec(self->clean.path));
	EXPECT_EQ(2, measured(&self->clean));
	ASSERT_EQ(0, gth_list(&other, GTH_CLASS_MALICIOUS));
	EXPECT_EQ(-EPERM, gth_exec(self->clean.path));
	EXPECT_EQ(-EPERM, gth_open(self->clean.path, O_RDONLY));
}

/* Confinement */

FIXTURE(apparmor)
{
	struct gth_place place;
	struct gth_file listed, clean, secret, secret_listed;
};

#define NEED_APPARMOR()                                                                            \
	do {                                                                                       \
		char line[8];                                                                      \
                                                                                                   \
		if (gth_read_line("/sys/module/apparmor/parameters/enabled", line,                 \
				  sizeof(line)) ||                                                 \
		    strcmp(line, "Y"))                                                             \
			SKIP(return, "AppArmor is not enabled");                                   \
		if (access(PARSER, X_OK))                                                          \
			SKIP(return, "there is no " PARSER);                                       \
	} while (0)

static int load_profile(const char *rules)
{
	const char *const argv[] = { PARSER, "--replace", "--skip-cache", "/tmp/profile", NULL };
	FILE *f = fopen("/tmp/profile", "we");

	if (!f)
		return -errno;
	fprintf(f, "profile " PROFILE " {\n  capability,\n%s}\n", rules);
	fclose(f);
	return gth_run(argv, "/tmp/profile.log");
}

FIXTURE_SETUP(apparmor)
{
	char rules[160];

	NEED_APPARMOR();
	ASSERT_EQ(0, gth_begin(&self->place, MNT));
	ASSERT_EQ(0, gth_make_program(&self->listed, &self->place, "listed", NULL, 5));
	ASSERT_EQ(0, gth_make_program(&self->clean, &self->place, "clean", NULL, 6));
	ASSERT_EQ(0, gth_make_program(&self->secret, &self->place, "secret", NULL, 7));
	ASSERT_EQ(0, gth_make_program(&self->secret_listed, &self->place, "secret-2", NULL, 8));
	ASSERT_EQ(0, gth_list_two(&self->listed, &self->secret_listed, GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	snprintf(rules, sizeof(rules), "  /** rwlkmix,\n  deny %s/secret* rwlkmx,\n",
		 self->place.dir);
	ASSERT_EQ(0, load_profile(rules));
}

FIXTURE_TEARDOWN_PARENT(apparmor)
{
	gth_end(&self->place);
}

static int open_it(const char *path)
{
	return gth_open(path, O_RDONLY);
}

static int map_it(const char *path)
{
	int fd = gth_open_fd(path, O_RDONLY);

	return fd < 0 ? fd : gth_map(fd, PROT_READ | PROT_EXEC);
}

/* Return: the result in a child under the profile; 127: the child did not get there. */
static int confined(int (*what)(const char *), const struct gth_file *f)
{
	static const char change[] = "changeprofile " PROFILE;
	pid_t pid = fork();
	int ret;

	if (!pid) {
		ret = gth_write_file("/proc/self/attr/current", change, strlen(change));
		ret = ret ? 127 : what(f->path);
		_exit(ret < 0 ? 128 - ret : ret);
	}
	ret = gth_wait_child(pid);
	return ret > 128 ? 128 - ret : ret;
}

TEST_F(apparmor, confined_task_is_denied_what_either_denies)
{
	EXPECT_EQ(-EPERM, confined(open_it, &self->listed));
	EXPECT_EQ(-EPERM, confined(gth_exec, &self->listed));
	EXPECT_EQ(-EACCES, confined(open_it, &self->secret));
	EXPECT_EQ(-EACCES, confined(map_it, &self->secret));
	EXPECT_EQ(-EACCES, confined(gth_exec, &self->secret));
	/* At an open AppArmor is asked first. */
	EXPECT_EQ(-EACCES, confined(open_it, &self->secret_listed));
	/* At an exec it lets the open pass and looks later. */
	EXPECT_EQ(-EPERM, confined(gth_exec, &self->secret_listed));
	/* An unconfined task is denied the listed file. */
	EXPECT_EQ(0, open_it(self->secret.path));
	EXPECT_EQ(-EPERM, open_it(self->secret_listed.path));
	EXPECT_EQ(-EPERM, open_it(self->listed.path));
}

TEST_F(apparmor, confined_task_is_allowed_the_rest)
{
	EXPECT_EQ(0, confined(open_it, &self->clean));
	EXPECT_EQ(0, confined(map_it, &self->clean));
	EXPECT_EQ(6, confined(gth_exec, &self->clean));
	EXPECT_EQ(6, gth_exec(self->clean.path));
}

/* The module reads as the kernel: what confines the task does not confine it. */
TEST_F(apparmor, file_that_is_not_at_hand_is_read_for_a_confined_task)
{
	gth_u64 hashes = gth_stat("hashes"), errors = gth_stat("hash_errors");

	ASSERT_EQ(0, gth_write_file("/proc/sys/vm/drop_caches", "3", 1));
	EXPECT_EQ(0, confined(open_it, &self->clean));
	EXPECT_EQ(-EPERM, confined(open_it, &self->listed));
	EXPECT_EQ(hashes + 2, gth_stat("hashes"));
	EXPECT_EQ(errors, gth_stat("hash_errors"));
}

/* Profiles whose tasks execute and map what is not at hand, and read it or not */

FIXTURE(profile)
{
	struct gth_place place;
	struct gth_box_files files;
};

FIXTURE_VARIANT(profile)
{
	const char *parent, *rights;
	int open;
};

FIXTURE_VARIANT_ADD(profile, mnt_without_r) { .parent = MNT, .rights = "mix", .open = -EACCES };

FIXTURE_VARIANT_ADD(profile, mnt_with_r) { .parent = MNT, .rights = "rmix" };

FIXTURE_VARIANT_ADD(profile, tmpfs_without_r) { .parent = TMPFS, .rights = "mix", .open = -EACCES };

FIXTURE_VARIANT_ADD(profile, tmpfs_with_r) { .parent = TMPFS, .rights = "rmix" };

FIXTURE_SETUP(profile)
{
	char rules[160];

	NEED_APPARMOR();
	ASSERT_EQ(0, gth_begin(&self->place, variant->parent));
	ASSERT_EQ(0, gth_box_make(&self->files, &self->place, 0755, GTH_PROGRAM_SIZE));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	snprintf(rules, sizeof(rules), "  %s/** %s,\n", self->place.dir, variant->rights);
	ASSERT_EQ(0, load_profile(rules));
}

FIXTURE_TEARDOWN_PARENT(profile)
{
	gth_end(&self->place);
}

TEST_F(profile, hides_nothing)
{
	const struct gth_box box = { .name = PROFILE,
				     .enter = gth_enter_profile,
				     .clean = { variant->open, 0, 0 } };

	EXPECT_EQ(0, gth_box_check(&box, &self->files));
}

TEST_HARNESS_MAIN
