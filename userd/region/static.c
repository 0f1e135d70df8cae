// SPDX-License-Identifier: GPL-2.0-or-later
/* static.c - files of a log's directory, as HTTP names them (see static.h). */
#include "region/static.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define TRIES 64 /* openat2(2) gives up when a directory on the way is renamed meanwhile */

/* region_static_is() - is the target of a request below REGION_STATIC? */
bool region_static_is(const char *target)
{
	return !strncmp(target, REGION_STATIC, strlen(REGION_STATIC));
}

/**
 * region_static_path() - the path in the directory that a target names
 * @target: as it came; region_static_is()
 *
 * Nothing is unescaped: no name of a log needs it. A name does not begin with a dot, so it is
 * neither one of a file that is being written, nor `.' or `..'.
 * Return: in @target; NULL: it is not such a path.
 */
const char *region_static_path(const char *target)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789-._";
	const char *path = target + strlen(REGION_STATIC), *at = path;

	for (;;) {
		size_t len = strspn(at, letters);

		if (!len || *at == '.')
			return NULL;
		at += len;
		if (!*at)
			return path;
		if (*at++ != '/')
			return NULL;
	}
}

static int open_beneath(int dir, const char *path)
{
	const struct open_how how = {
		.flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
	};
	int fd = -1;

	for (int i = 0; i < TRIES; i++) {
		fd = (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));
		if (fd >= 0 || errno != EAGAIN)
			break;
	}
	if (fd >= 0)
		return fd;
	switch (errno) {
	case EAGAIN:
		return -EBUSY;
	case ENOTDIR:
	case ELOOP:
	case EXDEV: /* a link leads out of the directory */
	case ENXIO:
	case ENAMETOOLONG:
		return -ENOENT;
	default:
		return -errno;
	}
}

/**
 * region_static_open() - a regular file
 * @dir: of the log
 * @path: from region_static_path()
 *
 * Return: a descriptor; -ENOENT: there is no regular file of this name; or a negative errno.
 */
int region_static_open(int dir, const char *path, struct stat *st)
{
	int fd = open_beneath(dir, path), err = 0;

	if (fd < 0)
		return fd;
	if (fstat(fd, st))
		err = -errno;
	else if (!S_ISREG(st->st_mode))
		err = -ENOENT;
	if (!err)
		return fd;
	close(fd);
	return err;
}

/* region_validators() - of a file's content: a file of a log is never written to, but replaced */
void region_validators(struct region_validators *v, const struct stat *st)
{
	struct tm tm;

	snprintf(v->etag, sizeof(v->etag), "\"%llx-%llx.%lx-%llx\"", (unsigned long long)st->st_ino,
		 (unsigned long long)st->st_mtim.tv_sec, (unsigned long)st->st_mtim.tv_nsec,
		 (unsigned long long)st->st_size);
	if (!gmtime_r(&st->st_mtim.tv_sec, &tm) ||
	    !strftime(v->date, sizeof(v->date), "%a, %d %b %Y %H:%M:%S GMT", &tm))
		v->date[0] = '\0';
}

/**
 * region_unchanged() - has the client this content?
 * @if_none_match, @if_modified_since: fields of the request, or NULL
 *
 * The first one counts if there is one (RFC 9110, 13.2.2). A date counts only if it is the one
 * that was sent: a file can be replaced by an older one.
 */
bool region_unchanged(const struct region_validators *v, const char *if_none_match,
		      const char *if_modified_since)
{
	/* The quotes belong to the tag: one that is part of another is not found. */
	if (if_none_match)
		return !strcmp(if_none_match, "*") || strstr(if_none_match, v->etag);
	return if_modified_since && *v->date && !strcmp(if_modified_since, v->date);
}
