// SPDX-License-Identifier: GPL-2.0-or-later
/* facts.c - facts about a file that somebody asks for (see facts.h). */
#include "facts.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "filesystem.h"
#include "lib/number.h"

/*
 * gth_facts_gather() - all there is to know about the file of a request
 * @fd: the file, or -1
 * @with_filesystem: something depends on it; the list of mounts is read anew each time
 *
 * The request's path is what the opener saw, and only its tail if it was long; the
 * descriptor's is how this process sees it. Either may be excluded.
 */
void gth_facts_gather(struct gth_subject *s, const struct gth_request *r, int fd,
		      struct gth_types *types, bool with_filesystem)
{
	struct gth_facts *f = &s->facts;
	struct stat st;
	char link[64];
	ssize_t n;

	memset(s, 0, sizeof(*s));
	memcpy(s->request_path, r->path, sizeof(s->request_path));
	s->request_path[sizeof(s->request_path) - 1] = '\0';
	f->path[0] = s->request_path[0] ? s->request_path : NULL;
	f->size = r->size;
	f->class = GTH_D4;
	if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode))
		return;
	f->owner = st.st_uid;
	f->size = (uint64_t)st.st_size;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, s->link, sizeof(s->link) - 1);
	if (n > 0) {
		s->link[n] = '\0';
		f->path[1] = s->link;
	}
	if (with_filesystem)
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
