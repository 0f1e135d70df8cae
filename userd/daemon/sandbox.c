// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sandbox.c - user, capabilities and system calls of a child (see sandbox.h).
 *
 * The tables name the system calls that each role needs. A call that only an
 * intruder would make kills the process. Any other call fails with ENOSYS, as
 * on an older kernel, so that a library that tries something new falls back.
 */
#include "daemon/sandbox.h"

#include <cap-ng.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define STORE (1U << GTH_ROLE_STORE)
#define COURIER (1U << GTH_ROLE_COURIER)
#define DIALER (1U << GTH_ROLE_DIALER)
#define ALL (STORE | COURIER | DIALER)

struct call {
	unsigned int roles;
	int number;
};

/* clang-format off */
static const struct call allowed[] = {
	/* memory, time, signals, and their end */
	{ ALL, SCMP_SYS(brk) }, { ALL, SCMP_SYS(munmap) }, { ALL, SCMP_SYS(mremap) }, { ALL, SCMP_SYS(madvise) },
	{ ALL, SCMP_SYS(futex) }, { ALL, SCMP_SYS(clock_gettime) }, { ALL, SCMP_SYS(clock_nanosleep) },
	{ ALL, SCMP_SYS(nanosleep) }, { ALL, SCMP_SYS(gettimeofday) }, { ALL, SCMP_SYS(time) },
	{ ALL, SCMP_SYS(rt_sigaction) }, { ALL, SCMP_SYS(rt_sigprocmask) }, { ALL, SCMP_SYS(rt_sigreturn) },
	{ ALL, SCMP_SYS(sigaltstack) }, { ALL, SCMP_SYS(restart_syscall) }, { ALL, SCMP_SYS(exit) },
	{ ALL, SCMP_SYS(exit_group) }, { ALL, SCMP_SYS(getrandom) }, { ALL, SCMP_SYS(sched_yield) },
	{ ALL, SCMP_SYS(sched_getaffinity) }, { ALL, SCMP_SYS(set_robust_list) }, { ALL, SCMP_SYS(rseq) },
	{ ALL, SCMP_SYS(getpid) }, { ALL, SCMP_SYS(gettid) }, { ALL, SCMP_SYS(getppid) }, { ALL, SCMP_SYS(getuid) },
	{ ALL, SCMP_SYS(geteuid) }, { ALL, SCMP_SYS(getgid) }, { ALL, SCMP_SYS(getegid) }, { ALL, SCMP_SYS(uname) },
	{ ALL, SCMP_SYS(getrusage) }, { ALL, SCMP_SYS(sysinfo) },
	/* descriptors that are open */
	{ ALL, SCMP_SYS(read) }, { ALL, SCMP_SYS(readv) }, { ALL, SCMP_SYS(pread64) }, { ALL, SCMP_SYS(write) },
	{ ALL, SCMP_SYS(writev) }, { ALL, SCMP_SYS(close) }, { ALL, SCMP_SYS(lseek) }, { ALL, SCMP_SYS(fcntl) },
	{ ALL, SCMP_SYS(dup) }, { ALL, SCMP_SYS(fstat) }, { ALL, SCMP_SYS(newfstatat) }, { ALL, SCMP_SYS(poll) },
	{ ALL, SCMP_SYS(ppoll) }, { ALL, SCMP_SYS(recvmsg) }, { ALL, SCMP_SYS(sendmsg) },
	{ ALL, SCMP_SYS(recvfrom) }, { ALL, SCMP_SYS(sendto) }, { ALL, SCMP_SYS(getsockopt) },
	{ ALL, SCMP_SYS(getpeername) }, { ALL, SCMP_SYS(getsockname) }, { ALL, SCMP_SYS(shutdown) },
	{ COURIER | DIALER, SCMP_SYS(setsockopt) },
	/* files by name, for SQLite, libmagic, the spool and the journal */
	{ STORE, SCMP_SYS(open) }, { STORE, SCMP_SYS(openat) }, { STORE, SCMP_SYS(openat2) },
	{ STORE, SCMP_SYS(pwrite64) }, { STORE, SCMP_SYS(fsync) }, { STORE, SCMP_SYS(fdatasync) },
	{ STORE, SCMP_SYS(ftruncate) }, { STORE, SCMP_SYS(fallocate) }, { STORE, SCMP_SYS(rename) },
	{ STORE, SCMP_SYS(renameat) }, { STORE, SCMP_SYS(renameat2) }, { STORE, SCMP_SYS(link) },
	{ STORE, SCMP_SYS(linkat) }, { STORE, SCMP_SYS(unlink) }, { STORE, SCMP_SYS(unlinkat) },
	{ STORE, SCMP_SYS(mkdir) }, { STORE, SCMP_SYS(mkdirat) }, { STORE, SCMP_SYS(rmdir) },
	{ STORE, SCMP_SYS(getdents64) }, { STORE, SCMP_SYS(statfs) }, { STORE, SCMP_SYS(fstatfs) },
	{ STORE, SCMP_SYS(flock) }, { STORE, SCMP_SYS(fchmod) }, { STORE, SCMP_SYS(fchmodat) },
	{ STORE, SCMP_SYS(utimensat) }, { STORE, SCMP_SYS(umask) }, { STORE, SCMP_SYS(fadvise64) },
	{ STORE, SCMP_SYS(copy_file_range) }, { STORE, SCMP_SYS(sendfile) }, { STORE, SCMP_SYS(sync_file_range) },
	{ STORE | DIALER, SCMP_SYS(stat) }, { STORE | DIALER, SCMP_SYS(lstat) },
	{ STORE | DIALER, SCMP_SYS(statx) }, { STORE | DIALER, SCMP_SYS(access) },
	{ STORE | DIALER, SCMP_SYS(faccessat) }, { STORE | DIALER, SCMP_SYS(faccessat2) },
	{ STORE | DIALER, SCMP_SYS(readlink) }, { STORE | DIALER, SCMP_SYS(readlinkat) },
	{ STORE, SCMP_SYS(getcwd) }, { STORE, SCMP_SYS(chdir) }, { STORE, SCMP_SYS(fchdir) },
	{ STORE, SCMP_SYS(memfd_create) },
	/* waiting, the control socket, and libraries' threads and children */
	{ STORE, SCMP_SYS(accept) }, { STORE, SCMP_SYS(accept4) }, { STORE, SCMP_SYS(pipe2) },
	{ STORE, SCMP_SYS(eventfd2) }, { STORE, SCMP_SYS(signalfd4) }, { STORE, SCMP_SYS(timerfd_create) },
	{ STORE, SCMP_SYS(timerfd_settime) }, { STORE, SCMP_SYS(epoll_create1) }, { STORE, SCMP_SYS(epoll_ctl) },
	{ STORE, SCMP_SYS(epoll_wait) }, { STORE, SCMP_SYS(epoll_pwait) }, { STORE, SCMP_SYS(clone) },
	{ STORE, SCMP_SYS(wait4) }, { STORE, SCMP_SYS(setsid) },
	/* resolving and connecting; the resolver asks netlink for this machine's addresses */
	{ DIALER, SCMP_SYS(socket) }, { DIALER, SCMP_SYS(connect) }, { DIALER, SCMP_SYS(bind) },
	{ DIALER, SCMP_SYS(sendmmsg) }, { DIALER, SCMP_SYS(recvmmsg) },
};

/* No code of these roles makes these calls. */
static const struct call deadly[] = {
	{ ALL, SCMP_SYS(execve) }, { ALL, SCMP_SYS(execveat) }, { ALL, SCMP_SYS(ptrace) }, { ALL, SCMP_SYS(bpf) },
	{ ALL, SCMP_SYS(process_vm_readv) }, { ALL, SCMP_SYS(process_vm_writev) }, { ALL, SCMP_SYS(mount) },
	{ ALL, SCMP_SYS(umount2) }, { ALL, SCMP_SYS(setns) }, { ALL, SCMP_SYS(unshare) }, { ALL, SCMP_SYS(chroot) },
	{ ALL, SCMP_SYS(pivot_root) }, { ALL, SCMP_SYS(init_module) }, { ALL, SCMP_SYS(finit_module) },
	{ ALL, SCMP_SYS(delete_module) }, { ALL, SCMP_SYS(kexec_load) }, { ALL, SCMP_SYS(kexec_file_load) },
	{ ALL, SCMP_SYS(io_uring_setup) }, { ALL, SCMP_SYS(userfaultfd) }, { ALL, SCMP_SYS(perf_event_open) },
	{ ALL, SCMP_SYS(keyctl) }, { ALL, SCMP_SYS(add_key) }, { ALL, SCMP_SYS(setuid) }, { ALL, SCMP_SYS(setgid) },
	{ ALL, SCMP_SYS(setresuid) }, { ALL, SCMP_SYS(setresgid) }, { ALL, SCMP_SYS(capset) },
	{ ALL, SCMP_SYS(listen) }, { STORE, SCMP_SYS(connect) }, { STORE | COURIER, SCMP_SYS(bind) },
	{ COURIER, SCMP_SYS(socket) }, { COURIER, SCMP_SYS(open) }, { COURIER, SCMP_SYS(openat) },
	{ COURIER, SCMP_SYS(openat2) }, { COURIER, SCMP_SYS(creat) }, { COURIER, SCMP_SYS(accept4) },
	{ COURIER | DIALER, SCMP_SYS(fork) }, { COURIER | DIALER, SCMP_SYS(vfork) },
	{ COURIER | DIALER, SCMP_SYS(unlink) }, { COURIER | DIALER, SCMP_SYS(unlinkat) },
	{ COURIER | DIALER, SCMP_SYS(rename) }, { COURIER | DIALER, SCMP_SYS(renameat2) },
};
/* clang-format on */

static int add_calls(scmp_filter_ctx ctx, unsigned int role, const struct call *calls, size_t n,
		     uint32_t action)
{
	int err = 0;

	for (size_t i = 0; i < n && !err; i++)
		if (calls[i].roles & role)
			err = seccomp_rule_add(ctx, action, calls[i].number, 0);
	return err;
}

/*
 * No memory becomes code. The dialer is the exception: the resolver loads modules at its first use.
 */
static int add_memory(scmp_filter_ctx ctx, unsigned int role)
{
	int err;

	if (role == DIALER) {
		err = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 0);
		return err ? err : seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 0);
	}
	err = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
			       SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	return err ? err
		   : seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
				      SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
}

static int add_special(scmp_filter_ctx ctx, unsigned int role)
{
	/*
	 * To look up an owner's name, glibc tries nscd's socket first. An error makes it read the
	 * files.
	 */
	if (role == STORE) {
		int err = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(socket), 1,
					   SCMP_A0(SCMP_CMP_EQ, AF_UNIX, 0));

		return err ? err
			   : seccomp_rule_add(ctx, SCMP_ACT_KILL_PROCESS, SCMP_SYS(socket), 1,
					      SCMP_A0(SCMP_CMP_NE, AF_UNIX, 0));
	}
	/*
	 * libcurl 7.88 calls connect() even on sockets that are connected. The call is not
	 * executed; "in progress" makes libcurl check the socket and find it connected.
	 */
	if (role == COURIER)
		return seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EINPROGRESS), SCMP_SYS(connect), 0);
	/* hosts, resolv.conf and nsswitch.conf are read, never written */
	if (role == DIALER) {
		int err = seccomp_rule_add(
			ctx, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
			SCMP_A2(SCMP_CMP_MASKED_EQ, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY));

		return err ? err
			   : seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
					      SCMP_A1(SCMP_CMP_EQ, FIONREAD, 0));
	}
	return 0;
}

static int filter(unsigned int role)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
	int err;

	if (!ctx)
		return -ENOMEM;
	err = add_calls(ctx, role, allowed, sizeof(allowed) / sizeof(*allowed), SCMP_ACT_ALLOW);
	if (!err)
		err = add_calls(ctx, role, deadly, sizeof(deadly) / sizeof(*deadly),
				SCMP_ACT_KILL_PROCESS);
	if (!err)
		err = add_memory(ctx, role);
	if (!err)
		err = add_special(ctx, role);
	if (!err)
		err = seccomp_load(ctx);
	seccomp_release(ctx);
	return err;
}

/**
 * gth_sandbox_become() - become another user, with that user's own group alone and without
 * capabilities
 * @user: name; if this process is not root, it must be that user already
 *
 * A change of user clears PR_SET_PDEATHSIG, so it is set again.
 *
 * Return: 0; -ENOENT: there is no such user; -EPERM; -ESRCH: the parent ended meanwhile; another
 * errno.
 */
int gth_sandbox_become(const char *user)
{
	const struct passwd *to;
	pid_t parent = getppid();
	int err;

	errno = 0;
	to = getpwnam(user);
	if (!to)
		return errno && errno != ESRCH && errno != EBADF && errno != EPERM ? -errno
										   : -ENOENT;
	if (geteuid() && geteuid() != to->pw_uid)
		return -EPERM;
	capng_clear(CAPNG_SELECT_ALL);
	if (geteuid())
		err = capng_apply(CAPNG_SELECT_CAPS);
	else
		err = capng_change_id((int)to->pw_uid, (int)to->pw_gid,
				      CAPNG_DROP_SUPP_GRP | CAPNG_CLEAR_BOUNDING |
					      CAPNG_CLEAR_AMBIENT);
	if (err || geteuid() != to->pw_uid || getuid() != to->pw_uid)
		return -EPERM;
	if (capng_get_caps_process() ||
	    (to->pw_uid && capng_have_capabilities(CAPNG_SELECT_CAPS) != CAPNG_NONE))
		return -EPERM;
	if (prctl(PR_SET_PDEATHSIG, SIGKILL))
		return -errno;
	return getppid() == parent ? 0 : -ESRCH;
}

/* gth_sandbox_enclose() - permit only the system calls that the role needs. 0 or -errno. */
int gth_sandbox_enclose(enum gth_role role)
{
	const struct rlimit none = { 0, 0 };

	if (setrlimit(RLIMIT_CORE, &none) || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -errno;
	return filter(1U << role);
}
