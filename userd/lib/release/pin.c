// SPDX-License-Identifier: GPL-2.0-or-later
/* pin.c - the version above which no update goes (see history.h). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/log/tile.h"
#include "lib/release/history.h"
#include "lib/util/atomic.h"
#include "lib/util/io.h"
#include "lib/util/root_dir.h"

static void ignore(void *ctx, unsigned int line, const char *text)
{
	(void)ctx, (void)line, (void)text;
}

/**
 * gth_pin_load() - the pin of this machine
 * @dir: root's state directory
 *
 * Return: 0; -ENOENT: there is none; -EBADMSG: it is damaged, and no update may pass; -EPERM:
 * others than root can write there; another errno.
 */
int gth_pin_load(const char *dir, struct gth_history_act *a)
{
	int dirfd = gth_root_dir_open(dir), err;
	struct gth_history h;
	uint8_t *text;
	size_t len;

	if (dirfd < 0)
		return dirfd;
	err = gth_tile_read_file(dirfd, GTH_PIN_FILE,
				 sizeof(GTH_HISTORY_HEADER) + GTH_HISTORY_LINE_MAX, &text, &len);
	close(dirfd);
	if (err)
		return err;
	err = gth_history_parse(&h, (const char *)text, len, ignore, NULL);
	if (!err && (h.n != 1 || h.act[0].kind != GTH_HISTORY_PIN))
		err = -EBADMSG;
	if (!err)
		*a = h.act[0];
	gth_history_free(&h);
	free(text);
	return err;
}

static int write_pin(int dirfd, const char *line, size_t len)
{
	struct gth_atomic a, *all[] = { &a };
	int err;

	gth_atomic_sweep(dirfd, GTH_PIN_FILE);
	err = gth_atomic_create(&a, dirfd, GTH_PIN_FILE, 0600);
	if (err)
		return err;
	err = gth_write_all(a.fd, GTH_HISTORY_HEADER, strlen(GTH_HISTORY_HEADER));
	if (!err)
		err = gth_write_all(a.fd, line, len);
	if (!err)
		err = gth_atomic_commit(all, 1);
	gth_atomic_abort(&a);
	return err;
}

/**
 * gth_pin_set() - a pin, or none
 * @dir: root's state directory; made if it is missing
 * @a: the act PIN; NULL: the pin is removed
 *
 * Return: 0: it lasts; -ENOENT: there is none to be removed; -EINVAL: the act cannot be a line;
 * another errno.
 */
int gth_pin_set(const char *dir, const struct gth_history_act *a)
{
	char line[GTH_HISTORY_LINE_MAX];
	int len = a ? gth_history_format(a, line) : 0, dirfd, err;

	if (len < 0)
		return len;
	dirfd = gth_root_dir_make(dir);
	if (dirfd < 0)
		return dirfd;
	if (a)
		err = write_pin(dirfd, line, (size_t)len);
	else
		err = unlinkat(dirfd, GTH_PIN_FILE, 0) || fsync(dirfd) ? -errno : 0;
	close(dirfd);
	return err;
}
