// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * delta_write.c - writes delta and manifest (see delta_write.h).
 *
 * The head has the counts and the digest of the records, so they are known, and in a file
 * without a name, before the delta is written.
 */
#include "sigtool/delta_write.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "lib/text/delta_text.h"
#include "lib/util/io.h"
#include "lib/util/say.h"
#include "lib/util/sha256.h"
#include "sigtool/adopt.h"
#include "sigtool/sigtool.h"

/* Is there a whole release in the directory, and another than @new? */
static int holds_other(int dirfd, const struct database *new)
{
	char text[GTH_MANIFEST_MAX + 1];
	ssize_t n;
	int fd;

	if (faccessat(dirfd, "body", F_OK, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT ? 0 : -errno;
	fd = openat(dirfd, "manifest", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	n = gth_read_full(fd, text, sizeof(text));
	close(fd);
	if (n < 0)
		return (int)n;
	return (size_t)n != new->len || memcmp(text, new->text, new->len) != 0;
}

/* Makes the directory and locks it. Return: an exit status; it logs for itself. */
int delta_write_open(struct release *r, const char *dir, const struct database *new)
{
	int status = release_begin(r, dir), other;

	if (status)
		return status;
	other = holds_other(r->dirfd, new);
	if (other < 0)
		gth_say("%s: %s", dir, strerror(-other));
	else if (other)
		gth_say("%s holds another release, whose body would lose its manifest: choose "
			"another directory",
			dir);
	return other < 0 ? STATUS_IO : other ? STATUS_INPUT : STATUS_OK;
}

static int put(void *ctx, const struct gth_delta_record *rec)
{
	return gth_sink_put(ctx, rec, sizeof(*rec));
}

static int write_head(int fd, const struct changes *c, const struct database *old,
		      const struct database *new)
{
	struct gth_delta d = { .from_version = old->m.version };
	char text[GTH_DELTA_HEAD_MAX];
	int len;

	memcpy(d.name, new->m.name, sizeof(d.name));
	memcpy(d.count, c->kind, sizeof(d.count));
	memcpy(d.digest, c->digest, sizeof(d.digest));
	if (gth_sha256(old->text, old->len, d.from) || gth_sha256(new->text, new->len, d.to))
		return -ENOMEM;
	len = gth_delta_format(&d, text, sizeof(text));
	return len < 0 ? len : gth_write_all(fd, text, (size_t)len);
}

static int write_file(int fd, const struct changes *c, const struct database *old,
		      const struct database *new)
{
	struct gth_sink sink;
	int err = write_head(fd, c, old, new);

	if (err)
		return err;
	err = gth_sink_init(&sink, fd, NULL);
	if (!err)
		err = changes_list(c, true, put, &sink);
	if (!err)
		err = gth_sink_flush(&sink);
	gth_sink_free(&sink);
	return err;
}

/* Return: an exit status; it logs for itself. */
int delta_write(struct release *r, const struct changes *c, const struct database *old,
		const struct database *new)
{
	struct gth_atomic delta;
	int err = gth_atomic_create(&delta, r->dirfd, "delta", 0666);

	if (!err)
		err = write_file(delta.fd, c, old, new);
	if (!err)
		err = adopt(r, &delta, new);
	gth_atomic_abort(&delta);
	if (err)
		gth_say("%s: %s", r->path, strerror(-err));
	return err ? STATUS_IO : STATUS_OK;
}
