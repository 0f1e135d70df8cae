// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * spool.c - files that wait (see spool.h).
 *
 * The database has a row before a file is begun, and says that a file is there only
 * when it is whole and on the disk.
 */
#include "daemon/store/spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/util/io.h"
#include "lib/util/make_dir.h"
#include "lib/util/pulse.h"
#include "lib/util/say.h"
#include "lib/util/sha256.h"

#define CHUNK (256U << 10)

static void name_of(char out[64], const char *id, const char *end)
{
	snprintf(out, 64, "%s.%s", id, end);
}

/* Removes the directory of an earlier version for copies without a row. */
static void remove_lost(int state_dir)
{
	int fd = openat(state_dir, "lost", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *e;

	if (!dir)
		return;
	while ((e = readdir(dir)))
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			unlinkat(dirfd(dir), e->d_name, 0);
	closedir(dir);
	unlinkat(state_dir, "lost", AT_REMOVEDIR);
}

int gth_spool_open(struct gth_spool *s, int state_dir)
{
	s->dirfd = gth_make_dir(state_dir, GTH_SPOOL_DIR, 0700);
	if (s->dirfd < 0)
		return s->dirfd;
	remove_lost(state_dir);
	return 0;
}

void gth_spool_close(struct gth_spool *s)
{
	if (s->dirfd >= 0)
		close(s->dirfd);
	s->dirfd = -1;
}

/* Reads @fd by pread(2), hashes it, and writes it to @out unless that is -1. */
static int copy(int fd, int out, uint64_t max, uint8_t digest[GTH_DIGEST_SIZE], uint64_t *size)
{
	char *chunk = malloc(CHUNK);
	struct gth_sha256 h = { NULL };
	uint64_t at = 0;
	int err = chunk ? gth_sha256_init(&h) : -ENOMEM;

	while (!err) {
		ssize_t n = gth_pread_full(fd, chunk, CHUNK, (off_t)at);

		gth_pulse();
		if (n <= 0) {
			err = (int)n;
			break;
		}
		at += (uint64_t)n;
		if (at > max)
			err = -EFBIG;
		if (!err)
			err = gth_sha256_update(&h, chunk, (size_t)n);
		if (!err && out >= 0)
			err = gth_write_all(out, chunk, (size_t)n);
		/* an I/O error of hashing or writing must not count as one of reading */
		if (err == -EIO)
			err = -ENOSPC;
	}
	if (!err)
		err = gth_sha256_final(&h, digest);
	*size = at;
	gth_sha256_free(&h);
	free(chunk);
	return err;
}

/* Syncs a file and its name in the spool, which may take long. Return: 0 or -errno. */
static int sync_file(const struct gth_spool *s, int file)
{
	int err;

	gth_pulse_long();
	err = fsync(file) || fsync(s->dirfd) ? -errno : 0;
	gth_pulse();
	return err;
}

/**
 * gth_spool_copy() - copy a file to spool/ID.plain, durably
 * @fd: the file; its position stays
 * @max: bytes; more is -EFBIG
 *
 * Return: 0; -ENOSPC, -EDQUOT: no room, or not writable; another errno: of reading.
 * After an error nothing is left.
 */
int gth_spool_copy(struct gth_spool *s, int fd, uint64_t max, const char *id,
		   uint8_t digest[GTH_DIGEST_SIZE], uint64_t *size)
{
	char name[64];
	int out, err;

	name_of(name, id, "plain");
	out = openat(s->dirfd, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (out < 0)
		return -ENOSPC;
	err = copy(fd, out, max, digest, size);
	if (!err && sync_file(s, out))
		err = -ENOSPC;
	close(out);
	if (err)
		unlinkat(s->dirfd, name, 0);
	return err;
}

/* The SHA-256 of at most @max bytes of a file; its position stays. */
int gth_spool_digest(int fd, uint64_t max, uint8_t digest[GTH_DIGEST_SIZE])
{
	uint64_t size;

	return copy(fd, -1, max, digest, &size);
}

/* Return: the size of ID.age, its SHA-256 in @digest; or a negative errno. */
static int64_t measure(struct gth_spool *s, const char *name, uint8_t digest[GTH_DIGEST_SIZE])
{
	int fd = openat(s->dirfd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	int64_t ret;

	if (fd < 0)
		return -errno;
	ret = fstat(fd, &st) ? -errno : gth_sha256_fd(fd, digest);
	close(fd);
	return ret ? ret : st.st_size;
}

/**
 * gth_spool_seal() - encrypt ID.plain to ID.age, durably
 * @r: cipher_size and cipher_digest are set; ID.plain stays until the database has both
 */
int gth_spool_seal(struct gth_spool *s, struct gth_row *r, const struct gth_age_recipient *to,
		   size_t n)
{
	char plain[64], sealed[64];
	int in, out, err;
	int64_t size;

	name_of(plain, r->id, "plain");
	name_of(sealed, r->id, "age");
	in = openat(s->dirfd, plain, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (in < 0)
		return -errno;
	out = openat(s->dirfd, sealed, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	err = out < 0 ? -errno : gth_age_encrypt(in, out, to, n);
	if (!err)
		err = sync_file(s, out);
	close(in);
	if (out >= 0)
		close(out);
	if (!err) {
		size = measure(s, sealed, r->cipher_digest);
		if (size < 0)
			err = (int)size;
		else
			r->cipher_size = (uint64_t)size;
	}
	if (err)
		unlinkat(s->dirfd, sealed, 0);
	return err;
}

/* Return: ID.age, open for reading; or a negative errno. */
int gth_spool_sealed(struct gth_spool *s, const char *id)
{
	char name[64];
	int fd;

	name_of(name, id, "age");
	fd = openat(s->dirfd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* Links the files of a submission to another id's names. Existing links (-EEXIST) do no harm. */
int gth_spool_rename(struct gth_spool *s, const char *from, const char *to)
{
	static const char *const ends[] = { "plain", "age" };

	for (int i = 0; i < 2; i++) {
		char old[64], new[64];

		name_of(old, from, ends[i]);
		name_of(new, to, ends[i]);
		if (linkat(s->dirfd, old, s->dirfd, new, 0) && errno != ENOENT && errno != EEXIST)
			return -errno;
	}
	return fsync(s->dirfd) ? -errno : 0;
}

void gth_spool_drop(struct gth_spool *s, const char *id, bool plain, bool sealed)
{
	char name[64];

	name_of(name, id, "plain");
	if (plain)
		unlinkat(s->dirfd, name, 0);
	name_of(name, id, "age");
	if (sealed)
		unlinkat(s->dirfd, name, 0);
}

/*
 * Does the database expect this file? 1: yes; 0: its row does not; 2: it has no row; or an errno.
 */
static int expected(struct gth_db *l, const char *name)
{
	const char *dot = strchr(name, '.');
	struct gth_row row;
	char id[GTH_UUID_SIZE];
	int found;

	if (!dot || (size_t)(dot - name) != sizeof(id) - 1)
		return 2;
	memcpy(id, name, sizeof(id) - 1);
	id[sizeof(id) - 1] = '\0';
	found = gth_db_by_id(l, id, &row);
	if (found <= 0)
		return found ? found : 2;
	if (!strcmp(dot, ".plain"))
		return row.plain;
	if (!strcmp(dot, ".age"))
		return row.sealed;
	return 2;
}

/* Updates the rows whose files are missing. */
static int missing(struct gth_spool *s, struct gth_db *l)
{
	sqlite3_stmt *st = NULL;
	struct gth_row row;
	int err =
		gth_sql_prepare(l->db, &st, "SELECT id FROM submission WHERE plain OR sealed", "");

	while (!err && (err = gth_sql_step(st)) == 1) {
		char plain[64], sealed[64];

		gth_pulse();
		err = gth_db_by_id(l, (const char *)sqlite3_column_text(st, 0), &row);
		if (err != 1)
			continue;
		err = 0;
		name_of(plain, row.id, "plain");
		name_of(sealed, row.id, "age");
		if ((!row.plain || !faccessat(s->dirfd, plain, F_OK, AT_SYMLINK_NOFOLLOW)) &&
		    (!row.sealed || !faccessat(s->dirfd, sealed, F_OK, AT_SYMLINK_NOFOLLOW)))
			continue;
		gth_spool_drop(s, row.id, row.plain, row.sealed);
		row.plain = row.sealed = false;
		if (row.state != GTH_SPOOLED_ASKED && row.state < GTH_SPOOLED_WAITING)
			row.state = GTH_SPOOLED_FAILED;
		snprintf(row.detail, sizeof(row.detail), "its file is missing in the spool");
		err = gth_db_put(l, &row);
	}
	sqlite3_finalize(st);
	return err;
}

/**
 * gth_spool_settle() - makes directory and database agree, at the start
 * @lost: the number of files without a row; they are removed, because users' content without a use
 * must not stay
 *
 * A file that its row does not expect is removed too: the row is written before a file is begun,
 * and again when it is complete.
 */
int gth_spool_settle(struct gth_spool *s, struct gth_db *l, unsigned int *lost)
{
	int fd = openat(s->dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), err = 0;
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;

	*lost = 0;
	if (!dir) {
		err = -errno;
		if (fd >= 0)
			close(fd);
		return err;
	}
	while (!err && (e = readdir(dir))) {
		int known;

		gth_pulse();
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		known = expected(l, e->d_name);
		if (known < 0)
			err = known;
		else if (known != 1 && unlinkat(s->dirfd, e->d_name, 0))
			gth_say(GTH_SPOOL_DIR "/%s cannot be removed: %s", e->d_name,
				strerror(errno));
		else if (known == 2)
			(*lost)++;
	}
	closedir(dir);
	return err ? err : missing(s, l);
}
