// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * essential.c - which files those are (see essential.h).
 *
 * The files that running processes have mapped as code are found without reading ELF
 * headers, and dlopen()'s are among them. Programs that do not run are known by name alone:
 * a library that only they use is not looked at.
 */
#include "essential.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ANCESTORS_MAX 64 /* a chain of parents that is longer is cut */

/* Those that a machine does not have are passed over. */
static const char *const programs[] = {
	"/sbin/init",
	"/bin/sh",
	"/bin/bash",
	"/bin/login",
	"/sbin/agetty",
	"/sbin/sulogin",
	"/bin/su",
	"/usr/bin/sudo",
	"/usr/sbin/sshd",
	"/usr/lib/openssh/sshd-session",
	"/usr/lib/openssh/sshd-auth",
	"/lib/systemd/systemd",
	"/lib/systemd/systemd-executor",
	"/lib/systemd/systemd-journald",
	"/lib/systemd/systemd-logind",
	"/lib/systemd/systemd-udevd",
	"/bin/systemctl",
	"/usr/bin/dbus-daemon",
	"/usr/sbin/unix_chkpwd",
	"/bin/mount",
	"/bin/kmod",
	"/usr/bin/dpkg",
	"/usr/bin/apt",
	"/usr/sbin/gotthardd",
	"/usr/bin/gotthardctl",
};

static const char *const libraries[] = {
	"/lib64/ld-linux-x86-64.so.2",
	"/lib/x86_64-linux-gnu/libc.so.6",
	"/lib/x86_64-linux-gnu/security/pam_unix.so",
};

static const char *const data[] = {
	"/etc/ld.so.cache", "/etc/passwd",	  "/etc/shadow",
	"/etc/group",	    "/etc/nsswitch.conf", "/etc/pam.d/login",
};

static bool is_there(const struct essentials *all, const struct stat *st, enum essential_kind kind)
{
	struct stat other;

	for (size_t i = 0; i < all->n; i++)
		if (!fstat(all->file[i].fd, &other) && other.st_dev == st->st_dev &&
		    other.st_ino == st->st_ino) {
			if (kind < all->file[i].kind)
				all->file[i].kind = kind;
			return true;
		}
	return false;
}

/* Once each, whatever its names; a missing name is not an error. */
static int add(struct essentials *all, const char *path, enum essential_kind kind)
{
	int fd = open(path, O_PATH | O_CLOEXEC);
	struct essential *file;
	char shown[PATH_MAX];
	struct stat st;
	ssize_t n;

	if (fd < 0)
		return errno == ENOMEM || errno == EMFILE || errno == ENFILE ? -errno : 0;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || is_there(all, &st, kind)) {
		close(fd);
		return 0;
	}
	/* /proc/1/exe says little to people. */
	n = strncmp(path, "/proc/", 6) ? -1 : readlink(path, shown, sizeof(shown) - 1);
	if (n >= 0)
		shown[n] = '\0';
	file = realloc(all->file, (all->n + 1) * sizeof(*file));
	if (file) {
		all->file = file;
		file += all->n;
		*file = (struct essential) { strdup(n >= 0 ? shown : path), fd, kind };
	}
	if (!file || !file->path) {
		close(fd);
		return -ENOMEM;
	}
	all->n++;
	return 0;
}

/* The file of a line of /proc/PID/maps, if it is mapped as code; NULL: none */
static char *mapped_code(char *line)
{
	char *path = strchr(line, '/');
	const char *may = strchr(line, ' ');

	if (!path || !may || strlen(may) < 5 || may[3] != 'x')
		return NULL;
	path[strcspn(path, "\n")] = '\0';
	return path;
}

static int add_process(struct essentials *all, pid_t pid)
{
	char name[64], *line = NULL, *path;
	size_t room = 0;
	int err;
	FILE *f;

	snprintf(name, sizeof(name), "/proc/%d/exe", (int)pid);
	err = add(all, name, ESSENTIAL_PROGRAM);
	snprintf(name, sizeof(name), "/proc/%d/maps", (int)pid);
	f = err ? NULL : fopen(name, "re");
	while (f && !err && getline(&line, &room, f) >= 0) {
		path = mapped_code(line);
		if (path)
			err = add(all, path, ESSENTIAL_LIBRARY);
	}
	if (f)
		fclose(f);
	free(line);
	return err;
}

/* 0: there is none, or it is not known */
static pid_t parent_of(pid_t pid)
{
	char name[64], line[256];
	int parent = 0;
	FILE *f;

	snprintf(name, sizeof(name), "/proc/%d/status", (int)pid);
	f = fopen(name, "re");
	while (f && !parent && fgets(line, sizeof(line), f))
		if (!strncmp(line, "PPid:", 5))
			parent = atoi(line + 5);
	if (f)
		fclose(f);
	return parent;
}

static int add_names(struct essentials *all, const char *const *names, size_t n,
		     enum essential_kind kind)
{
	int err = 0;

	for (size_t i = 0; i < n && !err; i++)
		err = add(all, names[i], kind);
	return err;
}

#define ADD_NAMES(all, names, kind) add_names(all, names, sizeof(names) / sizeof(*(names)), kind)

/* essential_collect() - to be freed in any case; 0 or -errno: they are not all there */
int essential_collect(struct essentials *all)
{
	pid_t pid = getpid();
	int err = 0;

	*all = (struct essentials) { 0 };
	for (int i = 0; i < ANCESTORS_MAX && pid > 0 && !err; i++, pid = parent_of(pid))
		err = add_process(all, pid);
	if (!err)
		err = add_process(all, 1);
	if (!err)
		err = ADD_NAMES(all, programs, ESSENTIAL_PROGRAM);
	if (!err)
		err = ADD_NAMES(all, libraries, ESSENTIAL_LIBRARY);
	if (!err)
		err = ADD_NAMES(all, data, ESSENTIAL_DATA);
	return err;
}

void essential_free(struct essentials *all)
{
	for (size_t i = 0; i < all->n; i++) {
		close(all->file[i].fd);
		free(all->file[i].path);
	}
	free(all->file);
	*all = (struct essentials) { 0 };
}
