// SPDX-License-Identifier: GPL-2.0-or-later
/* files.c - small files and new directories (see files.h). */
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "lib/util/io.h"

/* A new file, mode 0600. Return: 0; -EEXIST; or an errno. */
int region_file_write(int dirfd, const char *name, const void *data, size_t len)
{
	int fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600), err;

	if (fd < 0)
		return -errno;
	err = gth_write_all(fd, data, len);
	if (!err && fsync(fd))
		err = -errno;
	close(fd);
	return err;
}

/* A new file of one line. */
int region_line_write(int dirfd, const char *name, const char *line)
{
	char *text;
	int len = asprintf(&text, "%s\n", line), err;

	if (len < 0)
		return -ENOMEM;
	err = region_file_write(dirfd, name, text, (size_t)len);
	OPENSSL_cleanse(text, (size_t)len);
	free(text);
	return err;
}

/* Return: 0, text to be freed; -EFBIG: more than @max bytes; -EINVAL: it holds a NUL; an errno. */
int region_file_read(int dirfd, const char *name, char **text, size_t max)
{
	int fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC);
	char *data;
	ssize_t n;

	if (fd < 0)
		return -errno;
	data = malloc(max + 2);
	n = data ? gth_read_full(fd, data, max + 1) : -ENOMEM;
	close(fd);
	if (n >= 0) {
		data[n] = '\0';
		if ((size_t)n > max)
			n = -EFBIG;
		else if (strlen(data) != (size_t)n)
			n = -EINVAL;
	}
	if (n < 0) {
		free(data);
		return (int)n;
	}
	*text = data;
	return 0;
}

/* Return: 0; -EEXIST: it is there already; or an errno. */
int region_staging_begin(struct region_staging *s, const char *path)
{
	size_t len = strlen(path);
	struct stat st;

	s->temp[0] = '\0';
	s->dirfd = -1;
	while (len > 1 && path[len - 1] == '/')
		len--;
	if (!len || len + sizeof(".new-XXXXXX") > sizeof(s->temp))
		return len ? -ENAMETOOLONG : -EINVAL;
	snprintf(s->path, sizeof(s->path), "%.*s", (int)len, path);
	if (!lstat(s->path, &st))
		return -EEXIST;
	snprintf(s->temp, sizeof(s->temp), "%.*s.new-XXXXXX", (int)len, path);
	if (!mkdtemp(s->temp)) {
		s->temp[0] = '\0';
		return -errno;
	}
	s->dirfd = open(s->temp, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return s->dirfd < 0 ? -errno : 0;
}

static int sync_parent(const char *path)
{
	char parent[PATH_MAX];
	char *slash;
	int fd, err = 0;

	snprintf(parent, sizeof(parent), "%s", path);
	slash = strrchr(parent, '/');
	if (slash)
		slash[slash == parent] = '\0';
	fd = open(slash ? parent : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd))
		err = -errno;
	if (fd >= 0)
		close(fd);
	return err;
}

/*
 * Return: 0; -EEXIST: the path exists by now; or an errno. The caller calls region_staging_abort()
 * in any case.
 */
int region_staging_commit(struct region_staging *s)
{
	if (fsync(s->dirfd) || renameat2(AT_FDCWD, s->temp, AT_FDCWD, s->path, RENAME_NOREPLACE))
		return -errno;
	s->temp[0] = '\0';
	return sync_parent(s->path);
}

static int remove_one(const char *path, const struct stat *st, int what, struct FTW *ftw)
{
	(void)st;
	(void)what;
	(void)ftw;
	remove(path);
	return 0;
}

/* Called after a commit too. */
void region_staging_abort(struct region_staging *s)
{
	if (s->temp[0])
		nftw(s->temp, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	if (s->dirfd >= 0)
		close(s->dirfd);
	s->temp[0] = '\0';
	s->dirfd = -1;
}
