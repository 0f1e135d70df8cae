/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tlog_disk.h - a disk that can lose its power, or fail, between any two calls.
 *
 * The test's own write(), fsync(), renameat() ... come before those of libc. They
 * note what was synced: of a file its content, of a directory its names. After a
 * power cut a file may hold what was synced or what was written, a directory the
 * names that were synced or those of the end; disk_cut() makes one such state.
 */
#ifndef GTH_TEST_TLOG_DISK_H
#define GTH_TEST_TLOG_DISK_H

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "tests/unit/random.h"
#include "tests/unit/tlog_dir.h"

enum disk_end { DISK_GOES_ON, DISK_KILLED, DISK_CUT, DISK_FAILS };

#define DISK_OBJECTS 4096

struct disk_content {
	uint8_t *data;
	size_t len;
};

struct disk_object {
	ino_t ino;
	bool dir;
	struct disk_content synced, written;
	size_t names;
	struct {
		char name[NAME_MAX + 1];
		struct disk_object *object;
	} * name;
};

static struct {
	enum disk_end end;
	unsigned long calls, at; /* the call that is the last, or fails */
	int error;		 /* of DISK_FAILS */
	int dir, to;		 /* the log, and where disk_cut() puts what is left of it */
	bool torn;		 /* false: nothing but what was synced is left */
	size_t objects;
	struct disk_object object[DISK_OBJECTS];
} disk;

/* The last one that got this number: they are used again. */
static struct disk_object *disk_object(ino_t ino)
{
	for (size_t i = disk.objects; i--;)
		if (disk.object[i].ino == ino)
			return &disk.object[i];
	return NULL;
}

static struct disk_object *disk_add(const struct stat *st)
{
	struct disk_object *o = &disk.object[disk.objects++];

	if (disk.objects == DISK_OBJECTS)
		abort();
	o->ino = st->st_ino;
	o->dir = S_ISDIR(st->st_mode);
	return o;
}

static void disk_put(struct disk_content *c, const void *data, size_t len)
{
	c->data = realloc(c->data, c->len + len + 1);
	memcpy(c->data + c->len, data, len);
	c->len += len;
}

/* The names in a directory as they are now. */
static void disk_list(int fd, struct disk_object *o)
{
	DIR *dir = fdopendir(openat(fd, ".", O_RDONLY | O_DIRECTORY));
	struct dirent *entry;
	struct stat st;

	o->names = 0;
	while ((entry = readdir(dir))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..") ||
		    fstatat(fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW))
			continue;
		o->name = realloc(o->name, (o->names + 1) * sizeof(*o->name));
		snprintf(o->name[o->names].name, NAME_MAX + 1, "%s", entry->d_name);
		o->name[o->names++].object = disk_object(st.st_ino);
	}
	closedir(dir);
}

/* The files from before the test are synced. */
static struct disk_object *disk_scan(int parent, const char *name)
{
	int fd = openat(parent, name, O_RDONLY | O_CLOEXEC);
	struct disk_object *o;
	struct stat st;
	size_t len;

	fstat(fd, &st);
	o = disk_add(&st);
	if (o->dir) {
		DIR *dir = fdopendir(dup(fd));
		struct dirent *entry;

		while ((entry = readdir(dir)))
			if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
				disk_scan(fd, entry->d_name);
		closedir(dir);
		disk_list(fd, o);
	} else {
		o->synced.data = read_whole(parent, name, &len);
		o->synced.len = len;
		disk_put(&o->written, o->synced.data, len);
	}
	close(fd);
	return o;
}

/* @now: the directory itself, or -1 if it is no more */
static void disk_restore(struct disk_object *o, int now, int to)
{
	struct disk_object current = { .dir = true };

	if (disk.torn && now >= 0 && random_below(2)) {
		disk_list(now, &current);
		o = &current;
	}
	for (size_t i = 0; i < o->names; i++) {
		struct disk_object *child = o->name[i].object;
		const char *name = o->name[i].name;
		int fd, below = -1;

		if (!child)
			continue;
		if (!child->dir) {
			const struct disk_content *c =
				disk.torn && random_below(2) ? &child->written : &child->synced;

			write_whole(to, name, c->data, c->len);
			continue;
		}
		syscall(SYS_mkdirat, to, name, 0700);
		fd = openat(to, name, O_RDONLY | O_DIRECTORY);
		if (now >= 0)
			below = openat(now, name, O_RDONLY | O_DIRECTORY);
		disk_restore(child, below, fd);
		close(fd);
		if (below >= 0)
			close(below);
	}
}

static void disk_start(enum disk_end end, unsigned long at, int dir)
{
	for (size_t i = 0; i < disk.objects; i++) {
		free(disk.object[i].synced.data);
		free(disk.object[i].written.data);
		free(disk.object[i].name);
	}
	memset(disk.object, 0, disk.objects * sizeof(*disk.object));
	disk.objects = 0;
	disk.calls = 0;
	disk.at = at;
	disk.dir = dir;
	disk.end = DISK_GOES_ON;
	disk_scan(dir, ".");
	disk.end = end;
}

/* Before each call that changes something. Return: 0, or -1 and errno: it fails. */
static int disk_call(int fd, const void *data, size_t len)
{
	enum disk_end end = disk.end;

	if (end == DISK_GOES_ON || ++disk.calls != disk.at)
		return 0;
	if (end == DISK_FAILS) {
		errno = disk.error;
		return -1;
	}
	/* Half of what was to be written comes to the file. */
	if (len)
		syscall(SYS_write, fd, data, len / 2);
	if (end == DISK_CUT) {
		disk.end = DISK_GOES_ON;
		disk_restore(&disk.object[0], disk.dir, disk.to);
	}
	kill(getpid(), SIGKILL);
	return 0;
}

ssize_t write(int fd, const void *data, size_t len)
{
	bool counts = disk.end != DISK_GOES_ON && fd > STDERR_FILENO;
	struct disk_object *o;
	struct stat st;
	ssize_t n;

	if (counts && disk_call(fd, data, len))
		return -1;
	n = syscall(SYS_write, fd, data, len);
	if (counts && n > 0 && !fstat(fd, &st)) {
		o = disk_object(st.st_ino);
		if (o)
			disk_put(&o->written, data, (size_t)n);
	}
	return n;
}

int fsync(int fd)
{
	struct disk_object *o;
	struct stat st;

	if (disk.end == DISK_GOES_ON)
		return 0;
	if (disk_call(fd, NULL, 0))
		return -1;
	fstat(fd, &st);
	o = disk_object(st.st_ino);
	if (o && o->dir) {
		disk_list(fd, o);
	} else if (o) {
		o->synced.len = 0;
		disk_put(&o->synced, o->written.data, o->written.len);
	}
	return 0;
}

int renameat(int from, const char *old, int to, const char *new)
{
	return disk_call(-1, NULL, 0) ? -1 : (int)syscall(SYS_renameat, from, old, to, new);
}

int unlinkat(int fd, const char *name, int flags)
{
	return disk_call(-1, NULL, 0) ? -1 : (int)syscall(SYS_unlinkat, fd, name, flags);
}

int mkdirat(int fd, const char *name, mode_t mode)
{
	struct stat st;

	if (disk_call(-1, NULL, 0))
		return -1;
	if (syscall(SYS_mkdirat, fd, name, mode))
		return -1;
	if (disk.end != DISK_GOES_ON && !fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW))
		disk_add(&st);
	return 0;
}

int openat(int fd, const char *name, int flags, ...)
{
	bool creates = (flags & O_CREAT) && disk.end != DISK_GOES_ON;
	struct stat st;
	mode_t mode;
	va_list args;
	int n;

	va_start(args, flags);
	mode = va_arg(args, mode_t);
	va_end(args);
	if (creates && disk_call(-1, NULL, 0))
		return -1;
	n = (int)syscall(SYS_openat, fd, name, flags, flags & O_CREAT ? mode : 0);
	if (creates && n >= 0 && !fstat(n, &st))
		disk_add(&st);
	return n;
}

/*
 * disk_run() - work as a process on such a disk
 * @end: how the disk ends, at the call number @at
 * @dir: the directory that it works on
 * @to: where what a power cut leaves is put; -1: end is not DISK_CUT
 * @work: its value is the exit status
 *
 * Return: the status of waitpid().
 */
__attribute__((unused)) static int disk_run(enum disk_end end, unsigned long at, int dir, int to,
					    int (*work)(const void *arg), const void *arg)
{
	int status, null;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (!child) {
		null = open("/dev/null", O_WRONLY | O_CLOEXEC);
		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		disk.to = to;
		disk.error = ENOSPC;
		if (end != DISK_GOES_ON)
			disk_start(end, at, dir);
		_exit(work(arg));
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		abort();
	return status;
}

/* Return: 1: work ended by the disk, or met its error; 0: it came to its end; -1: neither. */
__attribute__((unused)) static int disk_ended(enum disk_end end, int status)
{
	if (WIFEXITED(status))
		return end != DISK_FAILS && WEXITSTATUS(status) ? -1 : !!WEXITSTATUS(status);
	return WTERMSIG(status) == SIGKILL ? 1 : -1;
}

#endif /* GTH_TEST_TLOG_DISK_H */
