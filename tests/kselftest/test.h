/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test.h - the kselftest harness, and the fixture that most programs share. */
#ifndef GTH_TEST_HARNESS_H
#define GTH_TEST_HARNESS_H

#include <kselftest_harness.h>

#include <fcntl.h>

#include "gth.h"

/* No test depends on speed: this ends one that hangs, on an emulated machine that has no time. */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT (400 * GTH_SLOW)

/* The teardown is the parent's, so that it also follows a test that crashed. */
#define GTH_PLACE_SETUP(name, parent)                                                              \
	FIXTURE_SETUP(name)                                                                        \
	{                                                                                          \
		ASSERT_EQ(0, gth_begin(&self->place, parent));                                     \
	}                                                                                          \
	FIXTURE_TEARDOWN_PARENT(name)                                                              \
	{                                                                                          \
		gth_end(&self->place);                                                             \
	}

#define GTH_FIXTURE_PLACE(name, parent)                                                            \
	FIXTURE(name)                                                                              \
	{                                                                                          \
		struct gth_place place;                                                            \
	};                                                                                         \
	GTH_PLACE_SETUP(name, parent)

/* The same test on the file system at /mnt and on a tmpfs. */
#define GTH_FIXTURE_BOTH(name)                                                                     \
	FIXTURE(name)                                                                              \
	{                                                                                          \
		struct gth_place place;                                                            \
	};                                                                                         \
	FIXTURE_VARIANT(name)                                                                      \
	{                                                                                          \
		const char *parent;                                                                \
	};                                                                                         \
	FIXTURE_VARIANT_ADD(name, mnt) { .parent = MNT };                                          \
	FIXTURE_VARIANT_ADD(name, tmpfs) { .parent = TMPFS };                                      \
	GTH_PLACE_SETUP(name, variant->parent)

#endif /* GTH_TEST_HARNESS_H */
