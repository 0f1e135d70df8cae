// SPDX-License-Identifier: GPL-2.0-or-later
/* opencost.c - how long the first and the later opens of a file take. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LATER 1001

static double open_us(const char *path)
{
	struct timespec a, b;
	int fd;

	clock_gettime(CLOCK_MONOTONIC, &a);
	fd = open(path, O_RDONLY);
	clock_gettime(CLOCK_MONOTONIC, &b);
	if (fd < 0) {
		fprintf(stderr, "opencost: %s: %s\n", path, strerror(errno));
		exit(1);
	}
	close(fd);
	return (double)(b.tv_sec - a.tv_sec) * 1e6 + (double)(b.tv_nsec - a.tv_nsec) / 1e3;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	static double later[LATER];
	double first;

	if (argc != 2)
		return 2;
	first = open_us(argv[1]);
	for (int i = 0; i < LATER; i++)
		later[i] = open_us(argv[1]);
	qsort(later, LATER, sizeof(*later), compare);
	printf("first open %.0f us, the next %d opens %.1f us each (median): %.0f times cheaper\n",
	       first, LATER, later[LATER / 2], first / later[LATER / 2]);
	return 0;
}
