// SPDX-License-Identifier: GPL-2.0-or-later
/* must.c - what a test cannot go on without. */
#include "tests/unit/lib/must.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

_Noreturn void die(const char *what)
{
	printf("Bail out! %s: %s\n", what, strerror(errno));
	fflush(stdout);
	_exit(1);
}
