// SPDX-License-Identifier: GPL-2.0-or-later
/* stage.c - the files of a release on their way into a log's directory (see stage.h). */
#include "region/stage.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/body.h"
#include "lib/util/io.h"
#include "lib/util/make_dir.h"
#include "lib/util/sha256.h"

#define STAGING ".staging" /* a release cannot be called so */
#define CHUNK (1U << 20)   /* bytes */

void region_release_path(const struct gth_manifest *m, char path[REGION_PATH_SIZE])
{
	snprintf(path, REGION_PATH_SIZE, REGION_RELEASES "/%s/%llu", m->name, m->version);
}

/* Removes a directory of files. Return: 0, also where there is none; or a negative errno. */
static int clear(int at, const char *name)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!dir) {
		int err = errno == ENOENT ? 0 : -errno;

		if (fd >= 0)
			close(fd);
		return err;
	}
	while ((entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			unlinkat(fd, entry->d_name, 0);
	closedir(dir);
	return unlinkat(at, name, AT_REMOVEDIR) ? -errno : 0;
}

/* region_stage_begin() - an empty stage; what a killed process left on it is removed */
int region_stage_begin(struct region_stage *s, int log)
{
	int err;

	s->dir = -1;
	s->releases = gth_make_dir(log, REGION_RELEASES, 0755);
	if (s->releases < 0)
		return s->releases;
	err = clear(s->releases, STAGING);
	if (err)
		return err;
	s->dir = gth_make_dir(s->releases, STAGING, 0755);
	return s->dir < 0 ? s->dir : 0;
}

static int create(const struct region_stage *s, const char *name)
{
	int fd = openat(s->dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	return fd < 0 ? -errno : fd;
}

/* Return: @err, or that of the sync. */
static int finish(int fd, int err)
{
	if (!err && fsync(fd))
		err = -errno;
	close(fd);
	return err;
}

int region_stage_text(struct region_stage *s, const char *name, const void *text, size_t len)
{
	int fd = create(s, name);

	return fd < 0 ? fd : finish(fd, gth_write_all(fd, text, len));
}

/* Return: a descriptor; -EINVAL: it is not a regular file; or a negative errno. */
static int open_regular(int from, const char *name)
{
	int fd = openat(from, name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC), err = 0;
	struct stat st;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st))
		err = -errno;
	else if (!S_ISREG(st.st_mode))
		err = -EINVAL;
	if (!err)
		return fd;
	close(fd);
	return err;
}

/* Copies, and calls @each with what was copied, if it is not NULL. */
static int copy(int in, int out, int (*each)(void *arg, const u8 *data, size_t len), void *arg)
{
	u8 *chunk = malloc(CHUNK);
	ssize_t n = chunk ? 1 : -ENOMEM;
	int err = 0;

	while (!err && n > 0) {
		n = gth_read_full(in, chunk, CHUNK);
		if (n > 0 && each)
			err = each(arg, chunk, (size_t)n);
		if (!err && n > 0)
			err = gth_write_all(out, chunk, (size_t)n);
	}
	free(chunk);
	return err ? err : (int)n;
}

static int copy_file(struct region_stage *s, int from, const char *name,
		     int (*each)(void *arg, const u8 *data, size_t len), void *arg)
{
	int in = open_regular(from, name), out, err;

	if (in < 0)
		return in;
	out = create(s, name);
	err = out < 0 ? out : finish(out, copy(in, out, each, arg));
	close(in);
	return err;
}

/* region_stage_copy() - a file as it is; -EINVAL: it is not a regular file */
int region_stage_copy(struct region_stage *s, int from, const char *name)
{
	return copy_file(s, from, name, NULL, NULL);
}

struct body_check {
	struct gth_body body;
	struct gth_sha256 hash;
	struct gth_progress *progress;
	u64 bytes, size;
};

static int take(void *ctx, const struct gth_record *rec)
{
	(void)ctx;
	(void)rec;
	return 0;
}

static int check(void *arg, const u8 *data, size_t len)
{
	struct body_check *c = arg;

	c->bytes += len;
	if (c->bytes > c->size || gth_body_feed(&c->body, data, len, take, NULL))
		return -EBADMSG;
	gth_progress_show(c->progress, "bytes checked and copied", c->bytes, c->size);
	return gth_sha256_update(&c->hash, data, len);
}

/**
 * region_stage_body() - the body, checked as it is copied
 *
 * So what is published is what was checked.
 * Return: 0; -EBADMSG: it is not the body of this manifest; or a negative errno.
 */
int region_stage_body(struct region_stage *s, int from, const struct gth_manifest *m,
		      struct gth_progress *progress)
{
	struct body_check c = { .progress = progress, .size = m->body_size };
	u8 digest[GTH_DIGEST_SIZE];
	int err = gth_sha256_init(&c.hash);

	gth_body_init(&c.body);
	if (!err)
		err = copy_file(s, from, "body", check, &c);
	if (!err && gth_body_end(&c.body, m))
		err = -EBADMSG;
	if (!err)
		err = gth_sha256_final(&c.hash, digest);
	if (!err && memcmp(digest, m->body_digest, sizeof(digest)) != 0)
		err = -EBADMSG;
	gth_sha256_free(&c.hash);
	return err;
}

static void format_version(const struct gth_manifest *m, char version[24])
{
	snprintf(version, 24, "%llu", m->version);
}

/**
 * region_stage_commit() - put the release into its place
 *
 * A release of this version that is there is one that is not in the log, of a process that was
 * killed: it is removed first.
 * Return: 0: it lasts; or a negative errno.
 */
int region_stage_commit(struct region_stage *s, const struct gth_manifest *m)
{
	char version[24];
	int name, err;

	format_version(m, version);
	if (fsync(s->dir))
		return -errno;
	name = gth_make_dir(s->releases, m->name, 0755);
	if (name < 0)
		return name;
	err = clear(name, version);
	if (!err && renameat(s->releases, STAGING, name, version))
		err = -errno;
	if (!err && (fsync(name) || fsync(s->releases)))
		err = -errno;
	close(name);
	return err;
}

/* region_stage_take_back() - after a commit: the log did not take the release */
int region_stage_take_back(struct region_stage *s, const struct gth_manifest *m)
{
	char version[24];
	int name = openat(s->releases, m->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int err;

	if (name < 0)
		return -errno;
	format_version(m, version);
	err = clear(name, version);
	close(name);
	return err;
}

/* region_stage_end() - after a commit, or instead of one */
void region_stage_end(struct region_stage *s)
{
	if (s->dir >= 0)
		close(s->dir);
	if (s->releases >= 0) {
		clear(s->releases, STAGING);
		close(s->releases);
	}
	s->dir = s->releases = -1;
}
