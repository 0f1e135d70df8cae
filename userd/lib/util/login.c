// SPDX-License-Identifier: GPL-2.0-or-later
/* login.c - the user by whom this process was started (see login.h). */
#include "lib/util/login.h"

#include <fcntl.h>
#include <unistd.h>

#include "lib/util/io.h"
#include "lib/util/number.h"

/*
 * gth_login_uid() - the uid of the user who logged in, if that is known, and not of the one that
 * sudo switched to; else that of the process
 */
uint32_t gth_login_uid(void)
{
	int fd = open("/proc/self/loginuid", O_RDONLY | O_CLOEXEC);
	char text[24];
	ssize_t n = fd < 0 ? -1 : gth_read_full(fd, text, sizeof(text) - 1);
	unsigned long long uid;

	if (fd >= 0)
		close(fd);
	text[n < 0 ? 0 : n] = '\0';
	/* No user has logged in: (uid_t)-1. */
	return !gth_number_parse(text, UINT32_MAX - 1, &uid) ? (uint32_t)uid : getuid();
}
