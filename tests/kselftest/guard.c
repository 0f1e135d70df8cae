// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * guard.c - gotthardctl makes no state in which the machine could not be used any more,
 * in whatever order its parts are set, unless it is told to.
 */
#include "test.h"

#include <ftw.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define CTL "/usr/bin/gotthardctl"
#define SAID "/tmp/guard.said"
#define DATA "/etc/nsswitch.conf" /* that this machine needs, and the tests do not */

GTH_FIXTURE_PLACE(guard, MNT);

/* Its exit status; the arguments end with NULL. */
static int ctl(const char *first, ...)
{
	const char *argv[12] = { CTL, first };
	unsigned int n = 2;
	va_list args;

	va_start(args, first);
	while (n + 1 < ARRAY_SIZE(argv) && (argv[n] = va_arg(args, const char *)))
		n++;
	va_end(args);
	return gth_run(argv, SAID);
}

/* One of the things that make a state: what gotthardctl is told, and where it shows. */
struct step {
	const char *words[4];
	const char *file, *before, *after;
};

static int take(const struct step *s, bool yes)
{
	const char *argv[8] = { CTL };
	unsigned int n = 1;

	for (unsigned int i = 0; i < ARRAY_SIZE(s->words) && s->words[i]; i++)
		argv[n++] = s->words[i];
	if (yes)
		argv[n++] = "--yes";
	return gth_run(argv, SAID);
}

static bool shows(const struct step *s, const char *wanted)
{
	char path[128], line[64];

	snprintf(path, sizeof(path), GTH_ROOT "%s", s->file);
	return !gth_read_line(path, line, sizeof(line)) && !strcmp(line, wanted);
}

static const unsigned int orders[6][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
					   { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };

/* In every order: the first two are done, the last is refused, and done with --yes. */
#define EXPECT_GUARDED(steps)                                                                      \
	do {                                                                                       \
		for (unsigned int o_ = 0; o_ < ARRAY_SIZE(orders); o_++) {                         \
			const struct step *last_ = &(steps)[orders[o_][2]];                        \
			struct gth_place none_;                                                    \
                                                                                                   \
			ASSERT_EQ(0, gth_begin(&none_, NULL));                                     \
			for (unsigned int i_ = 0; i_ < 2; i_++) {                                  \
				ASSERT_EQ(0, take(&(steps)[orders[o_][i_]], false))                \
				{                                                                  \
					TH_LOG("order %u, step %u", o_, i_);                       \
				}                                                                  \
			}                                                                          \
			EXPECT_EQ(1, take(last_, false))                                           \
			{                                                                          \
				TH_LOG("order %u", o_);                                            \
			}                                                                          \
			EXPECT_LE(1, gth_lines_with(SAID, "--yes"));                               \
			EXPECT_EQ(1, gth_lines_with(SAID, " " CTL ": "));                          \
			EXPECT_TRUE(shows(last_, last_->before));                                  \
			EXPECT_EQ(0, take(last_, true));                                           \
			EXPECT_TRUE(shows(last_, last_->after));                                   \
			EXPECT_NE(0, ctl("--version", NULL));                                      \
		}                                                                                  \
	} while (0)

#define ENFORCE                                                                                    \
	{                                                                                          \
		{ "policy", "set", "mode", "enforce" }, "policy/mode", "monitor", "enforce"        \
	}

/* The daemon that is there has no region: no answer comes. */
TEST_F(guard, refuses_holds_that_nobody_answers)
{
	static const struct step steps[] = {
		ENFORCE,
		{ { "policy", "set", "exec_unknown", "hold" },
		  "policy/exec_unknown",
		  "allow",
		  "hold" },
		{ { "policy", "set", "no_daemon", "deny" }, "policy/no_daemon", "allow", "deny" },
	};

	EXPECT_GUARDED(steps);
}

TEST_F(guard, refuses_to_deny_all_that_is_large)
{
	static const struct step steps[] = {
		ENFORCE,
		{ { "policy", "set", "oversize", "deny" }, "policy/oversize", "allow", "deny" },
		{ { "policy", "set", "max_hash_bytes", "4096" },
		  "policy/max_hash_bytes",
		  "268435456",
		  "4096" },
	};

	EXPECT_GUARDED(steps);
}

static struct gth_db *into;

static int add_file(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	uint8_t digest[GTH_DIGEST_SIZE];
	size_t len = strlen(path);
	void *data;
	int fd;

	(void)ftw;
	if (type != FTW_F || !S_ISREG(st->st_mode) || (len > 3 && !strcmp(path + len - 3, ".ko")))
		return 0;
	data = malloc((size_t)st->st_size + 1);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (!data || fd < 0 || read(fd, data, (size_t)st->st_size) != st->st_size)
		return -1;
	close(fd);
	gth_sha256(data, (size_t)st->st_size, digest);
	free(data);
	gth_db_add(into, GTH_DOMAIN_SHA256, digest, GTH_CLASS_TRUSTED);
	return 0;
}

/* Two files may have one content. */
static void drop_doubles(struct gth_db *db)
{
	size_t n = 0;

	gth_db_sort(db);
	for (size_t i = 0; i < db->n; i++)
		if (!n || memcmp(db->record[n - 1].digest, db->record[i].digest, GTH_DIGEST_SIZE))
			db->record[n++] = db->record[i];
	db->n = n;
}

/* A database that trusts what is below these paths, which end with NULL. */
static int trust(const char *dir, const char *const *paths)
{
	struct gth_db db;
	int ret = 0;

	gth_db_init(&db);
	into = &db;
	for (unsigned int i = 0; paths[i] && !ret; i++)
		ret = nftw(paths[i], add_file, 16, FTW_PHYS);
	if (!ret) {
		drop_doubles(&db);
		gth_db_seal(&db);
		ret = gth_db_write(&db, dir);
	}
	gth_db_free(&db);
	return ret;
}

TEST_F(guard, refuses_to_trust_one_program_alone)
{
	static const char *const busybox[] = { "/usr/bin/busybox", NULL };
	char dir[96], none[] = "0";
	struct step steps[] = {
		ENFORCE,
		{ { "policy", "set", "exec_unknown", "deny" },
		  "policy/exec_unknown",
		  "allow",
		  "deny" },
		{ { "table", "load", dir }, "table/trusted", none, "1" },
	};

	snprintf(dir, sizeof(dir), "%s/db", self->place.dir);
	for (unsigned int o = 0; o < ARRAY_SIZE(orders); o++) {
		const struct step *last = &steps[orders[o][2]];
		struct gth_place nothing;

		ASSERT_EQ(0, gth_begin(&nothing, NULL));
		/* Each load is of a version of its own. */
		ASSERT_EQ(0, trust(dir, busybox));
		/* Without a table exec_unknown=deny and mode=enforce lock out by themselves. */
		if (orders[o][2] == 2) {
			ASSERT_EQ(0, take(&steps[orders[o][0]], false));
			EXPECT_EQ(1, take(&steps[orders[o][1]], false));
			continue;
		}
		ASSERT_EQ(0, take(&steps[orders[o][0]], false));
		ASSERT_EQ(0, take(&steps[orders[o][1]], false));
		EXPECT_EQ(1, take(last, false));
		EXPECT_EQ(1, gth_lines_with(SAID, " " CTL ": it is unknown"));
		EXPECT_EQ(0, gth_lines_with(SAID, "exec /usr/bin/busybox: "));
		EXPECT_TRUE(shows(last, last->before));
		EXPECT_EQ(0, take(last, true));
		EXPECT_TRUE(shows(last, last->after));
		EXPECT_NE(0, ctl("--version", NULL));
	}
}

/* Trusted files are not refused: no --yes is asked for, and the machine goes on. */
TEST_F(guard, lets_a_sane_switch_pass)
{
	char self_exe[128] = "";
	const char *const all[] = { "/usr", "/init", self_exe, NULL };
	static const char *const busybox[] = { "/usr/bin/busybox", NULL };
	char dir[96], poor[96];

	ASSERT_LT(0, readlink("/proc/self/exe", self_exe, sizeof(self_exe) - 1));
	snprintf(dir, sizeof(dir), "%s/all", self->place.dir);
	snprintf(poor, sizeof(poor), "%s/poor", self->place.dir);
	ASSERT_EQ(0, trust(dir, all));
	ASSERT_EQ(0, ctl("table", "load", dir, NULL));
	ASSERT_EQ(0, ctl("policy", "set", "exec_unknown", "deny", NULL));
	ASSERT_EQ(0, ctl("policy", "set", "mode", "enforce", NULL));
	EXPECT_EQ(0, ctl("policy", "set", "no_daemon", "deny", NULL));
	EXPECT_EQ(0, ctl("policy", "set", "exec_unknown", "hold", NULL));
	EXPECT_EQ(0, ctl("policy", "set", "exec_unknown", "deny", NULL));
	EXPECT_EQ(0, ctl("policy", "set", "oversize", "deny", NULL));
	EXPECT_EQ(1, ctl("policy", "set", "max_hash_bytes", "4096", NULL));
	EXPECT_EQ(0, ctl("policy", "set", "open_scope", "all", NULL));
	/* The table is what lets all of this run. */
	EXPECT_EQ(1, ctl("table", "drop", NULL));
	EXPECT_LE(1, gth_lines_with(SAID, "--yes"));
	EXPECT_NE(0, gth_table("version"));
	ASSERT_EQ(0, trust(poor, busybox));
	EXPECT_EQ(1, ctl("table", "load", poor, NULL));
	EXPECT_NE(1, gth_table("trusted"));
	/* Newer, and as good. */
	ASSERT_EQ(0, trust(dir, all));
	EXPECT_EQ(0, ctl("table", "load", dir, NULL));
	/* Data that the machine needs is nowhere listed. */
	EXPECT_EQ(1, ctl("policy", "set", "open_unknown", "deny", NULL));
	EXPECT_EQ(1, gth_lines_with(SAID, "open " DATA ": it is unknown"));
	EXPECT_STREQ("allow", gth_get("open_unknown"));
}

TEST_F(guard, lets_defaults_be_enforced)
{
	ASSERT_EQ(0, ctl("policy", "set", "mode", "enforce", NULL));
	EXPECT_EQ(0, ctl("policy", "set", "exec_unknown", "hold", NULL));
	EXPECT_EQ(0, gth_lines_with(SAID, ""));
	EXPECT_EQ(0, ctl("policy", "set", "suspicious", "deny", NULL));
	EXPECT_EQ(0, ctl("table", "drop", NULL));
}

TEST_F(guard, refuses_a_verdict_on_what_is_needed)
{
	struct gth_file f;

	/* Known to the library from now on, which forgets it whatever becomes of this test. */
	ASSERT_EQ(0, gth_copy(&f, &self->place, "same", CTL));
	ASSERT_EQ(0, gth_verdict(f.digest, GTH_CLASS_UNKNOWN, 0));
	ASSERT_EQ(0, ctl("policy", "set", "mode", "enforce", NULL));
	EXPECT_EQ(1, ctl("verdict", "set", "malicious", CTL, NULL));
	EXPECT_EQ(1, gth_lines_with(SAID, CTL ": listed as malicious"));
	EXPECT_EQ(0, gth_table("verdicts"));
	EXPECT_EQ(0, ctl("verdict", "set", "suspicious", CTL, NULL));
	EXPECT_EQ(1, ctl("policy", "set", "suspicious", "deny", NULL));
	EXPECT_EQ(1, gth_lines_with(SAID, CTL ": listed as suspicious"));
	EXPECT_EQ(0, ctl("verdict", "set", "--yes", "malicious", CTL, NULL));
	EXPECT_NE(0, ctl("--version", NULL));
}

/* In mode off the module hashes nothing, so it cannot say what is listed. */
TEST_F(guard, takes_what_it_cannot_know_for_the_worst)
{
	struct gth_file f;

	ASSERT_EQ(0, gth_make_program(&f, &self->place, "f", NULL, 0));
	ASSERT_EQ(0, gth_list(&f, GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, ctl("policy", "set", "mode", "off", NULL));
	EXPECT_EQ(1, ctl("policy", "set", "mode", "enforce", NULL));
	EXPECT_LE(1, gth_lines_with(SAID, "may be listed as malicious"));
	EXPECT_STREQ("off", gth_get("mode"));
	EXPECT_EQ(0, ctl("policy", "set", "mode", "monitor", NULL));
	EXPECT_EQ(0, ctl("policy", "set", "mode", "enforce", NULL));
}

/* A state that is bad already is not a reason to refuse a change that does not make it worse. */
TEST_F(guard, counts_only_what_the_change_refuses)
{
	struct gth_file f;

	ASSERT_EQ(0, gth_copy(&f, &self->place, "same", DATA));
	ASSERT_EQ(0, gth_set("open_scope", "all"));
	ASSERT_EQ(0, gth_list(&f, GTH_CLASS_MALICIOUS));
	EXPECT_EQ(1, ctl("policy", "set", "mode", "enforce", NULL));
	EXPECT_EQ(1, gth_lines_with(SAID, "open " DATA ": listed as malicious"));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	ASSERT_EQ(-EPERM, gth_open(DATA, O_RDONLY));
	EXPECT_EQ(0, ctl("policy", "set", "hold_timeout_ms", "1000", NULL));
	EXPECT_EQ(0, ctl("policy", "set", "suspicious", "deny", NULL));
}

TEST_HARNESS_MAIN
