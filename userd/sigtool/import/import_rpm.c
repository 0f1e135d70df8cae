// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * import_rpm.c - the files of RPM packages that are as their packages have them.
 *
 * rpm(8) reads the database, in a process of its own: librpm would bring Lua, macros that start
 * programs, and parsers of four kinds of databases into each process of gotthard-sigtool. The rpm
 * that comes with a system reads the database of that system; another one may not.
 *
 * rpm gets the directory of the database as a descriptor, because it would resolve --root's
 * symbolic links as those of this machine.
 */
#include "sigtool/import/import.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/util/say.h"
#include "sigtool/import/query.h"
#include "sigtool/import/rpm_text.h"
#include "sigtool/import/source.h"
#include "sigtool/import/system.h"
#include "sigtool/sigtool.h"

struct rpm {
	struct system system;
	struct rpm_package package;
};

static const EVP_MD *other_algorithm(enum rpm_algorithm algorithm)
{
	switch (algorithm) {
	case RPM_SHA1:
		return EVP_sha1();
	case RPM_SHA224:
		return EVP_sha224();
	case RPM_SHA384:
		return EVP_sha384();
	case RPM_SHA512:
		return EVP_sha512();
	case RPM_MD5:
		return EVP_md5();
	default: /* SHA-256, which is computed in any case */
		return NULL;
	}
}

/* There are no lines: the file's package and its path stand for one. */
static int not_taken(struct taking *t, const struct rpm *r, const struct rpm_file *f,
		     enum taking_not kind, const char *why)
{
	char name[PATH_MAX];

	snprintf(name, sizeof(name), "%s:%.*s", r->package.name, (int)f->len,
		 f->path ? f->path : "");
	taking_at(t, f->path ? name : r->package.name);
	return taking_not(t, 0, kind, why);
}

static int take_file(struct taking *t, struct rpm *r, const struct rpm_file *f)
{
	const EVP_MD *other = other_algorithm(r->package.algorithm);
	char path[PATH_MAX];
	const char *why;
	int rc;

	if (f->len >= sizeof(path))
		return not_taken(t, r, f, TAKING_MALFORMED, "a path of more than 4095 bytes");
	snprintf(path, sizeof(path), "%.*s", (int)f->len, f->path);
	rc = system_digests(&r->system, path, other, &why);
	if (rc < 0)
		return rc;
	if (!rc)
		return not_taken(t, r, f, TAKING_FOREIGN, why);
	if (memcmp(other ? r->system.sum : r->system.digest, f->sum, r->package.size) != 0)
		return not_taken(t, r, f, TAKING_FOREIGN,
				 "a file that is not as its package has it");
	return taking_take(t, r->system.digest, path, f->len);
}

/* A source_line_fn, of rpm's answer. */
static int take_line(struct taking *t, void *ctx, const char *line, size_t len, u64 number)
{
	struct rpm *r = ctx;
	struct rpm_file f;

	(void)number;
	switch (rpm_parse(&r->package, line, len, &f)) {
	case RPM_NOTHING:
		return 0;
	case RPM_PACKAGE:
		taking_at(t, r->package.name);
		return 0;
	case RPM_FILE:
		return take_file(t, r, &f);
	case RPM_ELSEWHERE:
		return not_taken(t, r, &f, TAKING_FOREIGN, f.why);
	default:
		return not_taken(t, r, &f, TAKING_MALFORMED, f.why);
	}
}

static int refuse(struct taking *t, const char *file, const char *why)
{
	gth_progress_clear(&t->progress);
	gth_say("%s: %s", file, why);
	return STATUS_IO;
}

/*
 * All that rpm and SQLite could open there. A link would lead out of the system, and a FIFO would
 * have rpm wait.
 */
static int check_entries(struct taking *t, const char *shown, int fd)
{
	int status = STATUS_OK, copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = copy < 0 ? NULL : fdopendir(copy);
	struct dirent *entry;

	if (!dir)
		return refuse(t, shown, strerror(errno));
	while (!status && (entry = readdir(dir))) {
		char file[PATH_MAX + NAME_MAX + 1]; /* with a slash */
		struct stat st;

		snprintf(file, sizeof(file), "%s/%s", shown, entry->d_name);
		if (fstatat(fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW))
			status = refuse(t, file, strerror(errno));
		else if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
			status = refuse(t, file, "not a regular file");
	}
	closedir(dir);
	return status;
}

/* Return: whether a database of any kind that rpm has had is there. */
static bool has_database(int fd)
{
	static const char *const files[] = { "rpmdb.sqlite", "Packages.db", "Packages" };

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (!faccessat(fd, files[i], F_OK, AT_SYMLINK_NOFOLLOW))
			return true;
	return false;
}

/* Return: a descriptor of the directory, whose name is in t->file; -ENOENT; or another errno. */
static int open_database(struct taking *t, const struct rpm *r)
{
	static const char *const places[] = { "/usr/lib/sysimage/rpm", "/var/lib/rpm" };
	const char *root = strcmp(t->root, "/") != 0 ? t->root : "";

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		char name[PATH_MAX];
		int fd = system_directory(&r->system, places[i]);

		if (fd == -ENOENT || fd == -ENOTDIR)
			continue;
		snprintf(name, sizeof(name), "%s%s", root, places[i]);
		if (fd < 0 || has_database(fd)) {
			taking_at(t, name);
			return fd;
		}
		close(fd);
	}
	return -ENOENT;
}

static int read_answer(struct taking *t, struct rpm *r, const char *shown, int database)
{
	static const char format[] = RPM_QUERY;
	char dbpath[32];
	const char *const argv[] = { "rpm", "--dbpath", dbpath, "-qa", "--qf", format, NULL };
	struct query q;
	int status, err;

	snprintf(dbpath, sizeof(dbpath), "/proc/self/fd/%d", database);
	err = query_start(&q, argv, database);
	if (err == -ENOENT)
		return refuse(t, "rpm",
			      "not found: it reads the database; install the package rpm");
	if (err)
		return refuse(t, "rpm", strerror(-err));
	status = source_lines(t, query_read, &q, take_line, r);
	err = query_end(&q);
	if (!status && err)
		status = refuse(t, shown, "rpm failed to read the database");
	taking_at(t, shown);
	return status ? status : taking_end(t, "rpm");
}

static int read_database(struct taking *t, struct rpm *r)
{
	char shown[PATH_MAX];
	int status, fd = open_database(t, r);

	if (fd < 0 && fd != -ENOENT)
		return taking_failed(t, 0, fd);
	if (fd < 0)
		return refuse(
			t, t->root,
			"no rpm database is there, neither in usr/lib/sysimage/rpm nor in "
			"var/lib/rpm; --root names the root directory of a system that has one");
	memcpy(shown, t->file, sizeof(shown));
	status = check_entries(t, shown, fd);
	if (!status)
		status = read_answer(t, r, shown, fd);
	close(fd);
	return status;
}

/* All packages of the system in the root directory; @path is NULL. */
int import_rpm(struct taking *t, const char *path)
{
	static struct rpm r;
	int err, status;

	(void)path;
	taking_begin(t, t->root);
	err = system_open(&r.system, t->root);
	status = err ? taking_failed(t, 0, err) : read_database(t, &r);
	system_close(&r.system);
	return status;
}
