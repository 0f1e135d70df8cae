// SPDX-License-Identifier: GPL-2.0-or-later
/* checkpoint.c - the signed size and root of a log: C2SP tlog-checkpoint (see tlog.h). */
#include "lib/log/checkpoint.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/log/tile.h"
#include "lib/util/atomic.h"
#include "lib/util/base64.h"
#include "lib/util/io.h"
#include "lib/util/number.h"

#define HASH GTH_TLOG_HASH_SIZE
#define BASE64 GTH_BASE64_LEN(HASH)

/* Three lines, each ended by LF: the origin, the size, the root in base64. Return: 0 or -EINVAL. */
int gth_checkpoint_format(const struct gth_checkpoint *c, char text[GTH_CHECKPOINT_SIZE])
{
	char root[BASE64 + 1];
	int n;

	if (!*c->origin || strchr(c->origin, '\n') || c->size > LLONG_MAX)
		return -EINVAL;
	gth_base64_encode(root, c->root, HASH);
	n = snprintf(text, GTH_CHECKPOINT_SIZE, "%s\n%llu\n%s\n", c->origin,
		     (unsigned long long)c->size, root);
	return n < GTH_CHECKPOINT_SIZE ? 0 : -EINVAL;
}

/* The line at *@at, without its LF, as a string. Return: 0 or -EBADMSG. */
static int take_line(const char **at, const char *end, char *out, size_t size)
{
	const char *lf = memchr(*at, '\n', (size_t)(end - *at));
	size_t len = lf ? (size_t)(lf - *at) : 0;

	if (!len || len >= size || memchr(*at, '\0', len))
		return -EBADMSG;
	memcpy(out, *at, len);
	out[len] = '\0';
	*at = lf + 1;
	return 0;
}

/*
 * The text of a note, without its signatures. Extension lines are not taken:
 * there is one text for one checkpoint.
 * Return: 0 or -EBADMSG.
 */
int gth_checkpoint_parse(struct gth_checkpoint *c, const char *text, size_t len)
{
	const char *at = text, *end = text + len;
	char size[24], root[BASE64 + 1], again[GTH_CHECKPOINT_SIZE];
	unsigned long long n;

	memset(c, 0, sizeof(*c));
	if (take_line(&at, end, c->origin, sizeof(c->origin)) ||
	    take_line(&at, end, size, sizeof(size)) || take_line(&at, end, root, sizeof(root)) ||
	    at != end || gth_number_parse(size, LLONG_MAX, &n) ||
	    gth_base64_decode(c->root, HASH, root, strlen(root)))
		return -EBADMSG;
	c->size = n;
	/* Leading zeros come out here. */
	if (gth_checkpoint_format(c, again) || strlen(again) != len ||
	    memcmp(again, text, len) != 0)
		return -EBADMSG;
	return 0;
}

/**
 * gth_tlog_checkpoint() - the checkpoint of a log, verified
 * @v: the key of the log; its name must be the origin
 *
 * Return: 0; -ENOENT: there is none; -EBADMSG: it is none; -EKEYREJECTED, -ENOKEY:
 * its signature (note.h); or a negative errno.
 */
int gth_tlog_checkpoint(int dirfd, const struct gth_verifier *v, struct gth_checkpoint *c)
{
	size_t len, text_len;
	uint8_t *note;
	int err = gth_tile_read_file(dirfd, GTH_CHECKPOINT_FILE, GTH_NOTE_MAX, &note, &len);

	if (err)
		return err;
	err = gth_note_verify((const char *)note, len, v, 1, &text_len);
	if (!err)
		err = gth_checkpoint_parse(c, (const char *)note, text_len);
	if (!err && strcmp(c->origin, v->name) != 0)
		err = -EBADMSG;
	free(note);
	return err;
}

/**
 * gth_checkpoint_replace() - put a signed checkpoint in the place of the old one
 * @mode: of the file; masked by umask
 * @visible: set to whether readers see the new one, also when an error is returned
 *
 * Return: 0: it lasts; or a negative errno.
 */
int gth_checkpoint_replace(int dirfd, const char *note, mode_t mode, bool *visible)
{
	struct gth_atomic a;
	int err = gth_atomic_create(&a, dirfd, GTH_CHECKPOINT_FILE, mode);

	*visible = false;
	if (err)
		return err;
	err = gth_write_all(a.fd, note, strlen(note));
	if (!err) {
		err = gth_atomic_commit((struct gth_atomic *const[]) { &a }, 1);
		*visible = a.fd < 0;
	}
	gth_atomic_abort(&a);
	return err;
}

/* gth_checkpoint_write() - sign a checkpoint; the rest is as for gth_checkpoint_replace() */
int gth_checkpoint_write(int dirfd, const struct gth_checkpoint *c, const struct gth_signer *s,
			 mode_t mode, bool *visible)
{
	char text[GTH_CHECKPOINT_SIZE];
	char *note;
	int err;

	*visible = false;
	err = gth_checkpoint_format(c, text);
	if (!err)
		err = gth_note_sign(text, s, &note);
	if (err)
		return err;
	err = gth_checkpoint_replace(dirfd, note, mode, visible);
	free(note);
	return err;
}
