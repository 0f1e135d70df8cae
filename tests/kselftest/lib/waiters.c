// SPDX-License-Identifier: GPL-2.0-or-later
/* waiters.c - tasks that wait inside the module (see waits.h). */
#include "waits.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "stress.h"

long gth_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void gth_waiters_init(struct gth_waiters *w)
{
	*w = (struct gth_waiters) { .pid = gth_shared(GTH_WAITERS_MAX * sizeof(pid_t)),
				    .inside = "[gotthard]" };
	/* Children of a waiter that is gone are reaped here, too. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
}

/* gth_waiter_fork() - a process of the group and the user; waits: it is one of the n */
pid_t gth_waiter_fork(struct gth_waiters *w, bool waits)
{
	pid_t parent = getpid(), pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		abort();
	if (pid) {
		w->group = w->group ? w->group : pid;
		setpgid(pid, w->group);
		if (waits)
			w->pid[w->n++] = pid;
		return pid;
	}
	setpgid(0, w->group);
	close_range(3, ~0U, 0);
	gth_cgroups_join();
	/* In this order: another user id takes the signal away. */
	if (gth_become_user() || prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent)
		_exit(1);
	return 0;
}

/* gth_waiter_opens() - opens a file for reading, over and over */
void gth_waiter_opens(struct gth_waiters *w, const char *path)
{
	if (gth_waiter_fork(w, true))
		return;
	for (;;)
		gth_open(path, O_RDONLY);
}

/* gth_waiter_opens_briefly() - as gth_waiter_opens(); each open is given up after 0.7 s */
void gth_waiter_opens_briefly(struct gth_waiters *w, const char *path)
{
	const struct itimerval end = { .it_value.tv_usec = 700000 };
	unsigned int slot = w->n;
	pid_t supervisor, pid;

	if (gth_waiter_fork(w, true))
		return;
	supervisor = getpid();
	for (;;) {
		pid = fork();
		if (!pid) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			if (getppid() != supervisor || setitimer(ITIMER_REAL, &end, NULL))
				_exit(1);
			_exit(-gth_open(path, O_RDONLY));
		}
		__atomic_store_n(&w->pid[slot], pid, __ATOMIC_SEQ_CST);
		waitpid(pid, NULL, 0);
	}
}

static int put_on(pid_t pid, int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return sched_setaffinity(pid, sizeof(set), &set);
}

/* gth_waiter_starves() - opens a file where gth_waiters_hog() leaves it no time */
void gth_waiter_starves(struct gth_waiters *w, const char *path)
{
	const struct sched_param none = { .sched_priority = 0 };

	w->starving++;
	if (gth_waiter_fork(w, true))
		return;
	if (put_on(0, GTH_WAITERS_CPU) || sched_setscheduler(0, SCHED_IDLE, &none))
		_exit(1);
	for (;;)
		gth_open(path, O_RDONLY);
}

void gth_waiters_hog(struct gth_waiters *w)
{
	if (gth_waiter_fork(w, false))
		return;
	if (put_on(0, GTH_WAITERS_CPU))
		_exit(1);
	for (;;)
		;
}

/*
 * gth_limit_begin() - a process that kills the waiters after so many seconds
 *
 * A deed that they hold up cannot be interrupted, and has to end to be told of.
 */
pid_t gth_limit_begin(const struct gth_waiters *w, unsigned int seconds)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (seconds)
		seconds = sleep(seconds);
	_exit(kill(-w->group, SIGKILL) ? 1 : 0);
}

/* gth_limit_end() - true: it was needed */
bool gth_limit_end(pid_t limit)
{
	kill(limit, SIGKILL);
	return !gth_wait_child(limit);
}

/* Ready to run counts as running. */
static bool is_running(pid_t pid)
{
	char path[64], line[512], *state;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	if (gth_read_line(path, line, sizeof(line)))
		return true;
	state = strrchr(line, ')');
	return !state || state[1] != ' ' || state[2] == 'R';
}

static bool has_in_stack(pid_t pid, const char *word)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/stack", pid);
	return gth_lines_with(path, word) > 0;
}

/*
 * gth_waits() - does the task sleep, with the word in its stack?
 *
 * The stack of a task that runs changes while the kernel reads it, of which KASAN
 * complains.
 */
bool gth_waits(pid_t pid, const char *word)
{
	return !is_running(pid) && has_in_stack(pid, word);
}

struct roll {
	struct gth_waiters *w;
	bool seen[GTH_WAITERS_MAX];
};

static bool all_wait(void *arg)
{
	struct roll *r = arg;
	unsigned int missing = 0;

	for (unsigned int i = 0; i < r->w->n; i++) {
		pid_t pid = __atomic_load_n(&r->w->pid[i], __ATOMIC_SEQ_CST);

		if (!r->seen[i])
			r->seen[i] = (i < r->w->starving || !is_running(pid)) &&
				     has_in_stack(pid, r->w->inside);
		missing += !r->seen[i];
	}
	return !missing;
}

/*
 * gth_waiters_wait() - true: each of them was seen waiting
 *
 * Those that starve are ready to run and never sleep. This task takes their
 * processor meanwhile, so that none of them runs while its stack is read.
 */
bool gth_waiters_wait(struct gth_waiters *w)
{
	struct roll r = { .w = w };
	cpu_set_t before;
	bool wait;

	if (!w->n || sched_getaffinity(0, sizeof(before), &before))
		return false;
	if (w->starving && put_on(0, GTH_WAITERS_CPU))
		return false;
	/* The deed may have sent them elsewhere. */
	for (unsigned int i = 0; i < w->starving; i++)
		if (put_on(w->pid[i], GTH_WAITERS_CPU))
			return false;
	wait = gth_wait_until(all_wait, &r);
	return !sched_setaffinity(0, sizeof(before), &before) && wait;
}

/* gth_waiters_end() - by SIGKILL; the ms until the last one is gone, or -errno */
long gth_waiters_end(struct gth_waiters *w)
{
	long start = gth_ms();

	if (!w->group)
		return 0;
	if (kill(-w->group, SIGKILL))
		return -errno;
	while (waitpid(-w->group, NULL, 0) > 0)
		;
	w->group = 0;
	w->n = 0;
	w->starving = 0;
	return gth_ms() - start;
}

/* True: nothing of the file's one page is in the page cache. */
static bool is_dropped(void *arg)
{
	int fd = *(int *)arg;
	unsigned char there = 1;
	void *at;

	if (fsync(fd) || posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED))
		return false;
	at = mmap(NULL, 1, PROT_READ, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		return false;
	if (mincore(at, 1, &there))
		there = 1;
	munmap(at, 1);
	return !(there & 1);
}

static bool is_leased(void *arg)
{
	return !fcntl(*(int *)arg, F_SETLEASE, F_WRLCK);
}

static void lend(const char *path, int ready, int give_up)
{
	char byte;
	int fd;

	signal(SIGIO, SIG_IGN);
	if (gth_become_user())
		_exit(1);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0 || !gth_wait_until(is_leased, &fd) || !gth_wait_until(is_dropped, &fd) ||
	    write(ready, "", 1) != 1 || read(give_up, &byte, 1) != 1 ||
	    fcntl(fd, F_SETLEASE, F_UNLCK))
		_exit(1);
	_exit(0);
}

/* gth_lease_begin() - a child has a lease on path, which has to be read to be judged */
int gth_lease_begin(struct gth_lease *l, const char *path)
{
	int ready[2], give_up[2];
	char byte;
	pid_t pid;
	ssize_t n;

	if (chown(path, GTH_USER, GTH_USER) || pipe2(ready, O_CLOEXEC) || pipe2(give_up, O_CLOEXEC))
		return -errno;
	fflush(stdout);
	/* Not straight into *l, which may be shared with the child. */
	pid = fork();
	if (pid < 0)
		return -errno;
	if (!pid) {
		close(give_up[1]);
		lend(path, ready[1], give_up[0]);
	}
	close(ready[1]);
	close(give_up[0]);
	*l = (struct gth_lease) { .owner = pid, .give_up = give_up[1] };
	n = read(ready[0], &byte, 1);
	close(ready[0]);
	return n == 1 ? 0 : -EIO;
}

/* gth_lease_give_up() - 0: the owner did */
int gth_lease_give_up(struct gth_lease *l)
{
	ssize_t n = write(l->give_up, "", 1);

	close(l->give_up);
	return n == 1 ? gth_wait_child(l->owner) : -EIO;
}
