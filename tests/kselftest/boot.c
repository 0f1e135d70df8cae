// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * boot.c - the state at load: module parameters, and gotthard=off.
 *
 * Each fixture wants a boot or a moment of its own; the runner names it:
 * reload (last, it takes the module away), parameters (booted with
 * mode=enforce malicious=allow hook_mmap=0 max_hash_bytes=8192), off (booted
 * with gotthard=off on the kernel's command line).
 */
#include "test.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#define DAEMON "/usr/sbin/gotthardd"
/* The output of a program does not belong into the TAP stream. */
#define SAID "/tmp/boot.said"

static int load(const char *const *parameters)
{
	const char *argv[20] = { "/usr/sbin/modprobe", "gotthard" };
	unsigned int i;

	for (i = 0; parameters[i]; i++)
		argv[i + 2] = parameters[i];
	return gth_run(argv, SAID);
}

static bool module_is_there(void)
{
	return !access("/sys/module/gotthard", F_OK);
}

static bool is_inert(void)
{
	return access(GTH_DEVICE, F_OK) && access("/sys/kernel/gotthard", F_OK);
}

/* Loading by hand */

FIXTURE(reload)
{
	int nothing;
};

FIXTURE_SETUP(reload)
{
	if (gth_daemon())
		ASSERT_TRUE(gth_end_daemon(SIGTERM));
	ASSERT_EQ(0, gth_unload());
	ASSERT_TRUE(gth_module_goes());
	ASSERT_FALSE(module_is_there());
}

FIXTURE_TEARDOWN_PARENT(reload)
{
	gth_module_goes();
}

TEST_F(reload, begins_with_every_knob_at_its_default)
{
	static const char *const none[] = { NULL };
	unsigned int i;

	ASSERT_EQ(0, load(none));
	for (i = 0; i < gth_knob_count; i++) {
		EXPECT_STREQ(gth_knobs[i].initial, gth_get(gth_knobs[i].name))
		{
			TH_LOG("%s", gth_knobs[i].name);
		}
	}
	EXPECT_EQ(0, gth_table("version"));
	EXPECT_EQ(0, gth_table("verdicts"));
}

/* signature.c has the tables that are signed. */
TEST_F(reload, by_default_refuses_a_table_that_is_not_signed)
{
	static const char *const none[] = { NULL };
	char line[8];
	struct gth_db db;

	ASSERT_EQ(0, load(none));
	ASSERT_EQ(0, gth_read_line("/sys/module/gotthard/parameters/require_signed", line,
				   sizeof(line)));
	EXPECT_STREQ("Y", line);
	gth_db_init(&db);
	gth_db_seal(&db);
	EXPECT_EQ(-ENOMSG, gth_db_load(&db));
	EXPECT_EQ(0, gth_table("version"));
}

/* The parameter of a knob: its name, with hooks/ as hook_. */
static void parameter(char *text, size_t size, const char *knob, const char *value)
{
	if (!strncmp(knob, "hooks/", 6))
		snprintf(text, size, "hook_%.16s=%.32s", knob + 6, value);
	else
		snprintf(text, size, "%.24s=%.32s", knob, value);
}

TEST_F(reload, every_knob_is_a_parameter)
{
	static const char *const numbers[] = { "1", "4096", "0" };
	char text[32][64], value[32][32];
	const char *parameters[16] = { NULL };
	unsigned int i, j;

	ASSERT_GE(32, gth_knob_count);
	for (i = 0; i < gth_knob_count; i++) {
		const struct gth_knob *k = &gth_knobs[i];

		/* A legal value that is not the default. */
		if (k->words) {
			for (j = 0; !strcmp(k->words[j], k->initial);)
				j++;
			snprintf(value[i], sizeof(value[i]), "%s", k->words[j]);
		} else {
			snprintf(value[i], sizeof(value[i]), "%s",
				 numbers[k->max == 1 ? 2 : k->min == 4096]);
		}
		parameter(text[i], sizeof(text[i]), k->name, value[i]);
		parameters[i % 14] = text[i];
		/* As many as fit at a time. */
		if (i % 14 == 13 || i + 1 == gth_knob_count) {
			parameters[i % 14 + 1] = NULL;
			ASSERT_EQ(0, load(parameters));
			for (j = i - i % 14; j <= i; j++) {
				EXPECT_STREQ(value[j], gth_get(gth_knobs[j].name))
				{
					TH_LOG("%s", text[j]);
				}
			}
			ASSERT_TRUE(gth_module_goes());
		}
	}
}

TEST_F(reload, bad_parameter_refuses_to_load)
{
	static const char *const bad[] = {
		"mode=bogus",	       "mode=",
		"mode=ENFORCE",	       "mode=enforce,",
		"hold_timeout_ms=0",   "hold_timeout_ms=30001",
		"max_hash_bytes=4095", "hook_open=2",
		"hook_open=y",	       "open_unknown=maybe",
		"off=maybe",
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		const char *parameters[] = { bad[i], NULL };

		EXPECT_NE(0, load(parameters))
		{
			TH_LOG("loaded with %s", bad[i]);
		}
		EXPECT_FALSE(module_is_there());
		ASSERT_TRUE(gth_module_goes());
	}
}

TEST_F(reload, off_loads_inert)
{
	static const char *const off[] = { "off=1", "mode=enforce", NULL };
	static const char *const daemon[] = { DAEMON, NULL };

	ASSERT_EQ(0, load(off));
	EXPECT_TRUE(module_is_there());
	EXPECT_TRUE(is_inert());
	EXPECT_EQ(3, gth_run(daemon, SAID));
}

TEST_F(reload, remembers_versions_of_so_many_names_and_takes_no_other)
{
	static const char *const parameters[] = { "require_signed=0", NULL };
	struct gth_floors floors = { .size = sizeof(floors), .n = 1, .floor[0].version = 1 };
	struct gth_db db;
	int i;

	ASSERT_EQ(0, load(parameters));
	for (i = 0; i < GTH_FLOORS_MAX; i++) {
		gth_db_init(&db);
		snprintf(db.name, sizeof(db.name), "name.%d", i);
		db.version = 5;
		gth_db_seal(&db);
		EXPECT_EQ(0, gth_db_load(&db));
	}
	snprintf(db.name, sizeof(db.name), "name.%d", GTH_FLOORS_MAX);
	EXPECT_EQ(-ENOSPC, gth_db_load(&db));
	snprintf(floors.floor[0].name, GTH_NAME_SIZE, "name.%d", GTH_FLOORS_MAX);
	EXPECT_EQ(-ENOSPC, gth_device_call(GTH_IOC_RAISE, &floors));
	ASSERT_EQ(0, gth_device_call(GTH_IOC_FLOORS, &floors));
	EXPECT_EQ(GTH_FLOORS_MAX, floors.n);
	/* Not one of them may go back. */
	for (i = 0; i < GTH_FLOORS_MAX; i++) {
		snprintf(db.name, sizeof(db.name), "name.%d", i);
		db.version = 4;
		EXPECT_EQ(-ESTALE, gth_db_load(&db));
		db.version = 6;
		EXPECT_EQ(0, gth_db_load(&db));
	}
}

/* Without hooks no program reads events: they count as lost, and nothing waits. */
TEST_F(reload, without_hooks_nothing_is_denied)
{
	static const char *const parameters[] = { "mode=enforce", "require_signed=0", NULL };
	struct gth_place place;
	struct gth_file f;

	ASSERT_EQ(0, load(parameters));
	ASSERT_EQ(0, gth_begin(&place, TMPFS));
	ASSERT_EQ(0, gth_make_code(&f, &place, "f"));
	ASSERT_EQ(0, gth_list(&f, GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	EXPECT_EQ(0, gth_open(f.path, O_RDONLY));
	gth_end(&place);
}

/* A machine booted with parameters */

FIXTURE(parameters)
{
	struct gth_place place;
};

FIXTURE_SETUP(parameters)
{
}

FIXTURE_TEARDOWN_PARENT(parameters)
{
}

TEST_F(parameters, set_the_state_at_load)
{
	EXPECT_STREQ("enforce", gth_get("mode"));
	EXPECT_STREQ("allow", gth_get("malicious"));
	EXPECT_STREQ("0", gth_get("hooks/mmap"));
	EXPECT_STREQ("8192", gth_get("max_hash_bytes"));
	EXPECT_STREQ("1", gth_get("hooks/open"));
	EXPECT_STREQ("allow", gth_get("suspicious"));
	EXPECT_STREQ("code", gth_get("open_scope"));
}

/* A machine booted with gotthard=off */

FIXTURE(off)
{
	int nothing;
};

FIXTURE_SETUP(off)
{
}

FIXTURE_TEARDOWN_PARENT(off)
{
}

TEST_F(off, loads_inert)
{
	EXPECT_TRUE(module_is_there());
	EXPECT_TRUE(is_inert());
}

TEST_F(off, daemon_says_so)
{
	static const char *const daemon[] = { DAEMON, NULL };

	EXPECT_EQ(3, gth_run(daemon, SAID));
	EXPECT_NE(0, access("/sys/fs/bpf/gotthard", F_OK));
}

TEST_F(off, parameters_do_not_outweigh_it)
{
	static const char *const parameters[] = { "mode=enforce", "off=0", NULL };

	ASSERT_TRUE(gth_module_goes());
	ASSERT_EQ(0, load(parameters));
	EXPECT_TRUE(module_is_there());
	EXPECT_TRUE(is_inert());
	ASSERT_TRUE(gth_module_goes());
	EXPECT_FALSE(module_is_there());
}

TEST_HARNESS_MAIN
