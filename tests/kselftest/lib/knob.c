// SPDX-License-Identifier: GPL-2.0-or-later
/* knob.c - the knobs as the ABI has them, and the files of sysfs (see gth.h). */
#include "gth.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const modes[] = { "off", "monitor", "enforce", NULL };
static const char *const actions[] = { "allow", "deny", NULL };
static const char *const holds[] = { "allow", "deny", "hold", NULL };
static const char *const scopes[] = { "all", "code", "none", NULL };
static const char *const unversioned[] = { "hash", "skip", NULL };
static const char *const fuse[] = { "unknown", "hash", NULL };

const struct gth_knob gth_knobs[] = {
	/* first: nothing is denied while the others are put back */
	{ "mode", modes, 0, 0, "monitor" },
	{ "malicious", actions, 0, 0, "deny" },
	{ "suspicious", actions, 0, 0, "allow" },
	{ "open_scope", scopes, 0, 0, "code" },
	{ "open_unknown", holds, 0, 0, "allow" },
	{ "exec_unknown", holds, 0, 0, "allow" },
	{ "kernel_unknown", holds, 0, 0, "allow" },
	{ "hold_timeout_ms", NULL, 1, 30000, "5000" },
	{ "hold_expired", actions, 0, 0, "allow" },
	{ "no_daemon", actions, 0, 0, "allow" },
	{ "max_hash_bytes", NULL, 4096, 1ULL << 40, "268435456" },
	{ "oversize", actions, 0, 0, "allow" },
	{ "unversioned_fs", unversioned, 0, 0, "hash" },
	{ "fuse", fuse, 0, 0, "unknown" },
	{ "hooks/open", NULL, 0, 1, "1" },
	{ "hooks/exec", NULL, 0, 1, "1" },
	{ "hooks/mmap", NULL, 0, 1, "1" },
	{ "hooks/kernel_read", NULL, 0, 1, "1" },
};

const unsigned int gth_knob_count = sizeof(gth_knobs) / sizeof(gth_knobs[0]);

/* gth_read_line() - a file of one line, without its newline; -EPROTO: it is not one */
int gth_read_line(const char *path, char *line, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = read(fd, line, size);
	if (n < 0)
		n = -errno;
	close(fd);
	if (n < 0)
		return (int)n;
	if (!n || (size_t)n == size || line[n - 1] != '\n' || memchr(line, '\n', n - 1) ||
	    memchr(line, '\0', n))
		return -EPROTO;
	line[n - 1] = '\0';
	return 0;
}

/* gth_write_file() - one write(2); -EIO if it was short */
static int write_file(const char *path, int flags, const void *data, size_t len)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | flags, 0644);
	int ret = 0;
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = write(fd, data, len);
	if (n < 0)
		ret = -errno;
	else if ((size_t)n != len)
		ret = -EIO;
	close(fd);
	return ret;
}

int gth_write_file(const char *path, const void *data, size_t len)
{
	return write_file(path, 0, data, len);
}

/* gth_create_file() - as gth_write_file(), with a new file or in place of all that was in it */
int gth_create_file(const char *path, const void *data, size_t len)
{
	return write_file(path, O_CREAT | O_TRUNC, data, len);
}

static void path_below(char *path, size_t size, const char *dir, const char *name)
{
	snprintf(path, size, GTH_ROOT "%s/%s", dir, name);
}

/* gth_read_number() - a missing or odd file gives all ones, which no test expects */
gth_u64 gth_read_number(const char *path)
{
	char line[64], *end;
	gth_u64 v;

	if (gth_read_line(path, line, sizeof(line)) || *line < '0' || *line > '9')
		return ~0ULL;
	v = strtoull(line, &end, 10);
	return *end ? ~0ULL : v;
}

int gth_set(const char *knob, const char *value)
{
	char path[128];

	path_below(path, sizeof(path), "policy", knob);
	return gth_write_file(path, value, strlen(value));
}

/* gth_get() - stands until the next call; "?" if it cannot be read */
const char *gth_get(const char *knob)
{
	static char line[64];
	char path[128];

	path_below(path, sizeof(path), "policy", knob);
	return gth_read_line(path, line, sizeof(line)) ? "?" : line;
}

gth_u64 gth_stat(const char *counter)
{
	char path[128];

	path_below(path, sizeof(path), "stats", counter);
	return gth_read_number(path);
}

gth_u64 gth_table(const char *file)
{
	char path[128];

	path_below(path, sizeof(path), "table", file);
	return gth_read_number(path);
}
