// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * meter.c - how many instructions a command costs the whole machine.
 *
 *   meter FILE COMMAND [ARGUMENT...]
 *
 * writes into FILE
 *
 *   {"all":…,"own":…,"daemon":…,"hashes":…,"hashed_bytes":…,"slow":…}
 *
 * For guests with one processor whose clock counts instructions (tests/vm/run
 * --icount): there a nanosecond in which the processor is busy is an
 * instruction. Time that passes while it idles is not work and is not counted.
 *
 *   all     what every task ran, threads of the kernel and interrupts that came
 *           meanwhile included: the processor's rq_cpu_time in /proc/schedstat.
 *           It comes from the processor, so nothing is lost with tasks that end.
 *   own     of this, the command and what it started: the usage of a cgroup made
 *           for it. Without interrupts.
 *   daemon  of this, all threads of gotthardd.
 *   hashes, hashed_bytes, slow
 *           by how much these counters of Gotthard's rose; 0 without it
 *
 * Pages that the command leaves dirty in the page cache are written before the
 * second reading, for each run should pay for its own. Exits with the command's
 * status.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define GROUP "/sys/fs/cgroup/meter"
#define STATS "/sys/kernel/gotthard/stats/"
#define NS_PER_US 1000

struct reading {
	uint64_t all;
	uint64_t daemon;
	uint64_t hashes;
	uint64_t bytes;
	uint64_t slow;
};

static void die(const char *what)
{
	fprintf(stderr, "meter: %s: %s\n", what, strerror(errno));
	exit(125);
}

/* The number that follows the word in the file, after some more words; 0 if there is none. */
static uint64_t number_in(const char *path, const char *word, int skip)
{
	FILE *file = fopen(path, "re");
	uint64_t number = 0;
	char got[256];

	if (!file)
		return 0;
	while (*word && fscanf(file, "%255s", got) == 1 && strcmp(got, word) != 0)
		;
	while (skip--)
		if (fscanf(file, "%255s", got) != 1)
			break;
	if (fscanf(file, "%" SCNu64, &number) != 1)
		number = 0;
	fclose(file);
	return number;
}

static pid_t daemon_pid(void)
{
	static pid_t found;
	struct dirent *entry;
	DIR *proc;

	if (found)
		return found;
	found = -1;
	proc = opendir("/proc");
	if (!proc)
		die("/proc");
	while ((entry = readdir(proc))) {
		char path[300], name[32] = "";
		FILE *file;

		snprintf(path, sizeof(path), "/proc/%s/comm", entry->d_name);
		file = fopen(path, "re");
		if (!file)
			continue;
		if (fscanf(file, "%31s", name) == 1 && !strcmp(name, "gotthardd"))
			found = atoi(entry->d_name);
		fclose(file);
	}
	closedir(proc);
	return found;
}

/* Of its threads that are: it starts none after it is ready. */
static uint64_t daemon_ran(void)
{
	struct dirent *entry;
	uint64_t sum = 0;
	char path[600];
	DIR *tasks;

	snprintf(path, sizeof(path), "/proc/%d/task", daemon_pid());
	tasks = opendir(path);
	if (!tasks)
		return 0;
	while ((entry = readdir(tasks))) {
		char stat[1200];

		if (*entry->d_name == '.')
			continue;
		snprintf(stat, sizeof(stat), "%s/%s/schedstat", path, entry->d_name);
		sum += number_in(stat, "", 0);
	}
	closedir(tasks);
	return sum;
}

static struct reading take(void)
{
	struct timespec moment = { .tv_nsec = 1000000 };
	struct reading r;

	sync();
	r.daemon = daemon_ran();
	r.hashes = number_in(STATS "hashes", "", 0);
	r.bytes = number_in(STATS "hash_bytes", "", 0);
	r.slow = number_in(STATS "slow", "", 0);
	/* The time of a task is added when it leaves the processor. */
	nanosleep(&moment, NULL);
	r.all = number_in("/proc/schedstat", "cpu0", 6);
	return r;
}

static void enter_group(void)
{
	int fd = open(GROUP "/cgroup.procs", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, "0", 1) != 1)
		die(GROUP "/cgroup.procs");
	close(fd);
}

int main(int argc, char **argv)
{
	struct reading before, after;
	FILE *file;
	int status;
	pid_t pid;

	if (argc < 3) {
		fputs("usage: meter FILE COMMAND [ARGUMENT...]\n", stderr);
		return 64;
	}
	if (mkdir(GROUP, 0755))
		die(GROUP);
	before = take();
	if (!before.all)
		die("/proc/schedstat");
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid) {
		enter_group();
		execvp(argv[2], argv + 2);
		die(argv[2]);
	}
	if (waitpid(pid, &status, 0) < 0)
		die("waitpid");
	after = take();
	file = fopen(argv[1], "we");
	if (!file)
		die(argv[1]);
	fprintf(file, "{\"all\":%" PRIu64 ",\"own\":%" PRIu64 ",\"daemon\":%" PRIu64,
		after.all - before.all, number_in(GROUP "/cpu.stat", "usage_usec", 0) * NS_PER_US,
		after.daemon - before.daemon);
	fprintf(file,
		",\"hashes\":%" PRIu64 ",\"hashed_bytes\":%" PRIu64 ",\"slow\":%" PRIu64 "}\n",
		after.hashes - before.hashes, after.bytes - before.bytes, after.slow - before.slow);
	if (fclose(file))
		die(argv[1]);
	if (rmdir(GROUP))
		die(GROUP);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
