// SPDX-License-Identifier: GPL-2.0-or-later
/* floors.c - the highest release of each name that was kept (see floors.h). */
#include "lib/host/floors.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "lib/log/tile.h"
#include "lib/util/atomic.h"
#include "lib/util/hex.h"
#include "lib/util/io.h"
#include "lib/util/number.h"
#include "lib/util/root_dir.h"
#include "lib/util/sha256.h"

#define HEADER "gotthard-floors 1\n"
#define LINE_MAX_SIZE (GTH_NAME_SIZE + 21 + 2 * GTH_DIGEST_SIZE + 2) /* bytes, NUL included */
#define TEXT_MAX (sizeof(HEADER) + GTH_FLOORS_MAX * LINE_MAX_SIZE)   /* bytes */

/* NAME VERSION BODY-SHA256. Return: what is wrong with the line; NULL: nothing. */
static const char *take_line(struct gth_floor *f, const char *text, size_t len)
{
	char line[LINE_MAX_SIZE], *version, *digest;
	unsigned long long number;

	memset(f, 0, sizeof(*f));
	if (len >= sizeof(line) || memchr(text, '\0', len))
		return "the line is too long, or holds a NUL";
	memcpy(line, text, len);
	line[len] = '\0';
	version = strchr(line, ' ');
	digest = version ? strchr(version + 1, ' ') : NULL;
	if (!digest)
		return "not NAME VERSION BODY-SHA256";
	*version++ = *digest++ = '\0';
	/* The module knows which names there can be. */
	if (!*line || strlen(line) >= sizeof(f->name))
		return "this cannot be the name of a database";
	memcpy(f->name, line, strlen(line));
	if (gth_number_parse(version, LLONG_MAX, &number) || !number)
		return "the version is not a number from 1 on";
	f->version = number;
	if (strlen(digest) != 2 * GTH_DIGEST_SIZE ||
	    gth_hex_decode(f->body_digest, GTH_DIGEST_SIZE, digest))
		return "the digest is not 64 hexadecimal digits";
	return NULL;
}

/**
 * gth_floors_parse() - the text of the file
 * @list: set to all lines that are right
 * @text: untrusted bytes
 * @len: how many
 * @error: called for each line that is wrong
 * @ctx: for @error
 *
 * Return: 0; -EBADMSG: something was refused.
 */
int gth_floors_parse(struct gth_floors *list, const char *text, size_t len,
		     gth_floors_error_fn *error, void *ctx)
{
	const size_t header = sizeof(HEADER) - 1;
	const char *end = text + len;
	int err = 0;

	*list = (struct gth_floors) { .size = sizeof(*list) };
	if (len < header || memcmp(text, HEADER, header) != 0) {
		error(ctx, 1, "the first line is not that of a file of floors");
		return -EBADMSG;
	}
	text += header;
	for (unsigned int line = 2; text < end; line++) {
		const char *lf = memchr(text, '\n', (size_t)(end - text));
		const char *wrong = "the line does not end";

		if (list->n == GTH_FLOORS_MAX)
			wrong = "more names than the module remembers";
		else if (lf)
			wrong = take_line(&list->floor[list->n], text, (size_t)(lf - text));
		if (wrong) {
			error(ctx, line, wrong);
			err = -EBADMSG;
		} else {
			list->n++;
		}
		text = lf ? lf + 1 : end;
	}
	return err;
}

static int load_at(struct gth_floors *list, int dirfd, gth_floors_error_fn *error, void *ctx)
{
	uint8_t *text;
	size_t len;
	int err = gth_tile_read_file(dirfd, GTH_FLOORS_FILE, TEXT_MAX, &text, &len);

	*list = (struct gth_floors) { .size = sizeof(*list) };
	if (err == -EBADMSG)
		error(ctx, 1, "the file is too large");
	if (err)
		return err;
	err = gth_floors_parse(list, (const char *)text, len, error, ctx);
	free(text);
	return err;
}

/**
 * gth_floors_load() - the file in a directory, as gth_floors_parse()
 *
 * Return: 0; -ENOENT: there is none, as before the first table; -EBADMSG: a part of it is
 * damaged; -EPERM: others than root can write there; another errno.
 */
int gth_floors_load(struct gth_floors *list, const char *dir, gth_floors_error_fn *error, void *ctx)
{
	int dirfd = gth_root_dir_open(dir), err;

	*list = (struct gth_floors) { .size = sizeof(*list) };
	if (dirfd < 0)
		return dirfd;
	err = load_at(list, dirfd, error, ctx);
	close(dirfd);
	return err;
}

/* gth_floors_find() - by name; NULL: it is not there */
struct gth_floor *gth_floors_find(struct gth_floors *list, const char *name)
{
	for (unsigned int i = 0; i < list->n && i < GTH_FLOORS_MAX; i++)
		if (!strncmp(list->floor[i].name, name, GTH_NAME_SIZE))
			return &list->floor[i];
	return NULL;
}

static size_t format(const struct gth_floors *list, char text[TEXT_MAX])
{
	size_t len = (size_t)snprintf(text, TEXT_MAX, HEADER);

	for (unsigned int i = 0; i < list->n && i < GTH_FLOORS_MAX; i++) {
		const struct gth_floor *f = &list->floor[i];
		char digest[2 * GTH_DIGEST_SIZE + 1] = "";

		gth_hex_encode(digest, f->body_digest, GTH_DIGEST_SIZE);
		len += (size_t)snprintf(text + len, TEXT_MAX - len, "%.31s %llu %.64s\n", f->name,
					(unsigned long long)f->version, digest);
	}
	return len;
}

static int write_file(int dirfd, const char *text, size_t len)
{
	struct gth_atomic a, *all[] = { &a };
	int err = gth_atomic_create(&a, dirfd, GTH_FLOORS_FILE, 0600);

	if (err)
		return err;
	err = gth_write_all(a.fd, text, len);
	if (!err)
		err = gth_atomic_commit(all, 1);
	gth_atomic_abort(&a);
	return err;
}

static void ignore(void *ctx, unsigned int line, const char *text)
{
	(void)ctx, (void)line, (void)text;
}

/* Return: has the list changed? -ENOSPC: no place for one more name. */
static int raise_in(struct gth_floors *list, const struct gth_floor *f, bool rollback)
{
	struct gth_floor *old = gth_floors_find(list, f->name);

	if (!old && list->n == GTH_FLOORS_MAX)
		return -ENOSPC;
	if (!old)
		old = &list->floor[list->n++];
	else if (f->version < old->version ? !rollback : !memcmp(old, f, sizeof(*f)))
		return 0;
	*old = *f;
	return 1;
}

/**
 * gth_floors_note() - a release is kept: after a reboot, no older one is loaded
 * @dir: made if it is missing
 * @f: the release
 * @rollback: the floor goes down to it, if it is higher
 *
 * Lines of the file that are damaged are gone afterwards; gth_floors_load() tells of them.
 *
 * Return: 0: it lasts; -EPERM: others than root can write there; -ENOSPC: too many names;
 * another errno.
 */
int gth_floors_note(const char *dir, const struct gth_floor *f, bool rollback)
{
	struct gth_floors list = { .n = 0 };
	char text[TEXT_MAX];
	int err, dirfd = gth_root_dir_make(dir);

	if (dirfd < 0)
		return dirfd;
	while ((err = flock(dirfd, LOCK_EX) ? -errno : 0) == -EINTR)
		;
	if (!err)
		err = load_at(&list, dirfd, ignore, NULL);
	if (!err || err == -ENOENT || err == -EBADMSG)
		err = raise_in(&list, f, rollback);
	if (err > 0) {
		gth_atomic_sweep(dirfd, GTH_FLOORS_FILE);
		err = write_file(dirfd, text, format(&list, text));
	}
	close(dirfd);
	return err;
}

/**
 * gth_floors_body() - is this the body of the release in force?
 * @list: the module's own, of GTH_IOC_FLOORS
 * @body: descriptor of a file, read from offset 0
 *
 * The module does not read the body of a release that is in force already, so a damaged copy of
 * it is found here.
 *
 * Return: 0: it is; -EBADMSG: its SHA-256 is another; -ENODATA: the module does not say which it
 * has to be; -ESPIPE: it cannot be read from offset 0; another errno of reading.
 */
int gth_floors_body(struct gth_floors *list, const struct gth_info *in_force, int body)
{
	const struct gth_floor *f = gth_floors_find(list, in_force->name);
	uint8_t digest[GTH_SHA256_SIZE];
	int err;

	if (!f || f->version != in_force->table_version)
		return -ENODATA;
	if (lseek(body, 0, SEEK_SET))
		return -errno;
	err = gth_sha256_fd(body, digest);
	if (err)
		return err;
	return memcmp(digest, f->body_digest, sizeof(digest)) ? -EBADMSG : 0;
}
