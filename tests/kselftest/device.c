// SPDX-License-Identifier: GPL-2.0-or-later
/* device.c - /dev/gotthard: who may use it, what it refuses, explain and exempt. */
#include "test.h"

#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define EXEMPT_MAX 8 /* GTH_EXEMPT_MAX */

FIXTURE(device)
{
	struct gth_place place;
	struct gth_file f;
	int fd;
};

FIXTURE_SETUP(device)
{
	ASSERT_EQ(0, gth_begin(&self->place, MNT));
	ASSERT_EQ(0, gth_make_program(&self->f, &self->place, "f", NULL, 5));
	ASSERT_EQ(0, gth_list(&self->f, GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	self->fd = gth_device();
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN_PARENT(device)
{
	gth_end(&self->place);
}

static int call(int fd, unsigned long request, const void *arg)
{
	return ioctl(fd, request, arg) < 0 ? -errno : 0;
}

TEST_F(device, is_for_root_alone)
{
	struct stat st;

	ASSERT_EQ(0, stat(GTH_DEVICE, &st));
	EXPECT_EQ(S_IFCHR | 0600, st.st_mode);
	EXPECT_EQ(0, st.st_uid);
}

TEST_F(device, refuses_unknown_ioctl)
{
	EXPECT_EQ(-ENOTTY, call(self->fd, _IO('G', 0), NULL));
	EXPECT_EQ(-ENOTTY, call(self->fd, _IO('G', 0x3f), NULL));
	EXPECT_EQ(-ENOTTY, call(self->fd, _IO('G', 0x46), NULL));
	EXPECT_EQ(-ENOTTY, call(self->fd, _IO('H', 0x40), NULL));
	EXPECT_EQ(-ENOTTY, call(self->fd, _IOR('G', 0x40, char), NULL));
	EXPECT_EQ(-ENOTTY, call(self->fd, 0, NULL));
	EXPECT_EQ(-ENOTTY, call(self->fd, ~0UL, NULL));
}

TEST_F(device, has_nothing_to_read_before_it_serves_and_nothing_to_seek)
{
	char byte;

	EXPECT_EQ(-1, read(self->fd, &byte, 1));
	EXPECT_EQ(ENOTCONN, errno);
	EXPECT_EQ(-1, lseek(self->fd, 0, SEEK_SET));
	EXPECT_EQ(ESPIPE, errno);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, 4096, PROT_READ, MAP_SHARED, self->fd, 0));
}

/* Tasks that may not */

static int become_user(void)
{
	return setgroups(0, NULL) || setresgid(GTH_USER, GTH_USER, GTH_USER) ||
	       setresuid(GTH_USER, GTH_USER, GTH_USER);
}

/* Root of a user namespace of its own has every capability, but not here. */
static int enter_user_namespace(void)
{
	return unshare(CLONE_NEWUSER);
}

/* How many ways in gave another answer than EPERM; 255: the child did not get there. */
static int try_all(int fd, int (*give_up)(void))
{
	pid_t pid = fork();

	if (!pid) {
		struct gth_explain x = { .size = sizeof(x), .fd = fd, .op = GTH_OP_OPEN };
		struct gth_load load = {
			.size = sizeof(load), .manifest_fd = -1, .body_fd = -1, .signature_fd = -1
		};
		struct gth_verdict v = { .domain = GTH_DOMAIN_SHA256,
					 .class = GTH_CLASS_TRUSTED,
					 .source = GTH_SOURCE_ROOT };
		struct gth_info info;
		int wrong = 0, err;

		if (give_up())
			_exit(255);
		wrong += call(fd, GTH_IOC_INFO, &info) != -EPERM;
		wrong += call(fd, GTH_IOC_LOAD, &load) != -EPERM;
		wrong += call(fd, GTH_IOC_DROP, NULL) != -EPERM;
		wrong += call(fd, GTH_IOC_EXEMPT, NULL) != -EPERM;
		wrong += call(fd, GTH_IOC_SERVE, NULL) != -EPERM;
		wrong += call(fd, GTH_IOC_EXPLAIN, &x) != -EPERM;
		wrong += call(fd, _IO('G', 0x7f), NULL) != -EPERM;
		wrong += write(fd, &v, sizeof(v)) != -1 || errno != EPERM;
		err = gth_device();
		wrong += err != -EPERM && err != -EACCES;
		_exit(wrong);
	}
	return gth_wait_child(pid);
}

TEST_F(device, refuses_another_user)
{
	EXPECT_EQ(0, try_all(self->fd, become_user));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
}

TEST_F(device, refuses_root_without_sys_admin)
{
	EXPECT_EQ(0, try_all(self->fd, gth_drop_sys_admin));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
}

TEST_F(device, refuses_root_of_a_user_namespace)
{
	int wrong = try_all(self->fd, enter_user_namespace);

	if (wrong == 255)
		SKIP(return, "this kernel makes no user namespace");
	EXPECT_EQ(0, wrong);
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
}

/* Addresses that are not the caller's */

TEST_F(device, refuses_hostile_addresses)
{
	char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct gth_verdict v = { .domain = GTH_DOMAIN_SHA256,
				 .class = GTH_CLASS_TRUSTED,
				 .source = GTH_SOURCE_ROOT };
	void *bad[7];
	unsigned int i;

	ASSERT_NE(MAP_FAILED, page);
	ASSERT_EQ(0, munmap(page + 4096, 4096));
	bad[0] = NULL;
	bad[1] = (void *)1;
	bad[2] = (void *)0xffff888000000000UL; /* the kernel's map of all memory */
	bad[3] = (void *)0xffffffff81000000UL; /* its code */
	bad[4] = (void *)0x00007ffffffff000UL; /* past the end of user space */
	bad[5] = (void *)~0UL;
	bad[6] = page + 4096 - 8; /* the rest of it is not there */
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		EXPECT_EQ(-EFAULT, call(self->fd, GTH_IOC_INFO, bad[i]));
		EXPECT_EQ(-EFAULT, call(self->fd, GTH_IOC_LOAD, bad[i]));
		EXPECT_EQ(-EFAULT, call(self->fd, GTH_IOC_EXPLAIN, bad[i]));
		EXPECT_EQ(-1, write(self->fd, bad[i], sizeof(v)));
		EXPECT_EQ(EFAULT, errno);
		EXPECT_EQ(-1, write(self->fd, bad[i], GTH_VERDICTS_PER_WRITE * sizeof(v)));
		EXPECT_EQ(EFAULT, errno);
	}
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
}

TEST_F(device, refuses_to_answer_into_read_only_memory)
{
	struct gth_explain *x =
		mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ASSERT_NE(MAP_FAILED, x);
	*x = (struct gth_explain) { .size = sizeof(*x), .op = GTH_OP_OPEN };
	x->fd = gth_open_fd(self->f.path, O_PATH);
	ASSERT_EQ(0, mprotect(x, 4096, PROT_READ));
	EXPECT_EQ(-EFAULT, call(self->fd, GTH_IOC_EXPLAIN, x));
	EXPECT_EQ(-EFAULT, call(self->fd, GTH_IOC_INFO, x));
}

/* Explain */

TEST_F(device, explain_gives_the_hooks_answer)
{
	struct gth_explain x;
	struct gth_file other;
	int op;

	ASSERT_EQ(0, gth_make_code(&other, &self->place, "other"));
	for (op = 0; op < GTH_OP_MAX; op++) {
		ASSERT_EQ(0, gth_explain(self->f.path, op, &x));
		EXPECT_EQ(GTH_ACTION_DENY, x.action);
		EXPECT_EQ(GTH_ACTION_DENY, x.would);
		EXPECT_EQ(GTH_REASON_CLASS, x.reason);
		EXPECT_EQ(GTH_CLASS_MALICIOUS, x.class);
		EXPECT_EQ(GTH_SOURCE_TABLE, x.source);
		EXPECT_EQ(GTH_DOMAIN_SHA256, x.domain);
		EXPECT_EQ(GTH_MODE_ENFORCE, x.mode);
		EXPECT_EQ(1, x.cacheable);
		EXPECT_EQ(0, x.error);
		EXPECT_EQ(GTH_PROGRAM_SIZE, x.file_size);
		EXPECT_EQ(gth_table("version"), x.table_version);
		EXPECT_EQ(gth_table("generation"), x.generation);
		EXPECT_STREQ("kselftest", x.name);
		EXPECT_EQ(0, memcmp(x.digest, self->f.digest, sizeof(x.digest)));
		ASSERT_EQ(0, gth_explain(other.path, op, &x));
		EXPECT_EQ(GTH_ACTION_ALLOW, x.action);
		EXPECT_EQ(GTH_CLASS_UNKNOWN, x.class);
		EXPECT_EQ(GTH_SOURCE_NONE, x.source);
	}
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	EXPECT_EQ(0, gth_open(other.path, O_RDONLY));
}

TEST_F(device, explain_in_monitor_says_what_enforce_would_do)
{
	struct gth_explain x;

	ASSERT_EQ(0, gth_set("mode", "monitor"));
	ASSERT_EQ(0, gth_explain(self->f.path, GTH_OP_EXEC, &x));
	EXPECT_EQ(GTH_ACTION_ALLOW, x.action);
	EXPECT_EQ(GTH_ACTION_DENY, x.would);
	EXPECT_EQ(GTH_MODE_MONITOR, x.mode);
}

TEST_F(device, explain_names_the_reason)
{
	struct gth_explain x;

	ASSERT_EQ(0, gth_set("hooks/exec", "0"));
	ASSERT_EQ(0, gth_explain(self->f.path, GTH_OP_EXEC, &x));
	EXPECT_EQ(GTH_REASON_HOOK_OFF, x.reason);
	EXPECT_EQ(GTH_DOMAIN_NONE, x.domain);
	ASSERT_EQ(0, gth_set("open_scope", "none"));
	ASSERT_EQ(0, gth_explain(self->f.path, GTH_OP_OPEN, &x));
	EXPECT_EQ(GTH_REASON_SCOPE, x.reason);
	ASSERT_EQ(0, gth_set("mode", "off"));
	ASSERT_EQ(0, gth_explain(self->f.path, GTH_OP_MMAP, &x));
	EXPECT_EQ(GTH_REASON_MODE_OFF, x.reason);
	EXPECT_EQ(GTH_ACTION_ALLOW, x.action);
}

TEST_F(device, explain_changes_and_counts_nothing)
{
	gth_u64 denied = gth_stat("denied"), checks = gth_stat("slow");
	struct gth_explain x;

	ASSERT_EQ(0, gth_explain(self->f.path, GTH_OP_OPEN, &x));
	EXPECT_EQ(denied, gth_stat("denied"));
	EXPECT_EQ(checks, gth_stat("slow"));
}

TEST_F(device, explain_refuses_what_is_no_regular_file)
{
	struct gth_explain x;
	int pipe_fd[2];

	EXPECT_EQ(-EISDIR, gth_explain(self->place.dir, GTH_OP_OPEN, &x));
	EXPECT_EQ(-EISDIR, gth_explain("/dev/null", GTH_OP_OPEN, &x));
	ASSERT_EQ(0, pipe(pipe_fd));
	x = (struct gth_explain) { .size = sizeof(x), .fd = pipe_fd[0], .op = GTH_OP_OPEN };
	EXPECT_EQ(-EISDIR, call(self->fd, GTH_IOC_EXPLAIN, &x));
}

TEST_F(device, explain_refuses_odd_request)
{
	struct gth_explain good = { .size = sizeof(good), .op = GTH_OP_OPEN }, x;

	good.fd = gth_open_fd(self->f.path, O_PATH);
	ASSERT_LE(0, good.fd);
#define EDIT(field, value) (x = good, x.field = (value), call(self->fd, GTH_IOC_EXPLAIN, &x))
	EXPECT_EQ(-EINVAL, EDIT(op, GTH_OP_MAX));
	EXPECT_EQ(-EINVAL, EDIT(op, ~0U));
	EXPECT_EQ(-EINVAL, EDIT(size, 0));
	EXPECT_EQ(-EINVAL, EDIT(size, sizeof(good) + 8));
	EXPECT_EQ(-EBADF, EDIT(fd, -1));
	EXPECT_EQ(-EBADF, EDIT(fd, 1 << 20));
	EXPECT_EQ(0, EDIT(op, GTH_OP_EXEC));
}

/* Exempt */

TEST_F(device, exempt_process_is_not_denied_while_it_keeps_the_descriptor)
{
	gth_u64 exempted = gth_stat("exempted");

	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	ASSERT_EQ(0, call(self->fd, GTH_IOC_EXEMPT, NULL));
	EXPECT_EQ(0, gth_open(self->f.path, O_RDONLY));
	/* A second time does no harm. */
	ASSERT_EQ(0, call(self->fd, GTH_IOC_EXEMPT, NULL));
	EXPECT_EQ(0, gth_open(self->f.path, O_RDONLY));
	EXPECT_LE(exempted + 2, gth_stat("exempted"));
	close(self->fd);
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
}

TEST_F(device, exemption_is_not_inherited)
{
	pid_t pid;

	ASSERT_EQ(0, call(self->fd, GTH_IOC_EXEMPT, NULL));
	pid = fork();
	if (!pid)
		_exit(-gth_open(self->f.path, O_RDONLY));
	EXPECT_EQ(EPERM, gth_wait_child(pid));
	EXPECT_EQ(0, gth_open(self->f.path, O_RDONLY));
}

TEST_F(device, exemption_leaves_nothing_open_for_others)
{
	ASSERT_EQ(0, call(self->fd, GTH_IOC_EXEMPT, NULL));
	EXPECT_EQ(0, gth_open(self->f.path, O_RDONLY));
	/* The result for an exempt task is not kept with the file. */
	close(self->fd);
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	EXPECT_EQ(-EPERM, gth_exec(self->f.path));
}

TEST_F(device, so_many_are_exempt_and_no_more)
{
	int fd[EXEMPT_MAX + 1], i, n = 0, err = 0;
	char line[64];

	ASSERT_EQ(0, gth_read_line(GTH_ROOT "health/daemon", line, sizeof(line)));
	for (i = 0; i <= EXEMPT_MAX && !err; i++) {
		fd[i] = gth_device();
		ASSERT_LE(0, fd[i]);
		err = call(fd[i], GTH_IOC_EXEMPT, NULL);
		n += !err;
	}
	EXPECT_EQ(-EUSERS, err);
	EXPECT_EQ(strcmp(line, "present") ? EXEMPT_MAX : EXEMPT_MAX - 1, n);
	EXPECT_EQ(0, gth_open(self->f.path, O_RDONLY));
	/* One goes, another one may come. */
	close(fd[0]);
	EXPECT_EQ(0, call(fd[n], GTH_IOC_EXEMPT, NULL));
	for (i = 1; i <= n; i++)
		close(fd[i]);
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
}

TEST_HARNESS_MAIN
