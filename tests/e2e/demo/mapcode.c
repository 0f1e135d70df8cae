// SPDX-License-Identifier: GPL-2.0-or-later
/* mapcode.c - maps a file as code, as a program loads a plug-in. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * The descriptor is passed in as standard input, opened while nothing was
 * denied yet: what is refused here is the mapping, not the open.
 */
int main(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, STDIN_FILENO, 0);

	if (p == MAP_FAILED) {
		fprintf(stderr, "mmap as code: %s\n", strerror(errno));
		return 1;
	}
	puts("mapped as code");
	return 0;
}
