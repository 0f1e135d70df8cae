// SPDX-License-Identifier: GPL-2.0-or-later
/* owners.c - names of users become their numbers (see owners.h). */
#include "daemon/owners.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "lib/util/number.h"

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
 * gth_owners_parse() - names become numbers
 * @names: of users, or their numbers
 * @uids: the numbers
 * @n: how many
 * @unknown: set to the first name that is not known
 *
 * Only /etc/passwd is asked, because a directory service may not answer.
 *
 * Return: 0; -ENOENT, or another errno of reading: @unknown says for whom.
 */
int gth_owners_parse(const struct gth_list *names, uid_t uids[GTH_CONFIG_LIST_MAX], size_t *n,
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
