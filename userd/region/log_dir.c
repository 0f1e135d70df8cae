// SPDX-License-Identifier: GPL-2.0-or-later
/* log_dir.c - the directory of a log of releases (see log_dir.h). */
#include "region/log_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/log/checkpoint.h"
#include "region/files.h"
#include "region/output.h"
#include "region/stage.h"

/* Return: a descriptor or a negative errno. */
int region_log_open(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static int load(int dirfd, const char *path, struct gth_verifier *v)
{
	char *text, *lf;
	int err = region_file_read(dirfd, path, &text, GTH_NOTE_KEY_SIZE);

	if (err)
		return err == -EFBIG ? -EINVAL : err;
	lf = strchr(text, '\n');
	if (lf && !lf[1])
		*lf = '\0';
	err = gth_verifier_parse(v, text);
	free(text);
	return err;
}

/* region_log_verifier() - the key of a log, as its directory names it: for its owner, not for
 * others */
int region_log_verifier(int log, struct gth_verifier *v)
{
	return load(log, REGION_LOG_KEY, v);
}

/* region_verifier_load() - the key in a file. Return: 0; -EINVAL: it is not one; or a negative
 * errno. */
int region_verifier_load(const char *path, struct gth_verifier *v)
{
	return load(AT_FDCWD, path, v);
}

static int write_key(int log, const struct gth_verifier *v)
{
	char text[GTH_NOTE_KEY_SIZE], line[GTH_NOTE_KEY_SIZE + 1];
	int err = gth_verifier_format(v, text);

	if (err)
		return err;
	snprintf(line, sizeof(line), "%s\n", text);
	return region_text_write(log, REGION_LOG_KEY, line);
}

/**
 * region_log_init() - make a log in an empty directory
 *
 * The key comes last: without one it is not a log yet, and making it can be done again.
 * Return: 0; -EEXIST: it is one; -EBADMSG: there are parts of one; or a negative errno.
 */
int region_log_init(int log, const struct gth_signer *key)
{
	struct gth_tlog *tlog;
	struct stat st;
	int err;

	if (!fstatat(log, REGION_LOG_KEY, &st, AT_SYMLINK_NOFOLLOW))
		return -EEXIST;
	if (!fstatat(log, REGION_RELEASES, &st, AT_SYMLINK_NOFOLLOW))
		return -EBADMSG;
	err = gth_tlog_open_public(&tlog, log, key);
	if (err)
		return err;
	err = gth_tlog_size(tlog) ? -EBADMSG : write_key(log, &key->verifier);
	gth_tlog_close(tlog);
	return err;
}
