// SPDX-License-Identifier: GPL-2.0-or-later
/* file_info.c - facts about the file of a request (see file_info.h). */
#include "daemon/store/file_info.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/filesystem.h"

/* The file's path as this process sees it. Return: is it the whole path? */
static bool read_link(int fd, char link[PATH_MAX])
{
	char name[64];
	ssize_t n;

	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	/* A path that is longer than a page is an error; so is one out of this root's reach. */
	n = readlink(name, link, PATH_MAX - 1);
	link[n > 0 ? n : 0] = '\0';
	return n > 0 && n < PATH_MAX - 1 && link[0] == '/';
}

/*
 * The kernel's record holds the last bytes of a long path. The descriptor's path
 * stands for it if both end alike: it is kept as the path of the request.
 * Return: is the request's path known whole?
 */
static bool complete_path(struct gth_subject *s, bool link_whole)
{
	size_t len = strlen(s->request_path), link_len = strlen(s->link);

	if (len < GTH_PATH_SIZE - 1)
		return len;
	if (!link_whole || link_len < len || strcmp(s->link + link_len - len, s->request_path) != 0)
		return false;
	memcpy(s->request_path, s->link, link_len + 1);
	return true;
}

/*
 * gth_file_info_gather() - collect the facts about the file of a request
 * @fd: the file, or -1
 *
 * The request has the path as the opener saw it, the descriptor the path as
 * this process sees it. Either may be excluded; a path that is not known whole
 * is withheld if any path is excluded.
 */
void gth_file_info_gather(struct gth_subject *s, const struct gth_request *r, int fd,
			  struct gth_mime *types)
{
	struct gth_file_info *f = &s->facts;
	struct stat st;
	bool whole;

	memset(s, 0, sizeof(*s));
	memcpy(s->request_path, r->path, sizeof(r->path));
	s->request_path[sizeof(r->path) - 1] = '\0';
	f->path[0] = s->request_path[0] ? s->request_path : NULL;
	f->size = r->size;
	f->class = GTH_D4;
	if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode))
		return;
	f->owner = st.st_uid;
	f->owner_told = true;
	f->size = (uint64_t)st.st_size;
	whole = read_link(fd, s->link);
	f->path[1] = s->link[0] ? s->link : NULL;
	f->path_whole = complete_path(s, whole) && whole;
	gth_filesystem_of(fd, st.st_dev, s->filesystem, sizeof(s->filesystem));
	f->filesystem = s->filesystem;
	f->readable = !gth_mime_of(types, fd, s->type, &f->class);
}
