// SPDX-License-Identifier: GPL-2.0-or-later
/* seen.c - the checkpoints that were seen (see seen.h). */
#include "lib/log/seen.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/log/tile.h"
#include "lib/util/atomic.h"
#include "lib/util/hex.h"
#include "lib/util/io.h"
#include "lib/util/sha256.h"

#define NAME_SIZE (2 * GTH_SHA256_SIZE + 1)

static int file_of(const struct gth_verifier *log, char name[NAME_SIZE])
{
	uint8_t digest[GTH_SHA256_SIZE];
	int err = gth_sha256(log->name, strlen(log->name), digest);

	if (!err)
		gth_hex_encode(name, digest, sizeof(digest));
	return err;
}

/* A new directory is in its parent after a power cut. */
static int sync_parent(int dir)
{
	int fd = openat(dir, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;
	if (fsync(fd) && errno != EINVAL)
		err = -errno;
	close(fd);
	return err;
}

/* gth_seen_open() - a descriptor that holds the lock, also of a new directory; -EBUSY */
int gth_seen_open(const char *path)
{
	int fd, err;

	if (mkdir(path, 0700) && errno != EEXIST)
		return -errno;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = sync_parent(fd);
	if (!err && flock(fd, LOCK_EX | LOCK_NB))
		err = errno == EWOULDBLOCK ? -EBUSY : -errno;
	if (!err)
		return fd;
	close(fd);
	return err;
}

/* gth_seen_note() - the note, as a string to be freed; errors as of gth_seen_load() */
int gth_seen_note(int state, const struct gth_verifier *log, char **note, size_t *len)
{
	char name[NAME_SIZE];
	uint8_t *data = NULL;
	int err = file_of(log, name);

	if (!err)
		err = gth_tile_read_file(state, name, GTH_NOTE_MAX, &data, len);
	*note = (char *)data;
	return err;
}

/* gth_seen_load() - 0; -ENOENT: none yet; -EBADMSG: it is damaged, or of another key; an errno */
int gth_seen_load(int state, const struct gth_verifier *log, struct gth_checkpoint *c)
{
	size_t len, text_len;
	char *note;
	int err = gth_seen_note(state, log, &note, &len);

	if (err)
		return err;
	err = gth_note_verify(note, len, log, 1, &text_len);
	if (!err)
		err = gth_checkpoint_parse(c, note, text_len);
	if (!err && strcmp(c->origin, log->name) != 0)
		err = -EBADMSG;
	free(note);
	return err == -ENOMEM ? err : err ? -EBADMSG : 0;
}

/* gth_seen_store() - 0: it is there after a power cut; or a negative errno */
int gth_seen_store(int state, const struct gth_verifier *log, const char *note)
{
	char name[NAME_SIZE];
	struct gth_atomic a;
	int err = file_of(log, name);

	if (!err)
		err = gth_atomic_sweep(state, name);
	if (!err)
		err = gth_atomic_create(&a, state, name, 0600);
	if (err)
		return err;
	err = gth_write_all(a.fd, note, strlen(note));
	if (!err)
		err = gth_atomic_commit((struct gth_atomic *const[]) { &a }, 1);
	gth_atomic_abort(&a);
	return err;
}
