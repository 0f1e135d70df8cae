// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * race.c - while files, tables, policy, verdicts and the hooks change, nothing
 * that is listed is read, executed or mapped, and nothing else is denied.
 *
 * race_files.h says what is known of a file at any time, lib/opener.c what must come
 * of opening it, lib/churn.c who changes what.
 */
#include "test.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "hold_helpers.h"
#include "race.h"

#define OPENERS 64
#define PROGRAMS 8 /* GTH_HOOKS */

/* Nothing is known of any content until gth_give(): the hooks may be gone. */
static void take_contents(struct gth_race *race)
{
	for (int i = 0; i < GTH_CONTENTS; i++)
		gth_take_wait(&race->files->content[i].seq);
}

static void give_contents(struct gth_race *race)
{
	for (int i = 0; i < GTH_CONTENTS; i++) {
		race->files->content[i].listed = i == GTH_BAD;
		gth_give(&race->files->content[i].seq);
	}
}

static struct gth_race *begin(struct gth_place *place, const char *parent)
{
	struct gth_race *race = gth_shared(sizeof(*race));

	if ((access(GTH_DEVICE, F_OK) && gth_modprobe(NULL)) ||
	    (!gth_daemon() && !gth_start_daemon()) || gth_begin(place, parent))
		return NULL;
	race->place = *place;
	race->stress = gth_stress();
	race->files = gth_race_files(place);
	if (!race->files)
		return NULL;
	take_contents(race);
	if (gth_race_table(race, false) || gth_set("mode", "enforce"))
		return NULL;
	give_contents(race);
	return race;
}

static int add(struct gth_race *race, const char *name, unsigned int n, unsigned int goal,
	       gth_round round)
{
	int ret = 0;

	while (n-- && !ret)
		ret = gth_stress_add(race->stress, name, goal, round, race);
	return ret;
}

static unsigned int checked(const struct gth_race *race)
{
	unsigned int n = 0;

	for (int i = 0; i < GTH_RACE_KINDS; i++)
		n += race->tally[i].denied + race->tally[i].allowed;
	return n;
}

static void tell(const struct gth_race *race)
{
	for (int i = 0; i < GTH_RACE_KINDS; i++) {
		const struct gth_tally *t = &race->tally[i];

		printf("# %s: %u listed and denied, %u clean and allowed, %u unjudged, %u hot\n",
		       gth_race_names[i], t->denied, t->allowed, t->unjudged, t->hot);
	}
	printf("# %u while something changed, %u requests\n", race->moving, race->held);
	for (unsigned int i = 0, from = 0, sum = 0; i < race->stress->n; i++) {
		const struct gth_actor *a = &race->stress->actor[i];

		sum += a->rounds;
		if (i + 1 < race->stress->n && race->stress->actor[i + 1].name == a->name)
			continue;
		printf("# %u %s: %u rounds\n", i + 1 - from, a->name, sum);
		from = i + 1;
		sum = 0;
	}
}

FIXTURE(race)
{
	struct gth_place place;
	struct gth_race *race;
};

FIXTURE_VARIANT(race)
{
	const char *parent;
};

FIXTURE_VARIANT_ADD(race, mnt) { .parent = MNT };
FIXTURE_VARIANT_ADD(race, tmpfs) { .parent = TMPFS };

FIXTURE_SETUP(race)
{
	self->race = begin(&self->place, variant->parent);
	ASSERT_NE(NULL, self->race);
}

FIXTURE_TEARDOWN_PARENT(race)
{
	gth_end(&self->place);
}

static bool one_set_of_hooks(void *arg)
{
	(void)arg;
	return gth_bpf_programs() == PROGRAMS && gth_bpf_maps() == 1;
}

TEST_F(race, what_is_listed_is_denied_and_nothing_else)
{
	struct gth_race *race = self->race;

	ASSERT_EQ(0, add(race, "openers", OPENERS, 50, gth_race_opener));
	ASSERT_EQ(0, add(race, "linkers", 2, 50, gth_race_linker));
	ASSERT_EQ(0, add(race, "writers", 4, 100, gth_race_writer));
	ASSERT_EQ(0, add(race, "renamer", 1, 50, gth_race_renamer));
	ASSERT_EQ(0, add(race, "tables", 1, 20, gth_race_tables));
	ASSERT_EQ(0, add(race, "policy", 1, 80, gth_race_policy));
	ASSERT_EQ(0, add(race, "verdicts", 1, 50, gth_race_verdicts));
	ASSERT_EQ(0, add(race, "daemon", 1, 2, gth_race_daemon));
	ASSERT_EQ(0, add(race, "server", 1, 20, gth_race_server));
	gth_stress_wait(race->stress);
	EXPECT_EQ(0, gth_stress_end(race->stress));
	tell(race);
	EXPECT_STREQ("", race->stress->fault);
	for (int i = 0; i < GTH_RACE_KINDS; i++) {
		EXPECT_NE(0, race->tally[i].denied);
		EXPECT_NE(0, race->tally[i].allowed);
	}
	EXPECT_NE(0, race->moving);
	EXPECT_NE(0, race->held);
	EXPECT_NE(0, gth_daemon());
	/* Of all that were attached one set is left. */
	EXPECT_TRUE(gth_wait_until(one_set_of_hooks, NULL));
}

FIXTURE(unload)
{
	struct gth_place place;
	struct gth_race *race;
};

FIXTURE_SETUP(unload)
{
	self->race = begin(&self->place, MNT);
	ASSERT_NE(NULL, self->race);
}

FIXTURE_TEARDOWN_PARENT(unload)
{
	gth_end(&self->place);
}

static bool no_hooks(void *arg)
{
	(void)arg;
	return !gth_bpf_programs() && !gth_bpf_maps();
}

struct more {
	struct gth_race *race;
	unsigned int than;
};

static bool more_is_checked(void *arg)
{
	struct more *m = arg;

	return m->race->stress->faults || checked(m->race) > m->than;
}

static bool check_more(struct gth_race *race)
{
	struct more more = { .race = race, .than = checked(race) + 200 };

	return gth_wait_until(more_is_checked, &more);
}

static bool has_passed(void *arg)
{
	return gth_now() > *(gth_u64 *)arg;
}

TEST_F(unload, module_stays_while_hooks_are_attached_and_goes_clean_under_load)
{
	struct gth_verdict soon = { .domain = GTH_DOMAIN_SHA256,
				    .class = GTH_CLASS_TRUSTED,
				    .source = GTH_SOURCE_ROOT };
	struct gth_race *race = self->race;
	int err;

	ASSERT_EQ(0, add(race, "openers", OPENERS / 4, 50, gth_race_opener));
	ASSERT_EQ(0, add(race, "writers", 2, 20, gth_race_writer));
	ASSERT_TRUE(check_more(race));
	ASSERT_TRUE(gth_end_daemon(SIGKILL));
	for (int i = 0; i < 5; i++) {
		err = gth_remove_module();
		EXPECT_TRUE(err == -EAGAIN || err == -EBUSY);
	}
	ASSERT_TRUE(check_more(race));
	EXPECT_LT(0, gth_lines_with("/proc/vmallocinfo", "[gotthard]"));
	/* Work that waits when the module goes. */
	soon.expires = gth_now() + 4;
	EXPECT_EQ(0, gth_verdicts(&soon, 1));
	take_contents(race);
	ASSERT_EQ(0, gth_unload());
	ASSERT_TRUE(gth_module_goes());
	EXPECT_EQ(0, gth_lines_with("/proc/modules", "gotthard "));
	EXPECT_NE(0, access(GTH_DEVICE, F_OK));
	EXPECT_NE(0, access("/sys/kernel/gotthard", F_OK));
	EXPECT_NE(0, access("/sys/module/gotthard", F_OK));
	EXPECT_TRUE(gth_wait_until(no_hooks, NULL));
	/* The allocations of a module that is gone have no name any more. */
	EXPECT_EQ(0, gth_lines_with("/proc/vmallocinfo", "[gotthard]"));
	EXPECT_EQ(0, gth_lines_with("/proc/vmallocinfo", " 0xffffffffc"));
	EXPECT_TRUE(gth_wait_until(has_passed, &soon.expires));

	ASSERT_EQ(0, gth_modprobe(NULL));
	ASSERT_TRUE(gth_start_daemon());
	ASSERT_EQ(0, gth_race_table(race, false));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	give_contents(race);
	ASSERT_TRUE(check_more(race));
	EXPECT_EQ(0, gth_stress_end(race->stress));
	tell(race);
	EXPECT_STREQ("", race->stress->fault);
	EXPECT_NE(0, race->tally[GTH_RACE_OPEN].denied);
}

/* The program in which it waits, and with it the module, stay until the wait is over. */
TEST_F(unload, who_waits_when_the_hooks_go_gets_an_answer)
{
	struct gth_race *race = self->race;
	int server = gth_serve();
	struct gth_request r;
	struct gth_file f;
	pid_t pid;

	ASSERT_LE(0, server);
	ASSERT_EQ(0, ioctl(server, GTH_IOC_EXEMPT));
	ASSERT_EQ(0, gth_make_program(&f, &race->place, "unknown", NULL, 9));
	ASSERT_EQ(0, gth_set("hold_timeout_ms", "30000"));
	/* The program that detaches the hooks is itself not held by this. */
	ASSERT_EQ(0, gth_set("kernel_unknown", "hold"));
	pid = gth_hold_fork();
	if (!pid) {
		int fd = open(f.path, O_RDONLY);

		_exit(syscall(SYS_finit_module, fd, "", 0) ? errno : 0);
	}
	ASSERT_EQ(0, gth_next_request(server, &r, 20000));
	ASSERT_TRUE(gth_end_daemon(SIGKILL));
	ASSERT_EQ(0, gth_unload());
	EXPECT_EQ(-EAGAIN, gth_remove_module());
	EXPECT_EQ(-ETIME, gth_hold_ended(pid, 100));
	EXPECT_EQ(0, gth_verdict(f.digest, GTH_CLASS_MALICIOUS, 0));
	EXPECT_EQ(EPERM, gth_hold_ended(pid, 20000));
	if (r.fd >= 0)
		close(r.fd);
	close(server);
	EXPECT_EQ(0, gth_stress_end(race->stress));
	ASSERT_TRUE(gth_module_goes());
	EXPECT_TRUE(gth_wait_until(no_hooks, NULL));
}

TEST_HARNESS_MAIN
