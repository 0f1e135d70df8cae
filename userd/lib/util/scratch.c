// SPDX-License-Identifier: GPL-2.0-or-later
/* scratch.c - a file without a name (see scratch.h). */
#include "lib/util/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "lib/util/atomic.h"

/* Return: a descriptor for reading and writing, or a negative errno. */
int gth_scratch(int dirfd)
{
	struct gth_atomic a;
	sigset_t all, old;
	int fd, err;

	fd = openat(dirfd, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd >= 0)
		return fd;
	if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)
		return -errno;
	/* a filesystem without O_TMPFILE: give it a name and take it away at once */
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &old);
	err = gth_atomic_create(&a, dirfd, "scratch", 0600);
	if (!err) {
		fd = fcntl(a.fd, F_DUPFD_CLOEXEC, 0);
		err = fd < 0 ? -errno : fd;
		gth_atomic_abort(&a);
	}
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return err;
}
