// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kept.c - table, verdicts and policy that were kept are in force again when the daemon
 * starts with a module that was just loaded; and status says what is not.
 */
#include "test.h"

#include <errno.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#define CTL "/usr/bin/gotthardctl"
#define ETC "/etc/gotthard"
#define SAID "/tmp/ctl.log"
#define DB "/tmp/kept.db"
/* Of the versions that were kept; the tests keep the same one over and over. */
#define FLOORS "/var/lib/gotthard-root/floors"

static int ctl(const char *a, const char *b, const char *c, const char *d, const char *e)
{
	const char *const argv[] = { CTL, a, b, c, d, e, NULL };

	return gth_run(argv, SAID);
}

static int remove_kept(void)
{
	static const char *const argv[] = {
		"/bin/rm", "-rf", ETC "/tables.d", ETC "/policy.conf", ETC "/verdicts", FLOORS,
		DB,	   NULL
	};

	return gth_run(argv, SAID);
}

/* The module as after a boot: without table, policy and versions. */
static bool reload(void)
{
	return (!gth_daemon() || gth_end_daemon(SIGTERM)) && !gth_unload() && gth_module_goes() &&
	       !gth_modprobe(NULL) && !gth_table("version") && gth_start_daemon();
}

/* A database that lists the file, kept and loaded. */
static int keep(const struct gth_file *f, gth_u64 version)
{
	struct gth_db db;
	int ret;

	gth_db_init(&db);
	gth_db_add(&db, GTH_DOMAIN_SHA256, f->digest, GTH_CLASS_MALICIOUS);
	db.version = version;
	gth_db_seal(&db);
	ret = gth_db_write(&db, DB);
	gth_db_free(&db);
	return ret ? ret : ctl("table", "load", DB, "--keep", NULL);
}

FIXTURE(kept)
{
	struct gth_place place;
	struct gth_file f, g;
};

FIXTURE_SETUP(kept)
{
	if (access(GTH_DEVICE, F_OK))
		gth_modprobe(NULL);
	ASSERT_EQ(0, remove_kept());
	/* Where systemd is, the unit makes it. */
	ASSERT_TRUE(!mkdir("/run/gotthard", 0700) || errno == EEXIST);
	ASSERT_TRUE(reload());
	ASSERT_EQ(0, gth_begin(&self->place, MNT));
	ASSERT_EQ(0, gth_make_program(&self->f, &self->place, "f", NULL, 5));
	ASSERT_EQ(0, gth_make_program(&self->g, &self->place, "g", NULL, 6));
}

FIXTURE_TEARDOWN_PARENT(kept)
{
	gth_end(&self->place);
	remove_kept();
	reload();
}

TEST_F(kept, nothing_is_in_force_again_that_was_not_kept)
{
	ASSERT_EQ(0, gth_list(&self->f, GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, ctl("policy", "set", "mode", "enforce", NULL));
	ASSERT_EQ(-EPERM, gth_exec(self->f.path));
	ASSERT_TRUE(reload());
	EXPECT_EQ(5, gth_exec(self->f.path));
	EXPECT_STREQ("monitor", gth_get("mode"));
}

TEST_F(kept, table_and_policy_survive_a_reload_of_the_module)
{
	ASSERT_EQ(0, keep(&self->f, 7));
	ASSERT_EQ(0, ctl("policy", "set", "hold_timeout_ms", "1234", "--keep"));
	ASSERT_EQ(0, ctl("policy", "set", "mode", "enforce", "--keep"));
	ASSERT_TRUE(reload());
	EXPECT_STREQ("enforce", gth_get("mode"));
	EXPECT_STREQ("1234", gth_get("hold_timeout_ms"));
	EXPECT_EQ(7, gth_table("version"));
	EXPECT_EQ(-EPERM, gth_exec(self->f.path));
	EXPECT_EQ(6, gth_exec(self->g.path));
}

TEST_F(kept, all_of_policy_is_saved)
{
	ASSERT_EQ(0, gth_set("exec_unknown", "hold"));
	ASSERT_EQ(0, gth_set("hooks/open", "0"));
	ASSERT_EQ(0, ctl("policy", "save", NULL, NULL, NULL));
	ASSERT_TRUE(reload());
	EXPECT_STREQ("hold", gth_get("exec_unknown"));
	EXPECT_STREQ("0", gth_get("hooks/open"));
	EXPECT_STREQ("monitor", gth_get("mode"));
}

/* A daemon that starts again under a module that goes on finds it all there. */
TEST_F(kept, daemon_that_starts_again_changes_nothing)
{
	const char *told[] = { "\"type\":\"table\"", NULL };
	off_t from, to;

	ASSERT_EQ(0, keep(&self->f, 7));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	from = gth_events_fence();
	ASSERT_LE(0, from);
	ASSERT_TRUE(gth_end_daemon(SIGTERM));
	ASSERT_TRUE(gth_start_daemon());
	to = gth_events_fence();
	ASSERT_LE(0, to);
	EXPECT_EQ(0, gth_events_count(from, to, told, NULL, 0));
	EXPECT_EQ(-EPERM, gth_exec(self->f.path));
	EXPECT_STREQ("enforce", gth_get("mode"));
}

TEST_F(kept, rollback_goes_to_the_release_before)
{
	ASSERT_EQ(0, keep(&self->f, 7));
	EXPECT_EQ(1, ctl("table", "rollback", NULL, NULL, NULL));
	EXPECT_EQ(7, gth_table("version"));
	ASSERT_EQ(0, keep(&self->g, 8));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	EXPECT_EQ(5, gth_exec(self->f.path));
	EXPECT_EQ(-EPERM, gth_exec(self->g.path));
	ASSERT_EQ(0, ctl("table", "rollback", NULL, NULL, NULL));
	EXPECT_EQ(7, gth_table("version"));
	EXPECT_EQ(-EPERM, gth_exec(self->f.path));
	EXPECT_EQ(6, gth_exec(self->g.path));
	ASSERT_TRUE(reload());
	EXPECT_EQ(7, gth_table("version"));
	ASSERT_EQ(0, ctl("table", "rollback", NULL, NULL, NULL));
	EXPECT_EQ(8, gth_table("version"));
}

TEST_F(kept, damaged_table_is_said_and_policy_stays)
{
	ASSERT_EQ(0, keep(&self->f, 7));
	ASSERT_EQ(0, ctl("policy", "set", "mode", "enforce", "--keep"));
	ASSERT_EQ(0, gth_write_file(ETC "/tables.d/kselftest/body", "x", 1));
	ASSERT_TRUE(reload());
	EXPECT_STREQ("enforce", gth_get("mode"));
	EXPECT_EQ(0, gth_table("version"));
	EXPECT_EQ(2, ctl("status", NULL, NULL, NULL, NULL));
	EXPECT_LT(0, gth_lines_with(SAID, "tables.d/kselftest is not loaded"));
}

static int restart(void)
{
	return gth_end_daemon(SIGTERM) && gth_start_daemon() ? 0 : -EIO;
}

/* The module goes on, and does not read the copy; after a boot it would have nothing to load. */
TEST_F(kept, damaged_copy_of_the_table_in_force_is_said)
{
	ASSERT_EQ(0, keep(&self->f, 7));
	ASSERT_EQ(0, gth_write_file(ETC "/tables.d/kselftest/body", "x", 1));
	ASSERT_EQ(0, restart());
	EXPECT_EQ(7, gth_table("version"));
	EXPECT_EQ(2, ctl("status", NULL, NULL, NULL, NULL));
	EXPECT_LT(0, gth_lines_with(SAID, "but the copy that is kept is damaged"));
	ASSERT_EQ(0, keep(&self->f, 7));
	ASSERT_EQ(0, restart());
	/* Nothing is worse than that the table is not signed. */
	EXPECT_EQ(1, ctl("status", NULL, NULL, NULL, NULL));
}

TEST_F(kept, damaged_release_in_force_is_not_kept)
{
	ASSERT_EQ(0, keep(&self->f, 7));
	ASSERT_EQ(0, gth_write_file(DB "/body", "x", 1));
	EXPECT_EQ(1, ctl("table", "load", DB, "--keep", NULL));
	EXPECT_LT(0, gth_lines_with(SAID, "this body is damaged"));
	ASSERT_TRUE(reload());
	EXPECT_EQ(7, gth_table("version"));
}

TEST_F(kept, two_tables_are_refused)
{
	ASSERT_EQ(0, keep(&self->f, 7));
	ASSERT_EQ(0, mkdir(ETC "/tables.d/second", 0755));
	ASSERT_TRUE(reload());
	EXPECT_EQ(0, gth_table("version"));
	EXPECT_EQ(2, ctl("status", NULL, NULL, NULL, NULL));
	EXPECT_LT(0, gth_lines_with(SAID, "2 tables"));
	EXPECT_EQ(1, ctl("table", "load", DB, "--keep", NULL));
	EXPECT_EQ(0, gth_table("version"));
}

TEST_F(kept, wrong_line_of_policy_is_said_and_the_others_count)
{
	static const char text[] = "mode = enforce\nexec_unknown = perhaps\nspeed = 9\n";

	ASSERT_EQ(0, keep(&self->f, 7));
	ASSERT_EQ(0, gth_create_file(ETC "/policy.conf", text, sizeof(text) - 1));
	ASSERT_TRUE(reload());
	EXPECT_STREQ("enforce", gth_get("mode"));
	EXPECT_STREQ("allow", gth_get("exec_unknown"));
	EXPECT_EQ(-EPERM, gth_exec(self->f.path));
	EXPECT_EQ(2, ctl("status", NULL, NULL, NULL, NULL));
	EXPECT_LT(0,
		  gth_lines_with(SAID, "policy.conf:2: 'perhaps' is not a value of exec_unknown"));
	EXPECT_LT(0, gth_lines_with(SAID, "policy.conf:3: there is no knob 'speed'"));
}

static int keep_verdict(const char *class, const struct gth_file *f)
{
	const char *const argv[] = { CTL,      "verdict", "set",    class, f->path,
				     "--keep", "--why",	  "a test", NULL };

	return gth_run(argv, SAID);
}

TEST_F(kept, verdicts_survive_a_reload_of_the_module)
{
	ASSERT_EQ(0, keep(&self->f, 7));
	ASSERT_EQ(0, keep_verdict("trusted", &self->f));
	ASSERT_EQ(0, keep_verdict("malicious", &self->g));
	ASSERT_EQ(0, ctl("policy", "set", "mode", "enforce", "--keep"));
	ASSERT_TRUE(reload());
	EXPECT_EQ(7, gth_table("version"));
	EXPECT_EQ(5, gth_exec(self->f.path));
	EXPECT_EQ(-EPERM, gth_exec(self->g.path));
	/* Nothing is worse than that the table is not signed. */
	EXPECT_EQ(1, ctl("status", NULL, NULL, NULL, NULL));
	EXPECT_EQ(1, gth_lines_with(SAID, "wrong: the table is not signed"));
	EXPECT_EQ(0, ctl("verdict", "list", NULL, NULL, NULL));
	EXPECT_EQ(2, gth_lines_with(SAID, "(kept by uid 0 at "));
	EXPECT_EQ(2, gth_lines_with(SAID, ": a test)"));
	ASSERT_EQ(0, ctl("verdict", "forget", "--keep", self->f.path, self->g.path));
	ASSERT_TRUE(reload());
	EXPECT_EQ(-EPERM, gth_exec(self->f.path));
	EXPECT_EQ(6, gth_exec(self->g.path));
}

TEST_F(kept, verdict_that_is_not_kept_is_gone)
{
	ASSERT_EQ(0, ctl("policy", "set", "mode", "enforce", "--keep"));
	ASSERT_EQ(0, ctl("verdict", "set", "malicious", self->f.path, NULL));
	ASSERT_EQ(-EPERM, gth_exec(self->f.path));
	ASSERT_TRUE(reload());
	EXPECT_EQ(5, gth_exec(self->f.path));
}

/* A verdict in force is not set again: no event reports a change by root. */
TEST_F(kept, daemon_that_starts_again_sets_no_verdict_again)
{
	const char *told[] = { "\"type\":\"verdict\"", NULL };
	off_t from, to;

	from = gth_events_fence();
	ASSERT_LE(0, from);
	ASSERT_EQ(0, keep_verdict("malicious", &self->g));
	to = gth_events_fence();
	ASSERT_LE(0, to);
	ASSERT_EQ(1, gth_events_count(from, to, told, NULL, 0));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	from = gth_events_fence();
	ASSERT_LE(0, from);
	ASSERT_TRUE(gth_end_daemon(SIGTERM));
	ASSERT_TRUE(gth_start_daemon());
	to = gth_events_fence();
	ASSERT_LE(0, to);
	EXPECT_EQ(0, gth_events_count(from, to, told, NULL, 0));
	EXPECT_EQ(-EPERM, gth_exec(self->g.path));
}

TEST_F(kept, wrong_verdict_is_said_and_the_others_count)
{
	static const char text[] = "evil sha256:00 never 0 1\n";

	ASSERT_EQ(0, gth_create_file(ETC "/verdicts", text, sizeof(text) - 1));
	ASSERT_EQ(0, keep_verdict("malicious", &self->f));
	ASSERT_EQ(0, ctl("policy", "set", "mode", "enforce", "--keep"));
	ASSERT_TRUE(reload());
	EXPECT_EQ(-EPERM, gth_exec(self->f.path));
	EXPECT_EQ(2, ctl("status", NULL, NULL, NULL, NULL));
	EXPECT_LT(0, gth_lines_with(SAID, "verdicts:1: the class is neither"));
}

static bool is_stopped(void *pid)
{
	char path[64], line[512];

	snprintf(path, sizeof(path), "/proc/%d/stat", *(pid_t *)pid);
	return !gth_read_line(path, line, sizeof(line)) && strstr(line, ") T ");
}

TEST_F(kept, status_says_that_a_stopped_daemon_does_not_answer)
{
	pid_t daemon = gth_daemon();

	ASSERT_EQ(0, keep(&self->f, 7));
	/* The table is not signed. */
	ASSERT_EQ(1, ctl("status", NULL, NULL, NULL, NULL));
	ASSERT_EQ(0, kill(daemon, SIGSTOP));
	ASSERT_TRUE(gth_wait_until(is_stopped, &daemon));
	EXPECT_EQ(2, ctl("status", NULL, NULL, NULL, NULL));
	EXPECT_LT(0, gth_lines_with(SAID, "gotthardd runs and does not answer"));
	ASSERT_EQ(0, kill(daemon, SIGCONT));
	EXPECT_EQ(1, ctl("status", NULL, NULL, NULL, NULL));
}

TEST_HARNESS_MAIN
