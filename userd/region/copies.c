// SPDX-License-Identifier: GPL-2.0-or-later
/* copies.c - gotthard-region backup and restore: copies of the database. */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "lib/util/program.h"
#include "lib/util/say.h"
#include "region/region.h"

#define BUSY_MS 20
#define PAGES 1024 /* copied at a time, so that writers need not wait for the whole */

struct options {
	const char *dir, *file;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;
	const struct gth_operand operands[] = { { "DIR", &o->dir }, { "FILE", &o->file }, { 0 } };

	return gth_operands(key, arg, state, operands);
}

/* Copies a database into a new file. Return: 0; -EEXIST; or an errno. */
static int copy(sqlite3 *from, const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600), rc, err;
	sqlite3_backup *b = NULL;
	sqlite3 *to = NULL;

	if (fd < 0)
		return -errno;
	rc = sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE, NULL);
	if (rc == SQLITE_OK)
		b = sqlite3_backup_init(to, "main", from, "main");
	if (b) {
		while ((rc = sqlite3_backup_step(b, PAGES)) == SQLITE_OK || rc == SQLITE_BUSY ||
		       rc == SQLITE_LOCKED)
			if (rc != SQLITE_OK)
				sqlite3_sleep(BUSY_MS);
		sqlite3_backup_finish(b);
	} else if (rc == SQLITE_OK) {
		rc = sqlite3_errcode(to);
	}
	err = gth_sql_errno(to, rc);
	sqlite3_close(to);
	if (!err && fsync(fd))
		err = -errno;
	close(fd);
	if (err)
		unlink(path);
	return err;
}

int region_backup(int argc, char **argv)
{
	static const struct argp argp = {
		.parser = parse,
		.children = gth_argp_children,
		.args_doc = "DIR FILE",
		.doc = "Copies the database of the region of DIR into the new FILE, also while "
		       "that serves. It has the records of the endpoints' files: keep it private."
	};
	struct options o = { 0 };
	struct region r;
	int err;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	if (region_open(&r, o.dir))
		return REGION_FAILED_EXIT;
	err = copy(r.state.db, o.file);
	region_close(&r);
	if (err)
		gth_say("%s: %s", o.file, strerror(-err));
	return err ? REGION_FAILED_EXIT : REGION_OK;
}

/* Return: a descriptor that holds the lock of `gotthard-region serve`, or an errno. */
static int lock(const char *dir)
{
	char path[PATH_MAX];
	int fd;

	if (snprintf(path, sizeof(path), "%s/lock", dir) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	if (!flock(fd, LOCK_EX | LOCK_NB))
		return fd;
	close(fd);
	return -EBUSY;
}

/*
 * Gives the database a new id. A cursor has the id of its database. Verdicts that were given out
 * after the copy was made are not in it, and their numbers are used again, so older cursors must
 * not be valid.
 */
static int renew(const char *path)
{
	struct region_state s;
	int err = region_state_open(&s, path, false);

	if (err)
		return err;
	err = region_begin(&s);
	if (!err)
		err = region_end(&s, gth_sql_run(s.db,
						 "UPDATE meta SET value = lower(hex(randomblob(8)))"
						 " WHERE name = 'id'",
						 ""));
	if (!err)
		err = region_clock_store(&s);
	/* Moves all of the log into the one file that is renamed. */
	if (!err)
		err = gth_sql_run(s.db, "PRAGMA wal_checkpoint(TRUNCATE)", "");
	region_state_close(&s);
	return err;
}

static int move_log(const char *from, const char *to, const char *suffix)
{
	char old[PATH_MAX + 8], new[PATH_MAX + 8];

	snprintf(old, sizeof(old), "%s%s", from, suffix);
	snprintf(new, sizeof(new), "%s%s", to, suffix);
	return rename(old, new) && errno != ENOENT ? -errno : 0;
}

/* The former database, with its log, is kept beside: it may have the only records of some files. */
static int put_in_place(const char *new, const char *path, const char *old)
{
	int err = move_log(path, old, "-wal");

	if (!err)
		err = move_log(path, old, "-shm");
	if (!err)
		err = move_log(path, old, "");
	return !err && rename(new, path) ? -errno : err;
}

static int restore(const struct options *o)
{
	char path[PATH_MAX], new[PATH_MAX], old[PATH_MAX];
	sqlite3 *from = NULL;
	int rc, err;

	if (snprintf(path, sizeof(path), "%s/state.db", o->dir) >= (int)sizeof(path) ||
	    snprintf(new, sizeof(new), "%s/state.db.new", o->dir) >= (int)sizeof(new) ||
	    snprintf(old, sizeof(old), "%s/state.db.old", o->dir) >= (int)sizeof(old))
		return -ENAMETOOLONG;
	unlink(new);
	rc = sqlite3_open_v2(o->file, &from, SQLITE_OPEN_READONLY, NULL);
	err = gth_sql_errno(from, rc);
	if (!err)
		err = copy(from, new);
	sqlite3_close(from);
	if (!err)
		err = renew(new);
	if (!err)
		err = put_in_place(new, path, old);
	if (err)
		unlink(new);
	return err;
}

int region_restore(int argc, char **argv)
{
	static const struct argp argp = {
		.parser = parse,
		.children = gth_argp_children,
		.args_doc = "DIR FILE",
		.doc = "Puts FILE, of gotthard-region backup, in the place of the database of "
		       "the region of DIR, which must not be served. Endpoints ask for all "
		       "verdicts again. The previous database becomes DIR/state.db.old."
	};
	struct options o = { 0 };
	int fd, err;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	fd = lock(o.dir);
	err = fd < 0 ? fd : restore(&o);
	if (fd >= 0)
		close(fd);
	if (err == -EBUSY)
		gth_say("%s: is served; stop gotthard-region serve first", o.dir);
	else if (err == -EUCLEAN || err == -EPROTO)
		gth_say("%s: is not a whole database of a region; nothing was changed", o.file);
	else if (err)
		gth_say("%s: %s", o.file, strerror(-err));
	return err ? REGION_FAILED_EXIT : REGION_OK;
}
