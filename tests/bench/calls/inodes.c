// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * inodes.c - how much the kernel's slabs grow when files are opened, in bytes a file.
 *
 * The files are there before, with their inodes in memory, as those of tmpfs
 * always are. The growth is the memory that a watcher keeps with an inode that
 * was opened.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILES 20000

static void die(const char *what)
{
	fprintf(stderr, "inodes: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void open_close(const char *dir, int n, int flags)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/%d", dir, n);
	fd = open(path, flags, 0755);
	if (fd < 0 || (flags & O_CREAT && write(fd, "#!", 2) != 2))
		die(path);
	close(fd);
}

static double slab_bytes(void)
{
	FILE *f = fopen("/proc/sys/vm/stat_refresh", "r");
	unsigned long kib = 0;
	char line[256];

	/* Reading it gathers what the processors have counted by themselves. */
	if (!f || (fgetc(f), fclose(f)))
		die("/proc/sys/vm/stat_refresh");
	f = fopen("/proc/meminfo", "r");
	if (!f)
		die("/proc/meminfo");
	while (!kib && fgets(line, sizeof(line), f))
		sscanf(line, "Slab: %lu kB", &kib);
	fclose(f);
	if (!kib)
		die("no Slab in /proc/meminfo");
	return (double)kib * 1024;
}

int main(int argc, char **argv)
{
	double before;

	if (argc != 2) {
		fputs("usage: inodes DIRECTORY\n", stderr);
		return 2;
	}
	for (int i = 0; i < FILES; i++)
		open_close(argv[1], i, O_WRONLY | O_CREAT | O_EXCL);
	before = slab_bytes();
	for (int i = 0; i < FILES; i++)
		open_close(argv[1], i, O_RDONLY);
	printf("%.0f\n", (slab_bytes() - before) / FILES);
	return 0;
}
