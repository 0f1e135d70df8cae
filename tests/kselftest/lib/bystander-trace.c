// SPDX-License-Identifier: GPL-2.0-or-later
/* bystander-trace.c - deeds with tracing, and the machine is sent to sleep (see waits.h). */
#include "waits.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/suspend_ioctls.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define TRACING "/sys/kernel/tracing"
#define INSTANCE TRACING "/instances/gth"
/* Called for reads of /proc/uptime, and for nothing else. */
#define FUNCTION "uptime_proc_show"
#define PROBE "gth_bystander"

static int put(const char *dir, const char *name, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return gth_write_file(path, text, strlen(text));
}

/* The function is called, and that is in the trace. */
static int see(const char *dir, const char *word)
{
	char path[128], line[128];
	int ret = gth_read_line("/proc/uptime", line, sizeof(line));

	snprintf(path, sizeof(path), "%s/trace", dir);
	if (ret)
		return ret;
	return gth_lines_with(path, word) > 0 ? 0 : -EIO;
}

static long trace(const char *dir)
{
	char path[128];
	int ret, back;
	long start;

	if (gth_lines_with(TRACING "/available_tracers", "function") <= 0)
		return -EOPNOTSUPP;
	ret = put(dir, "set_ftrace_filter", FUNCTION);
	if (ret)
		return ret;
	start = gth_ms();
	ret = put(dir, "current_tracer", "function");
	ret = ret ? ret : see(dir, FUNCTION);
	back = put(dir, "current_tracer", "nop");
	ret = ret ? ret : back;
	start = gth_ms() - start;
	snprintf(path, sizeof(path), "%s/set_ftrace_filter", dir);
	ret = ret ? ret : gth_open(path, O_WRONLY | O_TRUNC);
	return ret ? ret : start;
}

long gth_deed_tracer(const struct gth_waiters *w)
{
	(void)w;
	return trace(TRACING);
}

/* Its memory can be freed, so the kernel has to wait until no task is in the trampoline. */
long gth_deed_tracer_of_instance(const struct gth_waiters *w)
{
	long ret;

	(void)w;
	if (access(TRACING "/instances", F_OK))
		return -EOPNOTSUPP;
	if (mkdir(INSTANCE, 0755))
		return -errno;
	ret = trace(INSTANCE);
	if (rmdir(INSTANCE))
		return -errno;
	return ret;
}

long gth_deed_kprobe(const struct gth_waiters *w)
{
	long start = gth_ms();
	int ret;

	(void)w;
	if (access(TRACING "/kprobe_events", F_OK))
		return -EOPNOTSUPP;
	ret = put(TRACING, "kprobe_events", "p:" PROBE " " FUNCTION);
	ret = ret ? ret : put(TRACING, "events/kprobes/" PROBE "/enable", "1");
	ret = ret ? ret : see(TRACING, PROBE);
	ret = ret ? ret : put(TRACING, "events/kprobes/" PROBE "/enable", "0");
	ret = ret ? ret : put(TRACING, "kprobe_events", "-:" PROBE);
	return ret ? ret : gth_ms() - start;
}

#define POWER "/sys/power"
#define PM_TEST_MS 5000 /* it stays frozen so long */

static long freeze_by_pm_test(void)
{
	long start;
	int ret = put(POWER, "pm_test", "freezer"), back;

	if (ret)
		return ret;
	start = gth_ms();
	ret = put(POWER, "state", "freeze");
	start = gth_ms() - start;
	back = put(POWER, "pm_test", "none");
	if (ret || back)
		return ret ? ret : back;
	return start > PM_TEST_MS ? start - PM_TEST_MS : 0;
}

/* The first step of a hibernation, and back. */
static long freeze_by_snapshot(void)
{
	int fd = open("/dev/snapshot", O_RDONLY | O_CLOEXEC), ret;
	long start;

	if (fd < 0)
		return errno == ENOENT ? -EOPNOTSUPP : -errno;
	start = gth_ms();
	ret = ioctl(fd, SNAPSHOT_FREEZE) || ioctl(fd, SNAPSHOT_UNFREEZE) ? -errno : 0;
	start = gth_ms() - start;
	close(fd);
	return ret ? ret : start;
}

/* All tasks of user space, as before the machine sleeps. */
long gth_deed_freeze(const struct gth_waiters *w)
{
	(void)w;
	return access(POWER "/pm_test", F_OK) ? freeze_by_snapshot() : freeze_by_pm_test();
}
