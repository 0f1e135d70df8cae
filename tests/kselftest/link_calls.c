// SPDX-License-Identifier: GPL-2.0-or-later
/* link_calls.c - the call by which the daemon gives its hooks to the module. */
#include "links.h"

#include <errno.h>
#include <sys/ioctl.h>

GTH_FIXTURE_LINKS(link_calls)

#define EXPECT_KEPT()                                                                              \
	do {                                                                                       \
		EXPECT_EQ(HOOKS, gth_read_number(GTH_ROOT "health/hooks"));                        \
		EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));                               \
		EXPECT_EQ(HOOKS, gth_bpf_programs());                                              \
	} while (0)

TEST_F(link_calls, malformed_record_is_refused_and_the_kept_ones_stay)
{
	struct gth_hooks hooks = { .size = sizeof(hooks), .n = 1 };
	static const unsigned int sizes[] = { 0, sizeof(hooks) - 1, sizeof(hooks) + 1, ~0U };
	static const unsigned int numbers[] = { GTH_LINKS_MAX + 1, 1000, ~0U };

	hooks.fd[0] = get_pin(GTH_PINS "/link_gth_file_open");
	ASSERT_LE(0, hooks.fd[0]);
	for (unsigned int i = 0; i < ARRAY_SIZE(sizes); i++) {
		hooks.size = sizes[i];
		EXPECT_EQ(-EINVAL, keep(&hooks));
	}
	hooks.size = sizeof(hooks);
	for (unsigned int i = 0; i < ARRAY_SIZE(numbers); i++) {
		hooks.n = numbers[i];
		EXPECT_EQ(-EINVAL, keep(&hooks));
	}
	EXPECT_EQ(-EFAULT, keep(NULL));
	EXPECT_KEPT();
}

TEST_F(link_calls, descriptor_of_something_else_is_refused_and_the_kept_ones_stay)
{
	struct gth_hooks hooks = { .size = sizeof(hooks), .n = 2 };
	int other[] = { get_pin(GTH_PINS "/prog_gth_file_open"), get_pin(GTH_PINS "/events"),
			gth_open_fd("/dev/null", O_RDONLY), gth_device(),
			gth_open_fd(self->place.dir, O_RDONLY | O_DIRECTORY) };

	/* The first one is good. */
	hooks.fd[0] = get_pin(GTH_PINS "/link_gth_file_open");
	ASSERT_LE(0, hooks.fd[0]);
	for (unsigned int i = 0; i < ARRAY_SIZE(other); i++) {
		ASSERT_LE(0, other[i]);
		hooks.fd[1] = other[i];
		EXPECT_EQ(-EINVAL, keep(&hooks))
		{
			TH_LOG("descriptor %u", i);
		}
	}
	hooks.fd[1] = -1;
	EXPECT_EQ(-EBADF, keep(&hooks));
	hooks.n = GTH_LINKS_MAX;
	for (unsigned int i = 1; i < GTH_LINKS_MAX; i++)
		hooks.fd[i] = hooks.fd[0];
	hooks.fd[GTH_LINKS_MAX - 1] = 1 << 20;
	EXPECT_EQ(-EBADF, keep(&hooks));
	EXPECT_KEPT();
}

/*
 * The call by a child without privilege, which has a descriptor of the device that root
 * opened. Return: 0; or -errno.
 */
static int keep_without(int device, const struct gth_hooks *hooks, bool user)
{
	pid_t pid = fork();

	if (!pid) {
		if (user ? setgid(GTH_USER) || setuid(GTH_USER) : gth_drop_sys_admin())
			_exit(255);
		_exit(ioctl(device, GTH_IOC_HOOKS, hooks) ? errno : 0);
	}
	return -gth_wait_child(pid);
}

TEST_F(link_calls, descriptor_of_the_device_that_was_passed_on_is_not_enough)
{
	struct gth_hooks none = { .size = sizeof(none) }, one = { .size = sizeof(one), .n = 1 };
	int device = gth_device();

	ASSERT_LE(0, device);
	one.fd[0] = get_pin(GTH_PINS "/link_gth_file_open");
	ASSERT_LE(0, one.fd[0]);
	for (int user = 0; user < 2; user++) {
		EXPECT_EQ(-EPERM, keep_without(device, &none, user));
		EXPECT_EQ(-EPERM, keep_without(device, &one, user));
	}
	EXPECT_KEPT();
}

/* Pins keep the programs that the module gives up. */
TEST_F(link_calls, kept_are_those_of_the_last_call)
{
	struct gth_hooks hooks = { .size = sizeof(hooks) };
	unsigned int all = HOOKS;

	/* It would put them back. */
	ASSERT_TRUE(gth_end_daemon(SIGTERM));
	EXPECT_EQ(0, keep(&hooks));
	EXPECT_EQ(0, gth_read_number(GTH_ROOT "health/hooks"));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	EXPECT_EQ(HOOKS, gth_bpf_programs());
	/* The same link several times counts as often. */
	hooks.n = GTH_LINKS_MAX;
	for (unsigned int i = 0; i < GTH_LINKS_MAX; i++)
		hooks.fd[i] = get_pin(GTH_PINS "/link_gth_file_open");
	EXPECT_EQ(0, keep(&hooks));
	EXPECT_EQ(GTH_LINKS_MAX, gth_read_number(GTH_ROOT "health/hooks"));
	for (unsigned int i = 0; i < GTH_LINKS_MAX; i++)
		close(hooks.fd[i]);
	/* Without pins and descriptors only this one stays. */
	ASSERT_LE(2 * HOOKS, remove_pins());
	all = 1;
	EXPECT_TRUE(gth_wait_until(so_many, &all));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	ASSERT_TRUE(gth_start_daemon());
	EXPECT_EQ(HOOKS, gth_read_number(GTH_ROOT "health/hooks"));
	all = HOOKS;
	EXPECT_TRUE(gth_wait_until(so_many, &all));
}

TEST_HARNESS_MAIN
