// SPDX-License-Identifier: GPL-2.0-or-later
/* file_info.c - facts about a file that somebody asks for (see facts.h). */
#include "daemon/store/file_info.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/filesystem.h"
#include "lib/util/number.h"

/* How this process sees the file. Return: is that its whole path? */
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
 * gth_facts_gather() - all there is to know about the file of a request
 * @fd: the file, or -1
 *
 * The request's path is what the opener saw; the descriptor's is how this process
 * sees it. Either may be excluded, and what is not known whole is not allowed.
 */
void gth_facts_gather(struct gth_subject *s, const struct gth_request *r, int fd,
		      struct gth_types *types)
{
	struct gth_facts *f = &s->facts;
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
	f->readable = !gth_type_of(types, fd, s->type, &f->class);
}

/* Return: the user's number in /etc/passwd; -ENOENT: there is no such user; or a negative errno. */
static int64_t passwd_uid(const char *name)
{
	FILE *file = fopen("/etc/passwd", "re");
	const struct passwd *user = NULL;
	int64_t uid = -ENOENT;

	if (!file)
		return -errno;
	while ((user = fgetpwent(file)) && strcmp(user->pw_name, name) != 0)
		;
	if (user)
		uid = user->pw_uid;
	fclose(file);
	return uid;
}

/**
 * gth_facts_owners() - names become numbers
 * @names: of users, or their numbers
 * @uids: the numbers
 * @n: how many
 * @unknown: set to the first name that is not known
 *
 * Only /etc/passwd is asked, because a directory service may not answer.
 *
 * Return: 0; -ENOENT, or another errno of reading: @unknown says for whom.
 */
int gth_facts_owners(const struct gth_list *names, uid_t uids[GTH_CONFIG_LIST_MAX], size_t *n,
		     const char **unknown)
{
	unsigned long long number;

	*n = 0;
	for (size_t i = 0; i < names->n; i++) {
		int64_t uid;

		*unknown = names->item[i];
		if (!gth_number_parse(names->item[i], UINT32_MAX - 1, &number))
			uid = (int64_t)number;
		else
			uid = passwd_uid(names->item[i]);
		if (uid < 0)
			return (int)uid;
		uids[(*n)++] = (uid_t)uid;
	}
	return 0;
}
