// SPDX-License-Identifier: GPL-2.0-or-later
/* openers.c - opens a file in many threads at once; says how many could, and how many were denied.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char *path;
static unsigned int opened, denied, other;

static void *open_one(void *arg)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	unsigned int *n = fd >= 0 ? &opened : errno == EPERM ? &denied : &other;

	if (fd >= 0)
		close(fd);
	__atomic_fetch_add(n, 1, __ATOMIC_RELAXED);
	return arg;
}

int main(int argc, char **argv)
{
	unsigned long n = argc == 3 ? strtoul(argv[1], NULL, 10) : 0;
	pthread_t *thread = calloc(n, sizeof(*thread));
	pthread_attr_t small;

	if (!n || !thread) {
		fputs("usage: openers NUMBER FILE\n", stderr);
		return 2;
	}
	path = argv[2];
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 64 << 10);
	for (unsigned long i = 0; i < n; i++) {
		if (pthread_create(&thread[i], &small, open_one, NULL)) {
			perror("openers");
			return 1;
		}
	}
	for (unsigned long i = 0; i < n; i++)
		pthread_join(thread[i], NULL);
	printf("%u opened, %u denied, %u failed\n", opened, denied, other);
	return 0;
}
