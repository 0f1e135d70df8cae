// SPDX-License-Identifier: GPL-2.0-or-later
/* standard.c - descriptors 0 to 2 (see standard.h). */
#include "lib/util/standard.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/util/say.h"

/**
 * gth_standard_open() - open those of 0, 1 and 2 that are closed
 *
 * Else the next file that is opened gets such a number, and what is printed
 * goes into it. They are opened the wrong way round, as glibc does for set-id
 * programs: using one fails with EBADF, as it would if it were closed.
 * To be called before anything else.
 *
 * Return: 0 or -errno.
 */
int gth_standard_open(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		int null;

		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		/* The lowest number that is free: this one. */
		null = open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
		if (null < 0)
			return -errno;
	}
	return 0;
}

static void check(int status, void *arg)
{
	int failed = ferror(stdout);

	errno = 0;
	if (!fclose(stdout) && !failed)
		return;
	gth_say("standard output: %s",
		errno ? strerror(errno) : "the output could not be written completely");
	if (!status)
		_exit((int)(intptr_t)arg);
}

/**
 * gth_standard_watch() - let the program fail if its output did not arrive
 * @status: the exit status then, in place of 0
 *
 * That is seen when it exits, whether by main() or by argp's --help. A command
 * need not look at what printf() returns.
 *
 * Return: 0 or -ENOMEM.
 */
int gth_standard_watch(int status)
{
	return on_exit(check, (void *)(intptr_t)status) ? -ENOMEM : 0;
}
