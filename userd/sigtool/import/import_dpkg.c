// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * import_dpkg.c - the files of Debian packages that are as their packages have them.
 *
 * A file is taken if its MD5 is the one that dpkg noted when it unpacked the package; its SHA-256
 * is of the same read of its bytes. A user who can write to dpkg's database can name any file, so
 * the list is worth as much as the system that it comes from.
 */
#include "sigtool/import/import.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/util/io.h"
#include "lib/util/say.h"
#include "sigtool/import/diversions.h"
#include "sigtool/import/dpkg_text.h"
#include "sigtool/import/names.h"
#include "sigtool/import/source.h"
#include "sigtool/import/system.h"
#include "sigtool/sigtool.h"

#define DATABASE "/var/lib/dpkg"

struct dpkg {
	struct system system;
	struct diversions diversions;
	struct dpkg_package package;
	struct names list; /* of the package: all that dpkg unpacked */
	int status;	   /* an exit status, and an error was logged */
};

/* The file of the database that is read now, for people; @package: the one it is about. */
static void reading(struct taking *t, const char *path, const char *package)
{
	char name[PATH_MAX];
	const char *root = strcmp(t->root, "/") != 0 ? t->root : "";

	snprintf(name, sizeof(name), package ? "%s%s(%s)" : "%s%s", root, path, package);
	taking_at(t, name);
}

static int failed(struct taking *t, struct dpkg *d, int err)
{
	const char *why = err == -ENXIO	   ? "not a regular file"
			  : err == -EFBIG  ? "more than 32 MiB or 1048576 lines"
			  : err == -EINVAL ? "the number of its lines is not a multiple of three"
					   : strerror(-err);

	gth_progress_clear(&t->progress);
	gth_say("%s: %s", t->file, why);
	d->status = err == -EINVAL || err == -EFBIG ? STATUS_INPUT : STATUS_IO;
	return -ECANCELED;
}

/*
 * Opens info/PACKAGE[:ARCHITECTURE].@suffix. Return: a descriptor; -ENOENT: there is none; or
 * another negative errno.
 */
static int open_info(struct taking *t, struct dpkg *d, const char *suffix)
{
	const struct dpkg_package *p = &d->package;
	char path[PATH_MAX];
	int fd = -ENOENT;

	if (p->same && p->arch[0]) {
		snprintf(path, sizeof(path), DATABASE "/info/%s:%s.%s", p->name, p->arch, suffix);
		fd = system_file(&d->system, path);
	}
	if (fd == -ENOENT) {
		snprintf(path, sizeof(path), DATABASE "/info/%s.%s", p->name, suffix);
		fd = system_file(&d->system, path);
	}
	reading(t, path, NULL);
	return fd;
}

/* A file and the sum that its package has of it. */
static int take_sum(struct taking *t, struct dpkg *d, const struct dpkg_sum *sum, u64 line)
{
	static const char longer[] = "a path of more than 4094 bytes";
	static const char unlisted[] = "a file that dpkg did not unpack (path-exclude, or removed)";
	static const char changed[] = "a file that is not as its package has it";
	char path[PATH_MAX];
	const char *place, *why;
	struct name *name;
	int rc;

	if (sum->len + 1 >= sizeof(path))
		return taking_not(t, line, TAKING_MALFORMED, longer);
	snprintf(path, sizeof(path), "%s%.*s", *sum->path == '/' ? "" : "/", (int)sum->len,
		 sum->path);
	name = names_find(&d->list, path);
	if (!name)
		return taking_not(t, line, TAKING_FOREIGN, unlisted);
	name->seen = true;
	place = diversions_place(&d->diversions, d->package.name, path);
	rc = system_digests(&d->system, place, EVP_md5(), &why);
	if (rc < 0)
		return rc;
	if (!rc)
		return taking_not(t, line, TAKING_FOREIGN, why);
	if (memcmp(d->system.sum, sum->md5, DPKG_MD5_SIZE) != 0)
		return taking_not(t, line, TAKING_FOREIGN, changed);
	return taking_take(t, d->system.digest, place, strlen(place));
}

/* A source_line_fn, of PACKAGE.md5sums. */
static int take_md5sums_line(struct taking *t, void *ctx, const char *line, size_t len, u64 number)
{
	struct dpkg_sum sum;
	const char *why;

	if (dpkg_sum_line(line, len, &sum, &why))
		return taking_not(t, number, TAKING_MALFORMED, why);
	return take_sum(t, ctx, &sum, number);
}

static ssize_t read_fd(void *ctx, void *data, size_t size)
{
	return gth_read_full(*(const int *)ctx, data, size);
}

/* dpkg makes one if a package brings none. */
static int take_md5sums(struct taking *t, struct dpkg *d)
{
	int fd = open_info(t, d, "md5sums");

	if (fd == -ENOENT)
		return 0;
	if (fd < 0)
		return failed(t, d, fd);
	d->status = source_lines(t, read_fd, &fd, take_md5sums_line, d);
	close(fd);
	return d->status ? -ECANCELED : 0;
}

static int take_conffiles(struct taking *t, struct dpkg *d)
{
	const struct dpkg_package *p = &d->package;
	const char *at = p->text, *end = p->text + p->len;
	u64 line = p->conffile_line;
	int err = 0;

	reading(t, DATABASE "/status", p->name);
	for (; at < end && !err; line++) {
		const char *lf = memchr(at, '\n', (size_t)(end - at));
		struct dpkg_sum sum;
		const char *why;
		int rc = dpkg_conffile_line(at, (size_t)(lf - at), &sum, &why);

		if (rc < 0)
			err = taking_not(t, line, TAKING_MALFORMED, why);
		else if (!rc)
			err = take_sum(t, d, &sum, line);
		at = lf + 1;
	}
	return err;
}

/* Directories and symbolic links are not counted. */
static int count_others(struct taking *t, struct dpkg *d, const char *file)
{
	static const char none[] = "a file without a sum by its package";
	int err = 0;

	taking_at(t, file);
	for (size_t i = 0; i < d->list.n && !err; i++) {
		const struct name *name = &d->list.name[i];
		const char *place = diversions_place(&d->diversions, d->package.name, name->text);

		if (!name->seen && system_is_regular(&d->system, place))
			err = taking_not(t, name->line, TAKING_FOREIGN, none);
	}
	return err;
}

static int take_files(struct taking *t, struct dpkg *d)
{
	static const char missing[] = "a package without a list of its files";
	char file[PATH_MAX];
	int err, fd = open_info(t, d, "list");

	if (fd == -ENOENT)
		return taking_not(t, 0, TAKING_MALFORMED, missing);
	if (fd < 0)
		return failed(t, d, fd);
	memcpy(file, t->file, sizeof(file));
	err = names_read(&d->list, fd);
	close(fd);
	if (err)
		err = failed(t, d, err);
	names_sort(&d->list);
	if (!err)
		err = take_md5sums(t, d);
	if (!err)
		err = take_conffiles(t, d);
	if (!err)
		err = count_others(t, d, file);
	names_free(&d->list);
	return err;
}

static int take_package(struct taking *t, struct dpkg *d)
{
	static const char nameless[] = "a record of status without a name";
	static const char partly[] = "a package that is not, or not wholly, installed";
	const struct dpkg_package *p = &d->package;
	const char *why = p->why ? p->why : p->name[0] ? NULL : nameless;
	int err;

	if (why)
		err = taking_not(t, p->line, TAKING_MALFORMED, why);
	else if (!p->installed)
		err = taking_not(t, p->line, TAKING_FOREIGN, partly);
	else
		err = take_files(t, d);
	reading(t, DATABASE "/status", NULL);
	dpkg_package_init(&d->package);
	return err;
}

/* A source_line_fn, of status. */
static int take_status_line(struct taking *t, void *ctx, const char *line, size_t len, u64 number)
{
	struct dpkg *d = ctx;

	return dpkg_package_line(&d->package, line, len, number) ? take_package(t, d) : 0;
}

static int read_status(struct taking *t, struct dpkg *d)
{
	int status, err = 0, fd;

	reading(t, DATABASE "/status", NULL);
	fd = system_file(&d->system, DATABASE "/status");
	if (fd == -ENOENT) {
		gth_say("%s: missing: no dpkg database is there; --root names the root directory "
			"of a system that has one",
			t->file);
		return STATUS_IO;
	}
	if (fd < 0) {
		failed(t, d, fd);
		return d->status;
	}
	dpkg_package_init(&d->package);
	status = source_lines(t, read_fd, &fd, take_status_line, d);
	close(fd);
	if (!status && d->package.open)
		err = take_package(t, d);
	if (err)
		status = taking_failed(t, 0, err);
	/* the exit status of a file that was read within status counts */
	return d->status ? d->status : status ? status : taking_end(t, "dpkg");
}

static int read_diversions(struct taking *t, struct dpkg *d)
{
	int err, fd = system_file(&d->system, DATABASE "/diversions");

	if (fd == -ENOENT)
		return 0;
	reading(t, DATABASE "/diversions", NULL);
	if (fd < 0)
		return failed(t, d, fd);
	err = diversions_read(&d->diversions, fd);
	close(fd);
	return err ? failed(t, d, err) : 0;
}

/* All packages of the system in the root directory; @path is NULL. */
int import_dpkg(struct taking *t, const char *path)
{
	static struct dpkg d;
	int err, status;

	(void)path;
	taking_begin(t, t->root);
	err = system_open(&d.system, t->root);
	if (err)
		status = taking_failed(t, 0, err);
	else if (read_diversions(t, &d))
		status = d.status;
	else
		status = read_status(t, &d);
	diversions_free(&d.diversions);
	system_close(&d.system);
	return status;
}
