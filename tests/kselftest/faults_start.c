// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * faults_start.c - the module that cannot start leaves nothing behind.
 *
 * For kernels with fault injection; takes the module away. One allocation after
 * the other fails while it loads; the kernel's own search for leaks at the end
 * of a run sees what was not given back.
 */
#include "test.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

/* The kernel's own part of loading a module allocates most. */
#define NTH_MAX 5000

FIXTURE(faults_start)
{
	int file;
	bool missing;
};

FIXTURE_SETUP(faults_start)
{
	struct utsname name;
	char path[200];

	if (gth_daemon())
		ASSERT_TRUE(gth_end_daemon(SIGTERM));
	ASSERT_EQ(0, gth_unload());
	ASSERT_TRUE(gth_module_goes());
	self->missing = gth_fault_setup() == -ENOENT;
	ASSERT_EQ(0, uname(&name));
	snprintf(path, sizeof(path), "/lib/modules/%s/updates/gotthard.ko", name.release);
	self->file = open(path, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, self->file);
}

FIXTURE_TEARDOWN_PARENT(faults_start)
{
	gth_module_goes();
}

static bool left_something(void)
{
	return !access("/sys/module/gotthard", F_OK) || !access("/sys/kernel/gotthard", F_OK) ||
	       !access(GTH_DEVICE, F_OK);
}

TEST_F(faults_start, leaves_nothing_behind)
{
	unsigned int refused = 0, loaded = 0, nth;
	bool struck = true;

	if (self->missing)
		SKIP(return, "this kernel cannot be told to fail");
	for (nth = 1; struck && nth < NTH_MAX; nth++) {
		int err;

		gth_fault_arm(nth);
		err = (int)syscall(SYS_finit_module, self->file, "", 0);
		struck = gth_fault_struck();
		if (err) {
			refused++;
			ASSERT_FALSE(left_something());
		} else {
			/* An allocation that the kernel can do without. */
			loaded++;
			ASSERT_EQ(0, access(GTH_DEVICE, F_OK));
			ASSERT_TRUE(gth_module_goes());
		}
	}
	TH_LOG("%u allocations: refused %u times, loaded %u times", nth - 1, refused, loaded);
	EXPECT_FALSE(struck);
	EXPECT_LT(100, refused);
}

TEST_HARNESS_MAIN
