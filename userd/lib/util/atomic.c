// SPDX-License-Identifier: GPL-2.0-or-later
/* atomic.c - files that appear whole or not at all (see atomic.h). */
#include "lib/util/atomic.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MARK ".tmp-"
#define SUFFIX 6 /* random letters behind it */
#define LIVE 8

/*
 * The files that a signal must remove. Changed with all signals held off, so
 * the handler sees each entry as it was before or after.
 */
static struct gth_atomic *volatile live[LIVE];

static void hold_signals(sigset_t *old)
{
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, old);
}

static void release_signals(const sigset_t *old)
{
	pthread_sigmask(SIG_SETMASK, old, NULL);
}

static void replace_live(struct gth_atomic *from, struct gth_atomic *to)
{
	for (size_t i = 0; i < LIVE; i++) {
		if (live[i] == from) {
			live[i] = to;
			return;
		}
	}
}

static int random_name(char *out, const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz012345";
	unsigned char random[SUFFIX];
	int n = snprintf(out, NAME_MAX + 1, ".%s" MARK, name);

	if (n < 0 || n + SUFFIX > NAME_MAX)
		return -ENAMETOOLONG;
	if (getrandom(random, sizeof(random), 0) != sizeof(random))
		return -errno;
	for (size_t i = 0; i < SUFFIX; i++)
		out[n++] = letters[random[i] % 32];
	out[n] = '\0';
	return 0;
}

/* Return: 0 or a negative errno. @name is one component; @mode is masked by umask. */
int gth_atomic_create(struct gth_atomic *a, int dirfd, const char *name, unsigned int mode)
{
	sigset_t old;
	int err;

	*a = (struct gth_atomic) { .dirfd = dirfd, .fd = -1 };
	if (!*name || strchr(name, '/') || strlen(name) > NAME_MAX)
		return -EINVAL;
	memcpy(a->name, name, strlen(name) + 1);
	hold_signals(&old);
	do {
		err = random_name(a->temp, name);
		if (err)
			break;
		a->fd = openat(dirfd, a->temp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode);
		err = a->fd < 0 ? -errno : 0;
	} while (err == -EEXIST);
	if (!err)
		replace_live(NULL, a);
	release_signals(&old);
	return err;
}

static void forget(struct gth_atomic *a)
{
	replace_live(a, NULL);
	close(a->fd);
	a->fd = -1;
}

void gth_atomic_abort(struct gth_atomic *a)
{
	sigset_t old;

	if (a->fd < 0)
		return;
	hold_signals(&old);
	unlinkat(a->dirfd, a->temp, 0);
	forget(a);
	release_signals(&old);
}

static int rename_all(struct gth_atomic *const files[], size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (renameat(files[i]->dirfd, files[i]->temp, files[i]->dirfd, files[i]->name))
			return -errno;
	return 0;
}

/*
 * A process that is killed dies behind the system call it is in, and the first
 * rename may wait for a disk: so a child does the renames, in a session of its
 * own, and goes on when its parent is killed. It makes system calls only.
 */
static int rename_in_child(struct gth_atomic *const files[], size_t n)
{
	pid_t child = fork();
	int status;

	if (child < 0)
		return rename_all(files, n);
	if (!child) {
		setsid();
		_exit(-rename_all(files, n));
	}
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -EINTR;
}

/*
 * Syncs all, then renames them in the order given, then syncs the directories.
 * Return: 0 or a negative errno; then gth_atomic_abort() is still to be called.
 */
int gth_atomic_commit(struct gth_atomic *const files[], size_t n)
{
	sigset_t old;
	size_t i;
	int err;

	for (i = 0; i < n; i++)
		if (fsync(files[i]->fd) && errno != EINVAL)
			return -errno;
	hold_signals(&old);
	err = n > 1 ? rename_in_child(files, n) : rename_all(files, n);
	for (i = 0; i < n && !err; i++)
		forget(files[i]);
	release_signals(&old);
	for (i = 0; i < n && !err; i++)
		if (fsync(files[i]->dirfd) && errno != EINVAL)
			err = -errno;
	return err;
}

/* Removes files that a killed writer of @name left behind; the caller holds a lock. */
int gth_atomic_sweep(int dirfd, const char *name)
{
	size_t len = strlen(name);
	struct dirent *entry;
	DIR *dir;
	int fd;

	fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		int err = -errno;

		if (fd >= 0)
			close(fd);
		return err;
	}
	while ((entry = readdir(dir))) {
		const char *at = entry->d_name;

		if (at[0] == '.' && !strncmp(at + 1, name, len) &&
		    !strncmp(at + 1 + len, MARK, strlen(MARK)) &&
		    strlen(at) == 1 + len + strlen(MARK) + SUFFIX)
			unlinkat(dirfd, at, 0);
	}
	closedir(dir);
	return 0;
}

static void on_signal(int number)
{
	for (size_t i = 0; i < LIVE; i++)
		if (live[i])
			unlinkat(live[i]->dirfd, live[i]->temp, 0);
	/* SA_RESETHAND: this one ends the process, so that its parent sees why */
	raise(number);
}

/* Makes the usual signals remove temporary files; for single-threaded programs. */
int gth_atomic_guard(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGQUIT };
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND };

	sigfillset(&action.sa_mask);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		struct sigaction old;

		/* nohup(1) and its like have ignored it on purpose */
		if (sigaction(signals[i], NULL, &old))
			return -errno;
		if (old.sa_handler == SIG_IGN)
			continue;
		if (sigaction(signals[i], &action, NULL))
			return -errno;
	}
	/* a file that would be too large is an error of write(2) */
	return signal(SIGXFSZ, SIG_IGN) == SIG_ERR ? -errno : 0;
}
