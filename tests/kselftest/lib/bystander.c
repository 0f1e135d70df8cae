// SPDX-License-Identifier: GPL-2.0-or-later
/* bystander.c - deeds with cgroups and processors (see waits.h). */
#include "waits.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROOT "/sys/fs/cgroup"
#define OURS ROOT "/gth"
#define WAITERS OURS "/waiters"
#define OTHER OURS "/other"
#define NEW OURS "/new"

static pid_t sleeper;

static int put(const char *path, const char *text)
{
	return gth_write_file(path, text, strlen(text));
}

static int put_pid(const char *path, pid_t pid)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", pid);
	return put(path, text);
}

static bool has_cpuset(const char *cgroup)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/cgroup.controllers", cgroup);
	return gth_lines_with(path, "cpuset") > 0;
}

/* Its last task may still be ending. */
static bool removed(void *path)
{
	return !rmdir(path) || errno == ENOENT;
}

/* gth_cgroups_remove() - also those that a test has left behind */
void gth_cgroups_remove(void)
{
	char *const path[] = { NEW, OTHER, WAITERS, OURS };

	for (size_t i = 0; i < sizeof(path) / sizeof(*path); i++)
		gth_wait_until(removed, path[i]);
	if (has_cpuset(ROOT))
		put(ROOT "/cgroup.subtree_control", "-cpuset");
}

/* gth_cgroups_make() - and the bystander, in its own */
int gth_cgroups_make(void)
{
	gth_cgroups_remove();
	if (mkdir(OURS, 0755) || mkdir(WAITERS, 0755) || mkdir(OTHER, 0755))
		return -errno;
	if (has_cpuset(ROOT) && put(ROOT "/cgroup.subtree_control", "+cpuset"))
		return -EIO;
	fflush(stdout);
	sleeper = fork();
	if (!sleeper) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close_range(3, ~0U, 0);
		for (;;)
			pause();
	}
	return sleeper < 0 ? -errno : put_pid(OTHER "/cgroup.procs", sleeper);
}

/* gth_cgroups_join() - this process becomes one of the waiters' */
void gth_cgroups_join(void)
{
	put(WAITERS "/cgroup.procs", "0");
}

pid_t gth_bystander(void)
{
	return sleeper;
}

static pid_t subject(const struct gth_waiters *w)
{
	return w->n ? w->pid[0] : sleeper;
}

static int make_and_remove(void)
{
	return mkdir(NEW, 0755) || rmdir(NEW) ? -errno : 0;
}

long gth_deed_cgroup(const struct gth_waiters *w)
{
	long start = gth_ms();
	int ret = make_and_remove();

	(void)w;
	return ret ? ret : gth_ms() - start;
}

static int enable(void)
{
	if (!has_cpuset(OURS))
		return -EOPNOTSUPP;
	return put(OURS "/cgroup.subtree_control", "+cpuset");
}

static int disable(void)
{
	return put(OURS "/cgroup.subtree_control", "-cpuset");
}

/* Each task has to leave its processor once. */
static int set_cpus(const char *cgroup)
{
	static const char *const cpus[] = { "0", "1", "0-1" };
	char path[64], line[64];
	int ret;

	for (size_t i = 0; i < sizeof(cpus) / sizeof(*cpus); i++) {
		snprintf(path, sizeof(path), "%s/cpuset.cpus", cgroup);
		ret = put(path, cpus[i]);
		if (ret)
			return ret;
		snprintf(path, sizeof(path), "%s/cpuset.cpus.effective", cgroup);
		ret = gth_read_line(path, line, sizeof(line));
		if (ret || strcmp(line, cpus[i]))
			return ret ? ret : -EIO;
	}
	return 0;
}

long gth_deed_cpuset(const struct gth_waiters *w)
{
	long start = gth_ms();
	int ret = enable();

	(void)w;
	if (ret)
		return ret;
	ret = set_cpus(OTHER);
	ret = ret ? ret : set_cpus(WAITERS);
	ret = ret ? ret : disable();
	return ret ? ret : gth_ms() - start;
}

/* The longest of many times, while the waiters are sent from one processor to the other. */
long gth_deed_cgroup_beside_cpuset(const struct gth_waiters *w)
{
	long longest = 0, took;
	int ret = enable(), status;
	pid_t pid;

	(void)w;
	if (ret)
		return ret;
	fflush(stdout);
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (int i = 0; i < 3 && !ret; i++)
			ret = set_cpus(WAITERS);
		_exit(ret ? 1 : 0);
	}
	do {
		long start = gth_ms();

		ret = make_and_remove();
		took = gth_ms() - start;
		longest = took > longest ? took : longest;
	} while (!ret && !waitpid(pid, &status, WNOHANG));
	if (!ret && (!WIFEXITED(status) || WEXITSTATUS(status)))
		ret = -EIO;
	ret = ret ? ret : disable();
	return ret ? ret : longest;
}

/* A task goes to a cgroup that has one processor, and again when it has the other. */
long gth_deed_move(const struct gth_waiters *w)
{
	static const char *const cpus[] = { "0", "1" };
	pid_t pid = subject(w);
	int ret = enable();
	bool cpuset = !ret;
	long start;

	if (ret && ret != -EOPNOTSUPP)
		return ret;
	start = gth_ms();
	ret = put_pid(WAITERS "/cgroup.procs", pid);
	for (int i = 0; i < 2 && !ret; i++) {
		ret = cpuset ? put(OTHER "/cpuset.cpus", cpus[i]) : 0;
		ret = ret ? ret : put_pid(OTHER "/cgroup.procs", pid);
		ret = ret ? ret : put_pid(WAITERS "/cgroup.procs", pid);
	}
	start = gth_ms() - start;
	if (!ret && pid == sleeper)
		ret = put_pid(OTHER "/cgroup.procs", pid);
	if (!ret && cpuset)
		ret = disable();
	return ret ? ret : start;
}

static bool is_frozen(void *arg)
{
	(void)arg;
	return gth_lines_with(OTHER "/cgroup.events", "frozen 1") > 0;
}

static bool is_thawed(void *arg)
{
	(void)arg;
	return gth_lines_with(OTHER "/cgroup.events", "frozen 0") > 0;
}

long gth_deed_cgroup_freeze(const struct gth_waiters *w)
{
	long start = gth_ms();
	int ret;

	(void)w;
	if (access(OTHER "/cgroup.freeze", F_OK))
		return -EOPNOTSUPP;
	ret = put(OTHER "/cgroup.freeze", "1");
	if (ret || !gth_wait_until(is_frozen, NULL))
		return ret ? ret : -ETIME;
	ret = put(OTHER "/cgroup.freeze", "0");
	if (ret || !gth_wait_until(is_thawed, NULL))
		return ret ? ret : -ETIME;
	return gth_ms() - start;
}

#define FEW 5

long gth_deed_affinity(const struct gth_waiters *w)
{
	long start = gth_ms();
	unsigned int n = w->n ? (w->n < FEW ? w->n : FEW) : 1;
	cpu_set_t set;

	for (unsigned int i = 0; i < n; i++)
		for (int cpu = 0; cpu < 2; cpu++) {
			CPU_ZERO(&set);
			CPU_SET(cpu, &set);
			/* A waiter that begins anew may be another process by now. */
			if (sched_setaffinity(w->n ? w->pid[i] : sleeper, sizeof(set), &set) &&
			    !(w->n && errno == ESRCH))
				return -errno;
		}
	return gth_ms() - start;
}

#define PROCESSOR "/sys/devices/system/cpu/cpu1/online"

long gth_deed_processor(const struct gth_waiters *w)
{
	long start = gth_ms();
	bool one;
	int ret;

	(void)w;
	if (access(PROCESSOR, F_OK))
		return -EOPNOTSUPP;
	ret = put(PROCESSOR, "0");
	if (ret)
		return ret;
	one = sysconf(_SC_NPROCESSORS_ONLN) == 1;
	ret = put(PROCESSOR, "1");
	if (!ret && !one)
		ret = -EIO;
	return ret ? ret : gth_ms() - start;
}
