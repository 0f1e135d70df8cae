// SPDX-License-Identifier: GPL-2.0-or-later
/* confine.c - user, limits and system calls of a process of its own (see confine.h). */
#include "confine.h"

#include <errno.h>
#include <grp.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define NOBODY 65534

static int limit(int what, uint64_t value)
{
	struct rlimit l = { value, value };

	return setrlimit(what, &l) ? -errno : 0;
}

/**
 * region_confine_drop() - become user nobody if it is root, set limits, and end
 * with the parent
 *
 * Writing too much to a file fails with EFBIG, without a signal. Return: 0 or
 * an errno.
 */
int region_confine_drop(const struct region_bounds *b)
{
	int err;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || prctl(PR_SET_DUMPABLE, 0))
		return -errno;
	if (!geteuid() && (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) ||
			   setresuid(NOBODY, NOBODY, NOBODY)))
		return -errno;
	/* A change of credentials clears it. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -errno;
	signal(SIGXFSZ, SIG_IGN);
	err = limit(RLIMIT_FSIZE, b->file);
	if (!err)
		err = limit(RLIMIT_AS, b->memory);
	if (!err)
		err = limit(RLIMIT_CPU, b->cpu);
	if (!err)
		err = limit(RLIMIT_CORE, 0);
	if (!err)
		err = limit(RLIMIT_NPROC, 0);
	return err ? err : limit(RLIMIT_NOFILE, b->files);
}

/**
 * region_confine_calls() - permit memory without code, writing to open files,
 * and exit
 * @more: system calls that are allowed as well, @n of them
 * @otherwise: SCMP_ACT_… for all others
 *
 * Return: 0 or an errno.
 */
int region_confine_calls(const int *more, size_t n, uint32_t otherwise)
{
	static const int calls[] = { SCMP_SYS(write),	SCMP_SYS(exit),	       SCMP_SYS(exit_group),
				     SCMP_SYS(brk),	SCMP_SYS(munmap),      SCMP_SYS(mremap),
				     SCMP_SYS(madvise), SCMP_SYS(futex),       SCMP_SYS(getrandom),
				     SCMP_SYS(getpid),	SCMP_SYS(rt_sigreturn) };
	scmp_filter_ctx filter = seccomp_init(otherwise);
	int err = filter ? 0 : -ENOMEM;

	for (size_t i = 0; !err && i < sizeof(calls) / sizeof(calls[0]); i++)
		err = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
	for (size_t i = 0; !err && i < n; i++)
		err = seccomp_rule_add(filter, SCMP_ACT_ALLOW, more[i], 0);
	if (!err)
		err = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2,
				       SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
				       SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS));
	if (!err)
		err = seccomp_load(filter);
	seccomp_release(filter);
	return err;
}
