// SPDX-License-Identifier: GPL-2.0-or-later
/* sandbox.c - what a confined process of the daemon can still do, and what kills it. */
#include <cap-ng.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/sandbox.h"
#include "tap.h"

#define NOT_CONFINED 99
#define FAILED 98

static const char *user(void)
{
	return geteuid() ? getpwuid(geteuid())->pw_name : "nobody";
}

/* Does @deed in a process of that role. Return: its wait status. */
static int in_role(enum gth_role role, int (*deed)(void))
{
	int status = -1;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		if (gth_sandbox_become(user()) || gth_sandbox_enclose(role))
			_exit(NOT_CONFINED);
		_exit(deed());
	}
	waitpid(pid, &status, 0);
	return status;
}

static void dies(enum gth_role role, int (*deed)(void), const char *name)
{
	int status = in_role(role, deed);

	if (!tap_ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS, name))
		tap_note("wait status %#x", (unsigned int)status);
}

static void lives(enum gth_role role, int (*deed)(void), const char *name)
{
	int status = in_role(role, deed);

	if (!tap_ok(WIFEXITED(status) && !WEXITSTATUS(status), name))
		tap_note("wait status %#x", (unsigned int)status);
}

/* The calls are made as they are: the C library, or a sanitizer, might come between. */
static int make_socket(void)
{
	return syscall(SYS_socket, AF_INET, SOCK_STREAM, 0) < 0 ? FAILED : 0;
}

static int ask_cache(void)
{
	return syscall(SYS_socket, AF_UNIX, SOCK_STREAM, 0) < 0 && errno == EACCES ? 0 : FAILED;
}

static int open_file(void)
{
	return syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY) < 0 ? FAILED : 0;
}

static int write_file(void)
{
	return syscall(SYS_openat, AT_FDCWD, "/dev/null", O_WRONLY) < 0 && errno == ENOSYS ? 0
											   : FAILED;
}

static int execute(void)
{
	char *const nothing[] = { NULL };

	syscall(SYS_execve, "/bin/true", nothing, nothing);
	return FAILED;
}

static int trace(void)
{
	syscall(SYS_ptrace, 0, 0, 0, 0);
	return FAILED;
}

static int load_program(void)
{
	syscall(SYS_bpf, 0, 0, 0);
	return FAILED;
}

static int listen_to(void)
{
	syscall(SYS_listen, 0, 1);
	return FAILED;
}

static int make_code(void)
{
	long p = syscall(SYS_mmap, NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == -1 && errno == ENOSYS ? 0 : FAILED;
}

static int connect_somewhere(void)
{
	return syscall(SYS_connect, 0, NULL, 0) < 0 && errno == EINPROGRESS ? 0 : FAILED;
}

static int do_what_is_new(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0, 0) < 0 && errno == ENOSYS ? 0 : FAILED;
}

static void test_rights(void)
{
	int status = -1, signal = 0;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		if (gth_sandbox_become(user()))
			_exit(NOT_CONFINED);
		if (prctl(PR_GET_PDEATHSIG, &signal) || signal != SIGKILL)
			_exit(1);
		if (capng_get_caps_process() ||
		    capng_have_capabilities(CAPNG_SELECT_CAPS) != CAPNG_NONE || !geteuid())
			_exit(2);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	if (!tap_ok(!status, "no_capability_is_left_and_the_parent's_death_kills"))
		tap_note("wait status %#x", (unsigned int)status);
}

int main(void)
{
	tap_is(gth_sandbox_become("gth-nobody-has-this-name"), -ENOENT, "unknown_user_is_told");
	test_rights();

	dies(GTH_ROLE_COURIER, make_socket, "courier_dies_of_socket");
	dies(GTH_ROLE_COURIER, open_file, "courier_dies_of_open");
	dies(GTH_ROLE_COURIER, execute, "courier_dies_of_execve");
	dies(GTH_ROLE_COURIER, trace, "courier_dies_of_ptrace");
	dies(GTH_ROLE_COURIER, load_program, "courier_dies_of_bpf");
	dies(GTH_ROLE_COURIER, listen_to, "courier_dies_of_listen");
	lives(GTH_ROLE_COURIER, connect_somewhere, "courier_cannot_connect");
	lives(GTH_ROLE_COURIER, make_code, "courier_gets_no_memory_for_code");
	lives(GTH_ROLE_COURIER, do_what_is_new, "courier_sees_an_older_kernel");

	dies(GTH_ROLE_STORE, make_socket, "store_dies_of_socket");
	dies(GTH_ROLE_STORE, execute, "store_dies_of_execve");
	dies(GTH_ROLE_STORE, trace, "store_dies_of_ptrace");
	dies(GTH_ROLE_STORE, load_program, "store_dies_of_bpf");
	lives(GTH_ROLE_STORE, ask_cache, "store_looks_names_up_without_their_cache");
	lives(GTH_ROLE_STORE, open_file, "store_opens_files");
	lives(GTH_ROLE_STORE, make_code, "store_gets_no_memory_for_code");

	dies(GTH_ROLE_DIALER, execute, "dialer_dies_of_execve");
	dies(GTH_ROLE_DIALER, listen_to, "dialer_dies_of_listen");
	lives(GTH_ROLE_DIALER, make_socket, "dialer_makes_sockets");
	lives(GTH_ROLE_DIALER, open_file, "dialer_reads_the_resolver's_files");
	lives(GTH_ROLE_DIALER, write_file, "dialer_writes_no_file");
	return tap_done();
}
