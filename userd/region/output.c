// SPDX-License-Identifier: GPL-2.0-or-later
/* output.c - the text that a command makes (see output.h). */
#include "region/output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/util/atomic.h"
#include "lib/util/io.h"

/**
 * region_text_write() - a file for every reader, whole or not at all
 * @name: of the file, in the directory
 *
 * Return: 0: it lasts; or a negative errno.
 */
int region_text_write(int dirfd, const char *name, const char *text)
{
	struct gth_atomic a;
	int err = gth_atomic_create(&a, dirfd, name, 0644);

	if (err)
		return err;
	err = gth_write_all(a.fd, text, strlen(text));
	if (!err)
		err = gth_atomic_commit((struct gth_atomic *const[]) { &a }, 1);
	gth_atomic_abort(&a);
	return err;
}

/* region_output() - @path: NULL: standard output. Return: 0 or a negative errno. */
int region_output(const char *path, const char *text)
{
	const char *slash = path ? strrchr(path, '/') : NULL;
	char parent[PATH_MAX] = ".";
	int dir, err;

	if (!path)
		return fputs(text, stdout) < 0 ? -EIO : 0;
	if (slash && snprintf(parent, sizeof(parent), "%.*s", (int)(slash - path) + 1, path) >=
			     (int)sizeof(parent))
		return -ENAMETOOLONG;
	dir = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return -errno;
	err = region_text_write(dir, slash ? slash + 1 : path, text);
	close(dir);
	return err;
}
