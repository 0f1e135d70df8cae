// SPDX-License-Identifier: GPL-2.0-or-later
/* fault.c - kernels that can be told to fail (see gth.h and fault-injection.rst). */
#include "gth.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEBUGFS "/sys/kernel/debug/"

static int debugfs(const char *path, const char *value)
{
	char full[128];

	snprintf(full, sizeof(full), DEBUGFS "%s", path);
	return gth_write_file(full, value, strlen(value));
}

/* gth_fault_setup() - allocations that may wait can fail too; -ENOENT: not in this kernel */
int gth_fault_setup(void)
{
	int ret = debugfs("failslab/ignore-gfp-wait", "N");

	ret = ret ? ret : debugfs("failslab/verbose", "0");
	ret = ret ? ret : debugfs("fail_page_alloc/ignore-gfp-wait", "N");
	ret = ret ? ret : debugfs("fail_page_alloc/ignore-gfp-highmem", "N");
	ret = ret ? ret : debugfs("fail_page_alloc/min-order", "0");
	return ret ? ret : debugfs("fail_page_alloc/verbose", "0");
}

/* The calling thread's own file; it stays open, for opening could be what fails. */
static int nth_file(void)
{
	static __thread int fd = -1;
	static __thread pid_t owner;

	if (owner != gettid()) {
		owner = gettid();
		fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	}
	return fd;
}

/* gth_fault_arm() - of this thread's allocations from now on the nth fails; 0: none */
void gth_fault_arm(unsigned int nth)
{
	char text[16];
	int n = snprintf(text, sizeof(text), "%u", nth);

	if (pwrite(nth_file(), text, (size_t)n, 0) != n)
		abort();
}

/* gth_fault_struck() - did it fail? Disarms. */
bool gth_fault_struck(void)
{
	char text[16] = "";

	if (pread(nth_file(), text, sizeof(text) - 1, 0) <= 0)
		abort();
	gth_fault_arm(0);
	return !strtoul(text, NULL, 10);
}

/* gth_fault_function() - every call of a function by this task gives err; NULL ends that */
int gth_fault_function(const char *function, int err)
{
	char path[96], value[32];
	int ret;

	if (!function)
		return debugfs("fail_function/inject", "");
	ret = debugfs("fail_function/inject", function);
	snprintf(path, sizeof(path), "fail_function/%.48s/retval", function);
	snprintf(value, sizeof(value), "0x%llx", (gth_u64)err);
	ret = ret ? ret : debugfs(path, value);
	ret = ret ? ret : debugfs("fail_function/verbose", "0");
	ret = ret ? ret : debugfs("fail_function/probability", "100");
	ret = ret ? ret : debugfs("fail_function/interval", "1");
	ret = ret ? ret : debugfs("fail_function/times", "-1");
	ret = ret ? ret : debugfs("fail_function/task-filter", "Y");
	return ret ? ret : gth_write_file("/proc/self/make-it-fail", "1", 1);
}
