// SPDX-License-Identifier: GPL-2.0-or-later
/* sysfs.c - the files below /sys/kernel/gotthard/ (see sysfs.h). */
#include "lib/host/sysfs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/util/io.h"
#include "lib/util/number.h"

/* gth_sysfs_present() - is the module loaded, and not inert? */
bool gth_sysfs_present(void)
{
	return !access(GTH_SYSFS "/policy/mode", F_OK);
}

static int open_file(const char *name, int flags)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s/%s", GTH_SYSFS, name);
	int fd;

	if (n < 0 || (size_t)n >= sizeof(path))
		return -ENAMETOOLONG;
	fd = open(path, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/**
 * gth_sysfs_read() - a value without its newline
 * @name: below /sys/kernel/gotthard, such as "policy/mode"
 * @value: NUL-terminated
 * @size: of @value in bytes
 *
 * Return: its length, or -errno; -E2BIG: @size is too small.
 */
int gth_sysfs_read(const char *name, char *value, size_t size)
{
	int fd = open_file(name, O_RDONLY);
	ssize_t n;

	if (fd < 0)
		return fd;
	n = gth_read_full(fd, value, size);
	close(fd);
	if (n < 0)
		return (int)n;
	if ((size_t)n == size)
		return -E2BIG;
	if (n && value[n - 1] == '\n')
		n--;
	value[n] = '\0';
	return (int)n;
}

int gth_sysfs_read_u64(const char *name, unsigned long long *value)
{
	char text[32];
	int n = gth_sysfs_read(name, text, sizeof(text));

	return n < 0 ? n : gth_number_parse(text, ULLONG_MAX, value);
}

/* gth_sysfs_write() - set a value, in one write(2). 0 or -errno. */
int gth_sysfs_write(const char *name, const char *value)
{
	int fd = open_file(name, O_WRONLY);
	ssize_t n;
	int ret;

	if (fd < 0)
		return fd;
	n = write(fd, value, strlen(value));
	ret = n < 0 ? -errno : 0;
	close(fd);
	return ret;
}
