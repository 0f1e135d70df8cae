// SPDX-License-Identifier: GPL-2.0-or-later
/* knobs.c - every file of policy/ takes its legal values and nothing else; the rest is readable. */
#include "test.h"

#include <dirent.h>
#include <grp.h>
#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

FIXTURE(knob)
{
	struct gth_place place;
	const struct gth_knob *knob;
};

FIXTURE_VARIANT(knob)
{
	const char *name;
};

#define KNOB(id, name_)                                                                            \
	FIXTURE_VARIANT_ADD(knob, id)                                                              \
	{                                                                                          \
		.name = name_                                                                      \
	}

KNOB(mode, "mode");
KNOB(malicious, "malicious");
KNOB(suspicious, "suspicious");
KNOB(open_scope, "open_scope");
KNOB(open_unknown, "open_unknown");
KNOB(exec_unknown, "exec_unknown");
KNOB(kernel_unknown, "kernel_unknown");
KNOB(hold_timeout_ms, "hold_timeout_ms");
KNOB(hold_expired, "hold_expired");
KNOB(no_daemon, "no_daemon");
KNOB(max_hash_bytes, "max_hash_bytes");
KNOB(oversize, "oversize");
KNOB(unversioned_fs, "unversioned_fs");
KNOB(fuse, "fuse");
KNOB(hook_open, "hooks/open");
KNOB(hook_exec, "hooks/exec");
KNOB(hook_mmap, "hooks/mmap");
KNOB(hook_kernel_read, "hooks/kernel_read");

FIXTURE_SETUP(knob)
{
	unsigned int i;

	ASSERT_EQ(0, gth_begin(&self->place, NULL));
	for (i = 0; i < gth_knob_count; i++)
		if (!strcmp(gth_knobs[i].name, variant->name))
			self->knob = &gth_knobs[i];
	ASSERT_NE(NULL, self->knob);
}

FIXTURE_TEARDOWN_PARENT(knob)
{
	gth_end(&self->place);
}

static int set_bytes(const struct gth_knob *k, const void *bytes, size_t len)
{
	char path[128];

	snprintf(path, sizeof(path), GTH_ROOT "policy/%s", k->name);
	return gth_write_file(path, bytes, len);
}

#define LEGAL_MAX 8

/* The legal values that are tried: every word, or the numbers at the bounds and inside. */
static unsigned int legal_values(const struct gth_knob *k, char value[LEGAL_MAX][32])
{
	unsigned int n = 0;

	if (k->words) {
		for (; k->words[n]; n++)
			snprintf(value[n], 32, "%s", k->words[n]);
		return n;
	}
	snprintf(value[n++], 32, "%llu", k->min);
	snprintf(value[n++], 32, "%llu", k->max);
	snprintf(value[n++], 32, "%llu", k->min + (k->max - k->min) / 2);
	return n;
}

TEST_F(knob, begins_with_its_initial_value)
{
	/* gth_begin() wrote it; that it is so at load is for boot.c to say. */
	EXPECT_STREQ(self->knob->initial, gth_get(self->knob->name));
}

TEST_F(knob, takes_every_legal_value_and_gives_it_back)
{
	char value[LEGAL_MAX][32], line[320];
	unsigned int i, n = legal_values(self->knob, value);

	ASSERT_LE(2, n);
	for (i = 0; i < n; i++) {
		EXPECT_EQ(0, gth_set(self->knob->name, value[i]));
		EXPECT_STREQ(value[i], gth_get(self->knob->name));
		/* As echo writes it. */
		EXPECT_EQ(0, gth_set(self->knob->name, self->knob->initial));
		snprintf(line, sizeof(line), "%s\n", value[i]);
		EXPECT_EQ(0, gth_set(self->knob->name, line));
		EXPECT_STREQ(value[i], gth_get(self->knob->name));
	}
}

TEST_F(knob, refuses_illegal_values_and_stays)
{
	static char huge[8192];
	const struct gth_knob *k = self->knob;
	gth_u64 generation, top = k->words ? 0 : k->max;
	char value[LEGAL_MAX][32], line[640], below[32], above[32];
	const char *text[40];
	size_t len[40];
	unsigned int i, n = 0;

#define BAD(s) (text[n] = (s), len[n++] = strlen(s))
#define BAD_BYTES(s) (text[n] = (s), len[n++] = sizeof(s) - 1)
	legal_values(k, value);
	BAD("\n");
	BAD("\n\n");
	BAD(" ");
	BAD("bogus");
	BAD("-1");
	BAD("+1");
	BAD("0x1");
	BAD("1e1");
	BAD("1.0");
	BAD("1,0");
	BAD("18446744073709551616");
	BAD("99999999999999999999999999999999999999");
	BAD("ENFORCE");
	BAD("Deny");
	BAD("\xc3\xa4");
	BAD_BYTES("\0");
	BAD_BYTES("1\0");
	BAD_BYTES("deny\0\n");
	BAD_BYTES("monitor\0enforce");
	snprintf(below, sizeof(below), "%llu", k->min - 1);
	snprintf(above, sizeof(above), "%llu", top + 1);
	if (!k->words) {
		BAD(above);
		if (k->min)
			BAD(below);
	} else {
		BAD("0");
		BAD("1");
	}
	generation = gth_table("generation");
	for (i = 0; i < n; i++) {
		EXPECT_EQ(-EINVAL, set_bytes(k, text[i], len[i]))
		{
			TH_LOG("%s took the illegal value %u '%s'", k->name, i, text[i]);
		}
		EXPECT_STREQ(k->initial, gth_get(k->name));
	}
	/* A legal value with something about it. */
	static const char *const spoilt[] = { "%s ",  " %s",  "%s\n\n", "%s\r\n", "%sx",
					      "\n%s", "%s\t", "%s %s",	"\"%s\"" };
	for (i = 0; i < ARRAY_SIZE(spoilt); i++) {
		snprintf(line, sizeof(line), spoilt[i], value[0], value[0]);
		EXPECT_EQ(-EINVAL, gth_set(k->name, line))
		{
			TH_LOG("%s took the illegal value '%s'", k->name, line);
		}
		EXPECT_STREQ(k->initial, gth_get(k->name));
	}
	/* sysfs hands on a page at most. */
	memset(huge, '1', sizeof(huge));
	EXPECT_EQ(-EINVAL, set_bytes(k, huge, sizeof(huge)));
	/* The kernel does not pass an empty write on to the module. */
	set_bytes(k, "", 0);
	EXPECT_STREQ(k->initial, gth_get(k->name));
	EXPECT_EQ(generation, gth_table("generation"));
}

TEST_F(knob, change_is_one_event_that_names_old_new_and_who)
{
	char value[LEGAL_MAX][32], name[64], old[64], new[300], pid[32], line[2048];
	const char *any[] = { "\"type\":\"policy\"", name, NULL };
	const char *whole[] = { "\"type\":\"policy\"", name, old, new, "\"uid\":0", pid,
				"\"comm\":\"knobs\"",  NULL };
	unsigned int i = 0;
	off_t from, to;

	legal_values(self->knob, value);
	while (!strcmp(value[i], self->knob->initial))
		i++;
	snprintf(name, sizeof(name), "\"knob\":\"policy/%s\"", self->knob->name);
	snprintf(old, sizeof(old), "\"old\":\"%s\"", self->knob->initial);
	snprintf(new, sizeof(new), "\"new\":\"%s\"", value[i]);
	snprintf(pid, sizeof(pid), "\"pid\":%d,", getpid());
	from = gth_events_fence();
	ASSERT_LE(0, from);
	ASSERT_EQ(0, gth_set(self->knob->name, value[i]));
	/* Neither of these is a change. */
	ASSERT_EQ(0, gth_set(self->knob->name, value[i]));
	ASSERT_EQ(-EINVAL, gth_set(self->knob->name, "bogus"));
	/* The fence itself changes this one, twice. */
	to = gth_events_fence();
	ASSERT_LE(0, to);
	EXPECT_EQ(strcmp(self->knob->name, "hold_timeout_ms") ? 1 : 3,
		  gth_events_count(from, to, any, line, sizeof(line)));
	EXPECT_EQ(1, gth_events_count(from, to, whole, line, sizeof(line)));
}

/* The result of a write of a legal value by a child that has given something up. */
static int as_user(const struct gth_knob *k)
{
	pid_t pid = fork();

	if (!pid) {
		if (setgroups(0, NULL) || setresgid(GTH_USER, GTH_USER, GTH_USER) ||
		    setresuid(GTH_USER, GTH_USER, GTH_USER))
			_exit(255);
		if (strcmp(gth_get(k->name), k->initial))
			_exit(254); /* it may be read */
		_exit(-gth_set(k->name, k->initial));
	}
	return -gth_wait_child(pid);
}

static int without_sys_admin(const struct gth_knob *k)
{
	pid_t pid = fork();

	if (!pid)
		_exit(gth_drop_sys_admin() ? 255 : -gth_set(k->name, k->initial));
	return -gth_wait_child(pid);
}

TEST_F(knob, refuses_the_unprivileged)
{
	EXPECT_EQ(-EACCES, as_user(self->knob));
	EXPECT_EQ(-EPERM, without_sys_admin(self->knob));
	EXPECT_STREQ(self->knob->initial, gth_get(self->knob->name));
}

/* The directories */

GTH_FIXTURE_PLACE(tree, NULL)

/* How many files a directory has; each must be readable and hold one line. -1: one is not. */
static int count_files(struct __test_metadata *_metadata, const char *dir, mode_t mode)
{
	char path[512], line[4096];
	struct dirent *entry;
	struct stat st;
	DIR *d;
	int n = 0;

	snprintf(path, sizeof(path), GTH_ROOT "%s", dir);
	d = opendir(path);
	ASSERT_NE(NULL, d);
	while ((entry = readdir(d))) {
		if (entry->d_type != DT_REG)
			continue;
		snprintf(path, sizeof(path), GTH_ROOT "%s/%s", dir, entry->d_name);
		EXPECT_EQ(0, gth_read_line(path, line, sizeof(line)))
		{
			TH_LOG("%s is not one line", path);
		}
		ASSERT_EQ(0, stat(path, &st));
		/* It names a path, which not everybody may know. */
		EXPECT_EQ(strcmp(entry->d_name, "last_error") ? mode : 0400, st.st_mode & 07777)
		{
			TH_LOG("%s", path);
		}
		EXPECT_EQ(0, st.st_uid);
		n++;
	}
	closedir(d);
	return n;
}

TEST_F(tree, every_file_is_one_readable_line)
{
	EXPECT_EQ((int)gth_knob_count - 4, count_files(_metadata, "policy", 0644));
	EXPECT_EQ(4, count_files(_metadata, "policy/hooks", 0644));
	EXPECT_EQ(62, count_files(_metadata, "stats", 0444));
	EXPECT_EQ(12, count_files(_metadata, "table", 0444));
	EXPECT_EQ(11, count_files(_metadata, "health", 0444));
}

TEST_F(tree, counters_are_numbers)
{
	struct dirent *entry;
	DIR *d = opendir(GTH_ROOT "stats");

	ASSERT_NE(NULL, d);
	while ((entry = readdir(d))) {
		if (entry->d_type != DT_REG)
			continue;
		EXPECT_NE(~0ULL, gth_stat(entry->d_name))
		{
			TH_LOG("stats/%s", entry->d_name);
		}
	}
	closedir(d);
}

TEST_F(tree, health_tells_of_hooks_and_daemon)
{
	char line[128];

	gth_exec("/nowhere/at/all");
	EXPECT_EQ(1, gth_read_number(GTH_ROOT "health/hook_open"));
	EXPECT_EQ(1, gth_read_number(GTH_ROOT "health/hook_exec"));
	EXPECT_EQ(1, gth_read_number(GTH_ROOT "health/hook_mmap"));
	ASSERT_EQ(0, gth_read_line(GTH_ROOT "health/daemon", line, sizeof(line)));
	EXPECT_STREQ("present", line);
	ASSERT_EQ(0, gth_read_line(GTH_ROOT "health/table", line, sizeof(line)));
	EXPECT_STREQ("none", line);
	ASSERT_EQ(0, gth_read_line(GTH_ROOT "health/hash_driver", line, sizeof(line)));
	EXPECT_EQ(0, strncmp(line, "sha256", 6));
}

TEST_HARNESS_MAIN
