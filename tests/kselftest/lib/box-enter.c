// SPDX-License-Identifier: GPL-2.0-or-later
/* box-enter.c - how sandboxes other than Landlock's are entered (see box.h). */
#include "box.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "stress.h"

int gth_enter_as_user(struct gth_boxed *b)
{
	(void)b;
	return gth_become_user() ? -EPERM : 0;
}

/* Root is not bound by every limit. */
int gth_enter_limit(struct gth_boxed *b)
{
	const struct rlimit limit = { .rlim_cur = b->box->m, .rlim_max = b->box->m };

	if (setrlimit((__rlimit_resource_t)b->box->n, &limit))
		return -errno;
	return gth_enter_as_user(b);
}

int gth_enter_full_table(struct gth_boxed *b)
{
	const struct rlimit limit = { .rlim_cur = 64, .rlim_max = 64 };

	if (setrlimit(RLIMIT_NOFILE, &limit))
		return -errno;
	while (dup(1) >= 0)
		;
	return errno == EMFILE ? gth_enter_as_user(b) : -errno;
}

/* Is there room for one file and no more? The count is exact only now and then. */
static bool one_file_is_left(void)
{
	char text[64] = "";
	int first, second;

	if (gth_read_line("/proc/sys/fs/file-nr", text, sizeof(text)))
		return false;
	*strchrnul(text, '\t') = '\0';
	if (gth_write_file(GTH_FILE_MAX, text, strlen(text)) || seteuid(GTH_USER))
		return false;
	first = gth_open_fd("/", O_PATH);
	second = gth_open_fd("/", O_PATH);
	if (first >= 0)
		close(first);
	if (second >= 0)
		close(second);
	return !seteuid(0) && first >= 0 && second == -ENFILE;
}

#define PARKED 64
#define STEP 8

static int run_on(unsigned int processor)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(processor, &set);
	return sched_setaffinity(0, sizeof(set), &set) ? -errno : 0;
}

static void open_many(int fd[PARKED])
{
	for (unsigned int i = 0; i < PARKED; i++)
		fd[i] = gth_open_fd("/", O_PATH);
}

/*
 * The system has room for one file more: the task's own takes it.
 *
 * The limit is looked at only when the common part of the count reaches it. Up to 31
 * files are in each processor's own part instead, so that has to become negative:
 * files that were opened on a processor are closed there, one by one on the first, and
 * some for each such sweep on the second.
 */
int gth_enter_last_file(struct gth_boxed *b)
{
	int here[PARKED], there[PARKED];
	unsigned int i, k;

	run_on(1);
	open_many(there);
	for (i = 0; i <= PARKED; i += STEP) {
		if (run_on(0))
			return -errno;
		open_many(here);
		for (k = 0; k < PARKED; k++) {
			close(here[k]);
			if (one_file_is_left())
				return gth_enter_as_user(b);
		}
		run_on(1);
		for (k = i; k < i + STEP && k < PARKED; k++)
			close(there[k]);
	}
	return -EDOM;
}

#define KILLS(name)                                                                                \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, 1),                                     \
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)

int gth_enter_seccomp(struct gth_boxed *b)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		KILLS(open),
		KILLS(openat),
		KILLS(openat2),
		KILLS(read),
		KILLS(pread64),
		KILLS(readv),
		KILLS(preadv),
		KILLS(preadv2),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = sizeof(filter) / sizeof(filter[0]), .filter = filter };

	(void)b;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		return -errno;
	return 0;
}

int gth_enter_without_capabilities(struct gth_boxed *b)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[2] = { { 0 } };
	unsigned long cap;

	(void)b;
	for (cap = 0; cap <= CAP_LAST_CAP; cap++)
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) && errno != EINVAL)
			return -errno;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || syscall(SYS_capset, &head, none))
		return -errno;
	return prctl(PR_CAPBSET_READ, CAP_DAC_OVERRIDE, 0, 0, 0) ? -EDOM : 0;
}

int gth_enter_idle(struct gth_boxed *b)
{
	const struct sched_param p = { 0 };

	(void)b;
	if (sched_setscheduler(0, SCHED_IDLE, &p))
		return -errno;
	return sched_getscheduler(0) == SCHED_IDLE ? 0 : -EDOM;
}

/* Return: -EDOM: no tracer traces this task. */
static int is_traced(void)
{
	return gth_lines_with("/proc/self/status", "TracerPid:\t0") ? -EDOM : 0;
}

int gth_enter_traceme(struct gth_boxed *b)
{
	(void)b;
	return ptrace(PTRACE_TRACEME, 0, NULL, NULL) ? -errno : is_traced();
}

int gth_enter_seized(struct gth_boxed *b)
{
	(void)b;
	return is_traced();
}

int gth_attend_seize(pid_t child)
{
	return ptrace(PTRACE_SEIZE, child, NULL, (void *)PTRACE_O_TRACEEXEC) ? -errno : 0;
}

int gth_enter_cgroup(struct gth_boxed *b)
{
	(void)b;
	return gth_write_file(GTH_BOX_CGROUP "/cgroup.procs", "0", 1);
}

int gth_enter_profile(struct gth_boxed *b)
{
	char text[64];

	snprintf(text, sizeof(text), "changeprofile %s", b->box->name);
	return gth_write_file("/proc/self/attr/current", text, strlen(text));
}
