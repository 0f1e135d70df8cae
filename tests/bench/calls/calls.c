// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * calls.c - what system calls cost, in ticks of the time stamp counter.
 *
 * In a guest whose clock counts instructions (tests/vm/run --icount) a tick is
 * an instruction, of the caller or of a task for which it waits. Each call is
 * timed by itself and the median printed: averages would hold the timer
 * interrupts.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <x86intrin.h>

#define ROUNDS 1001
#define EXECS 101
#define FIRSTS 5

static unsigned long long ticks[ROUNDS];
static FILE *figures;

static int compare(const void *a, const void *b)
{
	unsigned long long x = *(const unsigned long long *)a;
	unsigned long long y = *(const unsigned long long *)b;

	return (x > y) - (x < y);
}

static void report(const char *name, int n)
{
	qsort(ticks, (size_t)n, sizeof(*ticks), compare);
	fprintf(figures, "%llu %s\n", ticks[n / 2], name);
	fflush(figures);
}

static void die(const char *what)
{
	fprintf(stderr, "calls: %s: %s\n", what, strerror(errno));
	exit(1);
}

static unsigned long long open_close(const char *path, int flags)
{
	unsigned long long start = __rdtsc();
	int fd = open(path, flags);

	if (fd < 0)
		die(path);
	close(fd);
	return __rdtsc() - start;
}

static void opens(const char *name, const char *path, int flags)
{
	for (int i = 0; i < ROUNDS; i++)
		ticks[i] = open_close(path, flags);
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

static void execs(const char *name, int rounds, const char *path, const char *argument)
{
	int status;

	for (int i = 0; i < rounds; i++) {
		unsigned long long start = __rdtsc();
		pid_t pid = vfork();

		if (!pid) {
			execl(path, path, argument, (char *)NULL);
			_exit(127);
		}
		if (waitpid(pid, &status, 0) != pid || status)
			die(path);
		ticks[i] = __rdtsc() - start;
	}
	report(name, rounds);
}

/* A file that was never opened, of size bytes, resident in the page cache. */
static void write_new(const char *path, size_t size, int fill)
{
	char *data = malloc(size);
	int fd;

	if (!data)
		die("malloc");
	unlink(path);
	memset(data, fill, size);
	fd = open(path, O_WRONLY | O_CREAT, 0755);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		die(path);
	close(fd);
	free(data);
}

static void first(const char *name, const char *path, size_t size)
{
	for (int i = 0; i < FIRSTS; i++) {
		write_new(path, size, 'a' + i);
		ticks[i] = open_close(path, O_RDONLY);
	}
	report(name, FIRSTS);
}

/* The files of verity.c, which were not opened since it made them. */
static void first_verity(const char *name, const char *dir, const char *size)
{
	char path[4096];
	int n;

	for (n = 0; n < FIRSTS; n++) {
		snprintf(path, sizeof(path), "%s/verity-%s-%d", dir, size, n);
		if (access(path, F_OK))
			break;
		ticks[n] = open_close(path, O_RDONLY);
	}
	if (n)
		report(name, n);
}

int main(int argc, char **argv)
{
	char warm[4096], cold[4096], fifo[4096];

	if (argc == 2 && !strcmp(argv[1], "nothing"))
		return 0;
	if (argc != 2) {
		fputs("usage: calls DIRECTORY\n", stderr);
		return 2;
	}
	/* The output of programs is not of interest. */
	figures = fdopen(fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3), "w");
	if (!figures || !freopen("/dev/null", "w", stdout))
		die("standard output");
	snprintf(warm, sizeof(warm), "%s/warm", argv[1]);
	snprintf(cold, sizeof(cold), "%s/cold", argv[1]);
	snprintf(fifo, sizeof(fifo), "%s/fifo", argv[1]);
	/* Before anything else: these files must not have been opened. */
	first_verity("first open, fs-verity, 4 KiB", argv[1], "4K");
	first_verity("first open, fs-verity, 4 MiB", argv[1], "4M");

	write_new(warm, 2, '#');
	opens("open, judged before", warm, O_RDONLY);
	opens("open, /dev/null", "/dev/null", O_RDONLY);
	opens("open, directory", argv[1], O_RDONLY | O_DIRECTORY);
	if (mkfifo(fifo, 0600))
		die(fifo);
	opens("open, fifo", fifo, O_RDONLY | O_NONBLOCK);
	opens("open, /proc/version", "/proc/version", O_RDONLY);
	maps("mmap, read", warm, PROT_READ);
	maps("mmap, as code", warm, PROT_READ | PROT_EXEC);
	execs("vfork, exec, wait", EXECS, argv[0], "nothing");
	first("first open, 4 KiB", cold, 4096);
	first("first open, 1 MiB", cold, 1 << 20);
	/* Of the last of these, which is in the page cache and was judged. */
	execs("sha256sum, 1 MiB", FIRSTS, "/usr/bin/sha256sum", cold);
	return 0;
}
