// SPDX-License-Identifier: GPL-2.0-or-later
/* process.c - programs that a test starts, and the daemon (see gth.h). */
#include "gth.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* gth_spawn() - stdout and stderr go to a file, which is made anew; in a session of its own */
pid_t gth_spawn(const char *const argv[], const char *output)
{
	pid_t pid = fork();

	if (!pid) {
		int fd = open(output, O_WRONLY | O_CREAT | O_TRUNC, 0644);

		if (fd < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0)
			_exit(126);
		setsid();
		execv(argv[0], (char *const *)argv);
		_exit(127);
	}
	return pid;
}

int gth_run(const char *const argv[], const char *output)
{
	pid_t pid = gth_spawn(argv, output);

	return pid < 0 ? -EAGAIN : gth_wait_child(pid);
}

/* A zombie has no executable any more. */
static bool lives(const char *pid)
{
	char path[300], link[8];

	snprintf(path, sizeof(path), "/proc/%s/exe", pid);
	return readlink(path, link, sizeof(link)) > 0;
}

/* gth_daemon() - the pid of gotthardd; 0: none runs */
pid_t gth_daemon(void)
{
	char path[300], name[64];
	struct dirent *entry;
	DIR *d = opendir("/proc");
	pid_t pid = 0;

	while (d && !pid && (entry = readdir(d))) {
		if (*entry->d_name < '1' || *entry->d_name > '9')
			continue;
		snprintf(path, sizeof(path), "/proc/%s/comm", entry->d_name);
		if (!gth_read_line(path, name, sizeof(name)) && !strcmp(name, "gotthardd") &&
		    lives(entry->d_name))
			pid = atoi(entry->d_name);
	}
	if (d)
		closedir(d);
	return pid;
}

static bool gone(void *arg)
{
	(void)arg;
	return !gth_daemon();
}

/*
 * gth_end_daemon() - true: one ran, and no longer does
 *
 * A task gives up its executable first and its descriptors later. The pidfd
 * tells when the last thread is a zombie, which holds no descriptor any more.
 */
bool gth_end_daemon(int signal)
{
	pid_t pid = gth_daemon();
	struct pollfd p = { .fd = pid ? (int)syscall(SYS_pidfd_open, pid, 0) : -1,
			    .events = POLLIN };
	bool ended = p.fd >= 0 && !kill(pid, signal) && poll(&p, 1, GTH_PATIENCE * 1000) == 1;

	if (p.fd >= 0)
		close(p.fd);
	return ended && gth_wait_until(gone, NULL);
}

/* gth_drop_sys_admin() - for good, but the other capabilities stay */
int gth_drop_sys_admin(void)
{
	struct __user_cap_header_struct h = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct d[2];

	if (syscall(SYS_capget, &h, d))
		return -errno;
	d[0].effective &= ~(1U << CAP_SYS_ADMIN);
	d[0].permitted &= ~(1U << CAP_SYS_ADMIN);
	return syscall(SYS_capset, &h, d) ? -errno : 0;
}
