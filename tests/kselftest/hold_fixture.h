/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hold_fixture.h - an unknown program, in a policy that holds, and the one that answers.
 *
 * The test's parent serves, and is exempt; its children are held.
 */
#ifndef GTH_TEST_HOLD_FIXTURE_H
#define GTH_TEST_HOLD_FIXTURE_H

#include "test.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include "hold_helpers.h"

/* Long, where the answer is meant to come first; a second of the guest may take ten of ours. ms */
#define PATIENCE 20000
#define SOON 300
#define CODE 7 /* the exit status of the program */

/* On the file system at /mnt and on a tmpfs. */
#define GTH_FIXTURE_HOLD(name)                                                                     \
	FIXTURE(name)                                                                              \
	{                                                                                          \
		struct gth_place place;                                                            \
		struct gth_file f;                                                                 \
		int server;                                                                        \
	};                                                                                         \
	FIXTURE_VARIANT(name)                                                                      \
	{                                                                                          \
		const char *parent;                                                                \
	};                                                                                         \
	FIXTURE_VARIANT_ADD(name, mnt) { .parent = MNT };                                          \
	FIXTURE_VARIANT_ADD(name, tmpfs) { .parent = TMPFS };                                      \
	FIXTURE_SETUP(name)                                                                        \
	{                                                                                          \
		ASSERT_EQ(0, gth_begin(&self->place, variant->parent));                            \
		ASSERT_EQ(0, gth_make_program(&self->f, &self->place, "program", NULL, CODE));     \
		self->server = gth_serve();                                                        \
		ASSERT_LE(0, self->server);                                                        \
		ASSERT_EQ(0, ioctl(self->server, GTH_IOC_EXEMPT));                                 \
		ASSERT_EQ(0, gth_set("hold_timeout_ms", "30000"));                                 \
		ASSERT_EQ(0, gth_set("open_unknown", "hold"));                                     \
		ASSERT_EQ(0, gth_set("exec_unknown", "hold"));                                     \
		ASSERT_EQ(0, gth_set("mode", "enforce"));                                          \
	}                                                                                          \
	FIXTURE_TEARDOWN_PARENT(name)                                                              \
	{                                                                                          \
		gth_end(&self->place);                                                             \
	}

#endif /* GTH_TEST_HOLD_FIXTURE_H */
