// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * verity.c - makes files with fs-verity for calls.c, and verdicts that trust them.
 *
 * To be run before anybody watches: enabling fs-verity needs an open, and leaves
 * the kernel with the file's digest in memory. So the first open afterwards is the
 * first that a scanner sees, of a file that the plain kernel opens like any other.
 *
 * The verdicts, in the format of /dev/gotthard, go to standard output: the digest
 * answers only for who lists it (docs/limitations.md).
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fsverity.h>
#include <linux/gotthard.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static void die(const char *what)
{
	fprintf(stderr, "verity: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void write_file(const char *path, size_t size, int fill)
{
	char *data = malloc(size);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0755);

	if (!data || fd < 0)
		die(path);
	memset(data, fill, size);
	if (write(fd, data, size) != (ssize_t)size)
		die(path);
	close(fd);
	free(data);
}

static void trust(int fd, const char *path)
{
	struct {
		struct fsverity_digest head;
		__u8 bytes[64];
	} measured = { .head.digest_size = sizeof(measured.bytes) };
	struct gth_verdict verdict = { .domain = GTH_DOMAIN_FSVERITY,
				       .class = GTH_CLASS_TRUSTED,
				       .source = GTH_SOURCE_ROOT };

	if (ioctl(fd, FS_IOC_MEASURE_VERITY, &measured))
		die(path);
	memcpy(verdict.digest, measured.head.digest, sizeof(verdict.digest));
	fwrite(&verdict, sizeof(verdict), 1, stdout);
}

static void make(const char *dir, const char *name, size_t size, int count)
{
	struct fsverity_enable_arg arg = { .version = 1,
					   .hash_algorithm = FS_VERITY_HASH_ALG_SHA256,
					   .block_size = 4096 };
	char path[4096];
	int fd;

	for (int i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/verity-%s-%d", dir, name, i);
		write_file(path, size, 'a' + i);
		fd = open(path, O_RDONLY);
		if (fd < 0 || ioctl(fd, FS_IOC_ENABLE_VERITY, &arg))
			die(path);
		trust(fd, path);
		close(fd);
	}
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fputs("usage: verity DIRECTORY >VERDICTS\n", stderr);
		return 2;
	}
	make(argv[1], "4K", 4096, 5);
	make(argv[1], "4M", 4 << 20, 5);
	return fflush(stdout) ? 1 : 0;
}
