// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * adopt.c - puts a file beside the manifest that it is for (see adopt.h).
 *
 * The manifest is copied byte for byte, so the signature over it stays good.
 */
#include "sigtool/adopt.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/limits.h"
#include "lib/util/io.h"
#include "lib/util/say.h"
#include "sigtool/sigtool.h"

#define SIGNATURE "manifest.p7s"

/**
 * adopt_check() - may the signature beside a manifest be copied along?
 * @from: the database, read
 * @signer: set to the name of the key; empty: there is no signature
 *
 * As there is no certificate to compare with, this shows that the two belong together, and
 * no more: the module checks the key.
 *
 * Return: an exit status; it logs for itself.
 */
int adopt_check(const struct database *from, char signer[SIGNER_SIZE])
{
	struct problem p = PROBLEM_NONE;
	int err = signature_check(from, NULL, signer, &p);

	if (!err || err == -ENOENT)
		return STATUS_OK;
	if (err == -EKEYREJECTED) {
		problem_say(from->signature, &p);
		return STATUS_INPUT;
	}
	gth_say("%s: %s", from->signature, strerror(-err));
	return STATUS_IO;
}

/* Return: its bytes; 0: there is none; or a negative errno. */
static ssize_t read_signature(const struct database *db, char *data, size_t size)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s.p7s", db->manifest);
	ssize_t len;
	int fd;

	if (n < 0 || (size_t)n >= sizeof(path))
		return -ENAMETOOLONG;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	len = gth_read_full(fd, data, size);
	close(fd);
	return len == (ssize_t)size ? -EFBIG : len;
}

static int put(struct gth_atomic *a, int dirfd, const char *name, const char *data, size_t len)
{
	int err = gth_atomic_create(a, dirfd, name, 0666);

	return err ? err : gth_write_all(a->fd, data, len);
}

/*
 * Commits @file, whose content is complete, with a copy of the manifest of @from and of the
 * signature beside that, in the directory of @r: the manifest last, all or none. A signature
 * over another manifest is not left there.
 * Return: 0; -EFBIG: what is there for a signature is too large for one; or a negative errno.
 */
int adopt(struct release *r, struct gth_atomic *file, const struct database *from)
{
	struct gth_atomic manifest = { .fd = -1 }, signature = { .fd = -1 };
	char data[GTH_SIGNATURE_MAX + 1];
	ssize_t len = read_signature(from, data, sizeof(data));
	int err = len < 0 ? (int)len : 0;

	if (!err && len)
		err = put(&signature, r->dirfd, SIGNATURE, data, (size_t)len);
	if (!err)
		err = put(&manifest, r->dirfd, "manifest", from->text, from->len);
	if (!err && len)
		err = gth_atomic_commit((struct gth_atomic *[]) { file, &signature, &manifest }, 3);
	else if (!err)
		err = gth_atomic_commit((struct gth_atomic *[]) { file, &manifest }, 2);
	if (!err) {
		r->made = false;
		if (!len && unlinkat(r->dirfd, SIGNATURE, 0) && errno != ENOENT)
			err = -errno;
	}
	gth_atomic_abort(&signature);
	gth_atomic_abort(&manifest);
	return err;
}
