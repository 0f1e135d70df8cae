// SPDX-License-Identifier: GPL-2.0-or-later
/* history_file.c - the file of the history of tables (see history.h). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "lib/log/tile.h"
#include "lib/release/history.h"
#include "lib/util/atomic.h"
#include "lib/util/io.h"
#include "lib/util/root_dir.h"

#define TEXT_MAX                                                                                   \
	(sizeof(GTH_HISTORY_HEADER) + (size_t)GTH_HISTORY_ACTS * GTH_HISTORY_LINE_MAX) /* bytes */

/**
 * gth_history_load() - the file in a directory, as gth_history_parse()
 *
 * Return: 0; -ENOENT: there is none, as before the first table; -EBADMSG: a part of it is damaged;
 * -EPERM: others than root can write there; another errno.
 */
int gth_history_load(struct gth_history *h, const char *dir, gth_history_error_fn *error, void *ctx)
{
	int dirfd = gth_root_dir_open(dir), err;
	uint8_t *text;
	size_t len;

	*h = (struct gth_history) { .n = 0 };
	if (dirfd < 0)
		return dirfd;
	err = gth_tile_read_file(dirfd, GTH_HISTORY_FILE, TEXT_MAX, &text, &len);
	close(dirfd);
	if (err == -EBADMSG)
		error(ctx, 1, "the file is too large");
	if (err)
		return err;
	err = gth_history_parse(h, (const char *)text, len, error, ctx);
	free(text);
	return err;
}

/* The first of the last @n lines. */
static const char *last_lines(const char *text, size_t len, unsigned int n)
{
	const char *at = text + len;

	while (at > text) {
		const char *lf =
			at - 1 > text ? memrchr(text, '\n', (size_t)(at - 1 - text)) : NULL;

		if (!n--)
			return at;
		at = lf ? lf + 1 : text;
	}
	return text;
}

static int write_file(int dirfd, const char *lines, size_t len, const char *more, size_t more_len)
{
	struct gth_atomic a, *all[] = { &a };
	int err = gth_atomic_create(&a, dirfd, GTH_HISTORY_FILE, 0600);

	if (err)
		return err;
	err = gth_write_all(a.fd, GTH_HISTORY_HEADER, strlen(GTH_HISTORY_HEADER));
	if (!err)
		err = gth_write_all(a.fd, lines, len);
	if (!err && len && lines[len - 1] != '\n')
		err = gth_write_all(a.fd, "\n", 1);
	if (!err)
		err = gth_write_all(a.fd, more, more_len);
	if (!err)
		err = gth_atomic_commit(all, 1);
	gth_atomic_abort(&a);
	return err;
}

/* Lines that are wrong stay, for people to see, until they are the oldest. */
static int append(int dirfd, const char *line, size_t line_len)
{
	uint8_t *text;
	size_t len = 0;
	const char *lines, *from;
	int err = gth_tile_read_file(dirfd, GTH_HISTORY_FILE, TEXT_MAX, &text, &len);

	if (err && err != -ENOENT)
		return err;
	lines = err ? "" : (const char *)text;
	if (len >= strlen(GTH_HISTORY_HEADER) &&
	    !memcmp(lines, GTH_HISTORY_HEADER, strlen(GTH_HISTORY_HEADER))) {
		lines += strlen(GTH_HISTORY_HEADER);
		len -= strlen(GTH_HISTORY_HEADER);
	}
	from = last_lines(lines, len, GTH_HISTORY_ACTS - 1);
	gth_atomic_sweep(dirfd, GTH_HISTORY_FILE);
	err = write_file(dirfd, from, len - (size_t)(from - lines), line, line_len);
	free(text);
	return err;
}

/**
 * gth_history_add() - one more act
 * @dir: root's state directory; made if it is missing
 *
 * Return: 0: it lasts; -EINVAL: it cannot be a line; -EPERM: others than root can write there;
 * -EBADMSG: the file is too large to be one; another errno.
 */
int gth_history_add(const char *dir, const struct gth_history_act *a)
{
	char line[GTH_HISTORY_LINE_MAX];
	int len = gth_history_format(a, line), dirfd, err;

	if (len < 0)
		return len;
	dirfd = gth_root_dir_make(dir);
	if (dirfd < 0)
		return dirfd;
	while ((err = flock(dirfd, LOCK_EX) ? -errno : 0) == -EINTR)
		;
	if (!err)
		err = append(dirfd, line, (size_t)len);
	close(dirfd);
	return err;
}
