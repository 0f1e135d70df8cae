// SPDX-License-Identifier: GPL-2.0-or-later
/* policy_file.c - the policy of this machine, read (see policy_file.h). */
#include "lib/release/policy_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/util/io.h"

/* A link is followed, for those whom a tool gives their configuration so. */
static int read_file(const char *etc, char **text, size_t *len)
{
	int dir = open(etc, O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd, err = 0;
	struct stat st;
	ssize_t n = 0;

	*text = NULL;
	if (dir < 0)
		return -errno;
	/* O_NONBLOCK: a FIFO of that name must not keep the daemon from starting. */
	fd = openat(dir, GTH_RELEASE_POLICY, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		err = -errno;
	/* A link to nothing is a policy that is missing, not a machine without one. */
	if (err == -ENOENT && !fstatat(dir, GTH_RELEASE_POLICY, &st, AT_SYMLINK_NOFOLLOW))
		err = -ENOLINK;
	close(dir);
	if (err)
		return err;
	if (fstat(fd, &st))
		err = -errno;
	else if (!S_ISREG(st.st_mode))
		err = -ENOTSUP;
	else if (st.st_mode & (S_IWGRP | S_IWOTH) || (st.st_uid && st.st_uid != geteuid()))
		err = -EPERM;
	if (!err)
		*text = malloc(GTH_POLICY_MAX + 1);
	if (!err)
		n = *text ? gth_read_full(fd, *text, GTH_POLICY_MAX + 1) : -ENOMEM;
	close(fd);
	if (n < 0)
		err = (int)n;
	*len = err ? 0 : (size_t)n;
	return err;
}

/**
 * gth_release_policy_load() - the policy of a directory
 * @p: set to it
 * @etc: the directory, such as GTH_ETC
 * @fault: set to the line that is wrong, for -EINVAL
 *
 * Only -ENOENT means that this machine has no policy: after any other error nothing is to be
 * loaded.
 *
 * Return: 0; -ENOENT: there is no file; -EINVAL: a line is wrong; -EPERM: others than root can
 * write it; -ENOTSUP: it is not a regular file; -ENOLINK: it is a link to nothing; another errno.
 */
int gth_release_policy_load(struct gth_policy *p, const char *etc, struct gth_policy_fault *fault)
{
	size_t len = 0;
	char *text;
	int err = read_file(etc, &text, &len);

	*fault = (struct gth_policy_fault) { 0 };
	if (!err)
		err = gth_policy_parse(p, text, len, fault);
	free(text);
	return err;
}
