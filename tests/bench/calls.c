// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * calls.c - what system calls cost, in ticks of the time stamp counter.
 *
 * In a guest whose clock counts instructions (tests/vm/run --icount) a tick is
 * an instruction. Each call is timed by itself and the median printed: averages
 * would hold the timer interrupts.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <x86intrin.h>

#define ROUNDS 1001
#define EXECS 101

static unsigned long long ticks[ROUNDS];

static int compare(const void *a, const void *b)
{
	unsigned long long x = *(const unsigned long long *)a;
	unsigned long long y = *(const unsigned long long *)b;

	return (x > y) - (x < y);
}

static void report(const char *name, int n)
{
	qsort(ticks, (size_t)n, sizeof(*ticks), compare);
	printf("%s %llu\n", name, ticks[n / 2]);
}

static void die(const char *what)
{
	fprintf(stderr, "calls: %s: %s\n", what, strerror(errno));
	exit(1);
}

static unsigned long long open_close(const char *path)
{
	unsigned long long start = __rdtsc();
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		die(path);
	close(fd);
	return __rdtsc() - start;
}

static void opens(const char *name, const char *path)
{
	for (int i = 0; i < ROUNDS; i++)
		ticks[i] = open_close(path);
	report(name, ROUNDS);
}

static void maps(const char *name, const char *path, int prot)
{
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		die(path);
	for (int i = 0; i < ROUNDS; i++) {
		unsigned long long start = __rdtsc();
		void *p = mmap(NULL, 4096, prot, MAP_PRIVATE, fd, 0);

		ticks[i] = __rdtsc() - start;
		if (p == MAP_FAILED)
			die("mmap");
		munmap(p, 4096);
	}
	close(fd);
	report(name, ROUNDS);
}

static void execs(const char *name, const char *path)
{
	for (int i = 0; i < EXECS; i++) {
		unsigned long long start = __rdtsc();
		pid_t pid = vfork();

		if (!pid) {
			execl(path, path, "nothing", (char *)NULL);
			_exit(127);
		}
		waitpid(pid, NULL, 0);
		ticks[i] = __rdtsc() - start;
	}
	report(name, EXECS);
}

/* A file that nobody has seen, of size bytes, resident in the page cache. */
static void cold(const char *name, const char *dir, size_t size)
{
	char path[4096], *data = malloc(size);
	int fd;

	snprintf(path, sizeof(path), "%s/cold", dir);
	if (!data)
		die("malloc");
	for (int i = 0; i < 5; i++) {
		unlink(path);
		memset(data, 'a' + i, size);
		fd = open(path, O_WRONLY | O_CREAT, 0755);
		if (fd < 0 || write(fd, data, size) != (ssize_t)size)
			die(path);
		close(fd);
		ticks[i] = open_close(path);
	}
	free(data);
	report(name, 5);
}

int main(int argc, char **argv)
{
	char path[4096];
	int fd;

	if (argc == 2 && !strcmp(argv[1], "nothing"))
		return 0;
	if (argc != 2) {
		fputs("usage: calls DIRECTORY\n", stderr);
		return 2;
	}
	snprintf(path, sizeof(path), "%s/warm", argv[1]);
	fd = open(path, O_WRONLY | O_CREAT, 0755);
	if (fd < 0 || write(fd, "#!", 2) != 2)
		die(path);
	close(fd);
	opens("open+close,_judged_before", path);
	opens("open+close,_/dev/null", "/dev/null");
	opens("open+close,_/proc/version", "/proc/version");
	maps("mmap,_read", path, PROT_READ);
	maps("mmap,_as_code", path, PROT_READ | PROT_EXEC);
	execs("vfork+exec+wait", argv[0]);
	cold("first_open_of_4_KiB", argv[1], 4096);
	cold("first_open_of_1_MiB", argv[1], 1 << 20);
	return 0;
}
