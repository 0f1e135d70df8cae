// SPDX-License-Identifier: GPL-2.0-or-later
/* switches.c - the switches of the hooks, and the mode, take effect at once. */
#include "test.h"

#include <sys/mman.h>

FIXTURE(switches)
{
	struct gth_place place;
	struct gth_file listed;
	int fd;
};

FIXTURE_VARIANT(switches)
{
	const char *knob, *counter;
	int op;
};

FIXTURE_VARIANT_ADD(switches,
		    open) { .knob = "hooks/open", .op = GTH_OP_OPEN, .counter = "checks_open" };

FIXTURE_VARIANT_ADD(switches,
		    exec) { .knob = "hooks/exec", .op = GTH_OP_EXEC, .counter = "checks_exec" };

FIXTURE_VARIANT_ADD(switches,
		    mmap) { .knob = "hooks/mmap", .op = GTH_OP_MMAP, .counter = "checks_mmap" };

FIXTURE_VARIANT_ADD(switches, mprotect) { .knob = "hooks/mmap",
					  .op = GTH_OP_MPROTECT,
					  .counter = "checks_mprotect" };

FIXTURE_SETUP(switches)
{
	ASSERT_EQ(0, gth_begin(&self->place, MNT));
	ASSERT_EQ(0, gth_make_program(&self->listed, &self->place, "listed", NULL, 7));
	ASSERT_EQ(0, gth_list(&self->listed, GTH_CLASS_MALICIOUS));
	self->fd = gth_open_fd(self->listed.path, O_RDONLY);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, gth_set("mode", "enforce"));
}

FIXTURE_TEARDOWN_PARENT(switches)
{
	gth_end(&self->place);
}

/* Return: 0: the operation is allowed. */
static int attempt(int op, int fd, const char *path)
{
	int ret;

	switch (op) {
	case GTH_OP_OPEN:
		return gth_open(path, O_RDONLY);
	case GTH_OP_EXEC:
		ret = gth_exec(path);
		return ret == 7 ? 0 : ret;
	case GTH_OP_MMAP:
		return gth_map(fd, PROT_READ | PROT_EXEC);
	default:
		return gth_map_gains_exec(fd);
	}
}

TEST_F(switches, take_effect_at_once)
{
	unsigned int i;

	for (i = 0; i < 3; i++) {
		ASSERT_EQ(0, gth_set(variant->knob, "1"));
		EXPECT_EQ(-EPERM, attempt(variant->op, self->fd, self->listed.path));
		ASSERT_EQ(0, gth_set(variant->knob, "0"));
		/* The kernel maps a program's code when it executes it. */
		if (variant->op == GTH_OP_EXEC)
			ASSERT_EQ(0, gth_set("hooks/mmap", "0"));
		EXPECT_EQ(0, attempt(variant->op, self->fd, self->listed.path));
	}
}

TEST_F(switches, count_checks_also_when_off)
{
	gth_u64 checks;

	ASSERT_EQ(0, gth_set(variant->knob, "0"));
	checks = gth_stat(variant->counter);
	attempt(variant->op, self->fd, self->listed.path);
	EXPECT_LT(checks, gth_stat(variant->counter));
}

TEST_F(switches, mode_takes_effect_at_once)
{
	unsigned int i;

	for (i = 0; i < 3; i++) {
		ASSERT_EQ(0, gth_set("mode", "enforce"));
		EXPECT_EQ(-EPERM, attempt(variant->op, self->fd, self->listed.path));
		ASSERT_EQ(0, gth_set("mode", i % 2 ? "off" : "monitor"));
		EXPECT_EQ(0, attempt(variant->op, self->fd, self->listed.path));
	}
}

TEST_HARNESS_MAIN
