// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * db.c - store.db: opened, checked, set aside when it is damaged; and
 * statements with their values (see book.h).
 */
#include "daemon/store/db.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/util/pulse.h"
#include "lib/util/say.h"

#define STEPS 100000 /* of SQLite's virtual machine, between two pulses: some ms */
#define BUSY_MS 5000 /* gotthardctl reads for moments only */

/* clang-format off */
static const char schema[] =
	"CREATE TABLE submission (digest BLOB PRIMARY KEY, id TEXT NOT NULL UNIQUE, state INT NOT NULL,"
	" class INT, size INT, type TEXT, path BLOB, comm BLOB, plain INT, sealed INT, cipher_size INT,"
	" cipher_digest BLOB, offset INT, reason INT, waits INT, detail TEXT, finding INT, created INT,"
	" changed INT, answered INT, due INT, tries INT, link BLOB, path_whole INT, owner INT, filesystem TEXT,"
	" region TEXT, recipient BLOB) WITHOUT ROWID;"
	"CREATE INDEX submission_due ON submission (state, due);"
	"CREATE TABLE verdict (digest BLOB PRIMARY KEY, note TEXT NOT NULL, finding INT, name TEXT,"
	" engine TEXT, issued INT, expires INT) WITHOUT ROWID;"
	"CREATE INDEX verdict_expires ON verdict (expires);"
	"CREATE TABLE proof (id TEXT, kind INT, digest BLOB, bytes INT, note TEXT NOT NULL, time INT,"
	" PRIMARY KEY (id, kind)) WITHOUT ROWID;"
	"CREATE INDEX proof_time ON proof (kind, time);"
	"CREATE TABLE lent (id TEXT PRIMARY KEY, digest BLOB, note_digest BLOB, cipher_digest BLOB,"
	" delete_by INT, due INT, asked INT, region TEXT) WITHOUT ROWID;"
	"CREATE TABLE withheld (digest BLOB, reason INT, time INT, PRIMARY KEY (digest, reason)) WITHOUT ROWID;"
	"CREATE INDEX withheld_time ON withheld (time);"
	"CREATE TABLE alias (verity BLOB PRIMARY KEY, digest BLOB) WITHOUT ROWID;"
	"CREATE TABLE value (name TEXT PRIMARY KEY, text) WITHOUT ROWID;"
	"PRAGMA user_version = 2;";

/*
 * From version 1, which did not keep what consent depends on, nor for whom a file is
 * encrypted: it cannot be told then, so that such a file is not sent. To which
 * region it went, the note says that it was submitted with.
 */
static const char upgrade[] =
	"ALTER TABLE submission ADD COLUMN link BLOB;"
	"ALTER TABLE submission ADD COLUMN path_whole INT;"
	"ALTER TABLE submission ADD COLUMN owner INT;"
	"ALTER TABLE submission ADD COLUMN filesystem TEXT;"
	"ALTER TABLE submission ADD COLUMN region TEXT;"
	"ALTER TABLE submission ADD COLUMN recipient BLOB;"
	"ALTER TABLE lent ADD COLUMN region TEXT;"
	"CREATE TEMP TABLE noted AS SELECT id, substr(note, instr(note, char(10) || 'region: ') + 9) AS rest"
	" FROM proof WHERE kind = 0;"
	"UPDATE submission SET region = (SELECT substr(rest, 1, instr(rest, char(10)) - 1) FROM noted"
	" WHERE noted.id = submission.id);"
	"UPDATE lent SET region = (SELECT substr(rest, 1, instr(rest, char(10)) - 1) FROM noted"
	" WHERE noted.id = lent.id);"
	"DROP TABLE noted;"
	"PRAGMA user_version = 2;";
/* clang-format on */

/* Came later, and is of use to nobody but the daemon: no reader need know another version. */
static const char later[] =
	"CREATE TABLE IF NOT EXISTS offered (digest BLOB PRIMARY KEY, times INT, bytes INT)"
	" WITHOUT ROWID";

static int error_of(int rc)
{
	if (rc == SQLITE_IOERR_SHMSIZE)
		return -ENOSPC;
	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_DONE:
		return 0;
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return -EUCLEAN;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_BUSY:
		return -EBUSY;
	case SQLITE_READONLY:
		return -EROFS;
	case SQLITE_CANTOPEN:
		return -EACCES;
	default:
		return -EIO;
	}
}

/* As above; a quota of the filesystem is an error of I/O to SQLite. */
static int error_in(const struct gth_book *l, int rc)
{
	if ((rc & 0xff) == SQLITE_IOERR && l->db) {
		int number = sqlite3_system_errno(l->db);

		if (number == ENOSPC || number == EDQUOT)
			return -ENOSPC;
		rc = sqlite3_extended_errcode(l->db);
	}
	return error_of(rc);
}

/* The disk is full: was room made? Then it is worth to try again. */
static bool made_room(struct gth_book *l, int err)
{
	return err == -ENOSPC && l->reserve && gth_reserve_give(l->reserve);
}

static int bind(sqlite3_stmt *st, const char *types, va_list values)
{
	int rc = SQLITE_OK;

	for (int i = 1; *types && rc == SQLITE_OK; types++, i++) {
		if (*types == 'i')
			rc = sqlite3_bind_int64(st, i, va_arg(values, int64_t));
		else if (*types == 's')
			rc = sqlite3_bind_text(st, i, va_arg(values, const char *), -1,
					       SQLITE_TRANSIENT);
		else
			rc = sqlite3_bind_blob(st, i, va_arg(values, const void *), 32,
					       SQLITE_TRANSIENT);
	}
	return rc;
}

static int vprepare(struct gth_book *l, sqlite3_stmt **st, const char *sql, const char *types,
		    va_list values)
{
	int rc = sqlite3_prepare_v2(l->db, sql, -1, st, NULL);

	if (rc == SQLITE_OK)
		rc = bind(*st, types, values);
	if (rc == SQLITE_OK)
		return 0;
	sqlite3_finalize(*st);
	*st = NULL;
	return error_in(l, rc);
}

/* To be finalized by the caller. */
int gth_book_prepare(struct gth_book *l, sqlite3_stmt **st, const char *sql, const char *types, ...)
{
	va_list values;
	int err;

	va_start(values, types);
	err = vprepare(l, st, sql, types, values);
	va_end(values);
	return err;
}

/* Return: 1: a row; 0: none; a negative errno. */
int gth_book_step(struct gth_book *l, sqlite3_stmt *st)
{
	int rc = sqlite3_step(st);

	return rc == SQLITE_ROW ? 1 : error_in(l, rc);
}

/* On a full disk it is tried again with room of the reserve; in a transaction only its begin is. */
int gth_book_run(struct gth_book *l, const char *sql, const char *types, ...)
{
	bool alone = sqlite3_get_autocommit(l->db);
	sqlite3_stmt *st;
	va_list values;
	int err;

	do {
		st = NULL;
		va_start(values, types);
		err = vprepare(l, &st, sql, types, values);
		va_end(values);
		if (!err)
			err = gth_book_step(l, st);
		sqlite3_finalize(st);
	} while (made_room(l, err) && alone);
	return err < 0 ? err : 0;
}

/* The first column of the first row; NULL and no row are 0. */
int gth_book_number(struct gth_book *l, uint64_t *n, const char *sql, const char *types, ...)
{
	sqlite3_stmt *st = NULL;
	va_list values;
	int err;

	*n = 0;
	va_start(values, types);
	err = vprepare(l, &st, sql, types, values);
	va_end(values);
	if (!err)
		err = gth_book_step(l, st);
	if (err == 1)
		*n = (uint64_t)sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return err < 0 ? err : 0;
}

int gth_book_begin(struct gth_book *l)
{
	return gth_book_run(l, "BEGIN IMMEDIATE", "");
}

/* What cannot be committed is taken back; on a full disk there may be room the next time. */
int gth_book_commit(struct gth_book *l)
{
	int err;

	/* An error within has ended it. */
	if (sqlite3_get_autocommit(l->db))
		return -EIO;
	err = error_in(l, sqlite3_exec(l->db, "COMMIT", NULL, NULL, NULL));

	if (err)
		gth_book_rollback(l);
	made_room(l, err);
	return err;
}

void gth_book_rollback(struct gth_book *l)
{
	sqlite3_exec(l->db, "ROLLBACK", NULL, NULL, NULL);
}

/*
 * Verdicts that have expired go; and of all that grows, what is beyond its bound:
 * the oldest, of verdicts those that expire first. A submission with a file stays.
 */
int gth_book_tidy(struct gth_book *l, uint64_t now)
{
	int err = gth_book_expire(l, now);

	if (!err)
		err = gth_book_run(l,
				   "DELETE FROM verdict WHERE digest IN (SELECT digest FROM "
				   "verdict ORDER BY expires DESC LIMIT -1 OFFSET ?)",
				   "i", (int64_t)GTH_BOOK_VERDICTS_MAX);
	if (!err)
		err = gth_book_run(l,
				   "DELETE FROM submission WHERE digest IN (SELECT digest FROM "
				   "submission WHERE state >= ? AND NOT plain AND NOT sealed "
				   "ORDER BY changed DESC LIMIT -1 OFFSET ?)",
				   "ii", (int64_t)GTH_SPOOLED_DONE, (int64_t)GTH_BOOK_ROWS_MAX);
	if (!err)
		err = gth_book_run(l,
				   "DELETE FROM withheld WHERE (digest, reason) IN (SELECT digest, "
				   "reason FROM withheld ORDER BY time DESC LIMIT -1 OFFSET ?)",
				   "i", (int64_t)GTH_BOOK_WITHHELD_MAX);
	if (!err)
		err = gth_book_run(l,
				   "DELETE FROM alias WHERE verity IN (SELECT verity FROM alias "
				   "LIMIT -1 OFFSET ?)",
				   "i", (int64_t)GTH_BOOK_ALIASES_MAX);
	if (!err)
		err = gth_book_run(l,
				   "DELETE FROM offered WHERE digest NOT IN (SELECT digest FROM "
				   "submission)",
				   "");
	return err;
}

void gth_book_close(struct gth_book *l)
{
	sqlite3_close(l->db);
	l->db = NULL;
}

/* PRAGMA quick_check says "ok", or what is wrong. */
static int check(struct gth_book *l)
{
	sqlite3_stmt *st = NULL;
	int err = gth_book_prepare(l, &st, "PRAGMA quick_check(1)", "");

	if (!err)
		err = gth_book_step(l, st);
	if (err == 1)
		err = strcmp((const char *)sqlite3_column_text(st, 0), "ok") ? -EUCLEAN : 0;
	sqlite3_finalize(st);
	return err;
}

/* In the midst of a statement, such as the check of a large database. */
static int go_on(void *ctx)
{
	(void)ctx;
	gth_pulse();
	return 0;
}

static int open_checked(struct gth_book *l, const char *path)
{
	uint64_t version;
	int err = error_of(sqlite3_open_v2(path, &l->db,
					   SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
						   SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW,
					   NULL));

	if (!err) {
		sqlite3_busy_timeout(l->db, BUSY_MS);
		sqlite3_progress_handler(l->db, STEPS, go_on, NULL);
	}
	if (!err)
		err = error_in(l,
			       sqlite3_exec(l->db,
					    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;",
					    NULL, NULL, NULL));
	if (!err)
		err = check(l);
	if (!err)
		err = gth_book_number(l, &version, "PRAGMA user_version", "");
	if (!err && !version) {
		err = gth_book_begin(l);
		if (!err)
			err = error_in(l, sqlite3_exec(l->db, schema, NULL, NULL, NULL));
		err = err ? err : gth_book_commit(l);
	} else if (!err && version == 1) {
		err = gth_book_begin(l);
		if (!err)
			err = error_in(l, sqlite3_exec(l->db, upgrade, NULL, NULL, NULL));
		err = err ? err : gth_book_commit(l);
	} else if (!err && version != GTH_STORE_SCHEMA) {
		err = -EPROTONOSUPPORT;
	}
	if (!err)
		err = gth_book_run(l, later, "");
	if (err)
		gth_book_close(l);
	return err;
}

/* What was set aside before goes: one damaged database is kept, and there may be many. */
static void remove_aside(int dirfd)
{
	int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *e;

	if (!dir) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((e = readdir(dir)))
		if (!strncmp(e->d_name, GTH_STORE_DB ".damaged-",
			     sizeof(GTH_STORE_DB ".damaged-") - 1))
			unlinkat(dirfd, e->d_name, 0);
	closedir(dir);
}

/* Is it small enough to be kept? */
static bool keeps(int dirfd)
{
	static const char *const names[] = { GTH_STORE_DB "-wal", GTH_STORE_DB };
	int64_t size = 0;
	struct stat st;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!fstatat(dirfd, names[i], &st, AT_SYMLINK_NOFOLLOW))
			size += st.st_size;
	return size <= GTH_BOOK_ASIDE_MAX;
}

/* Renames the file, its log and its index, so that somebody can look at them; if they are too
 * large, they go. */
static int set_aside(struct gth_book *l, int dirfd, uint64_t now)
{
	static const char *const ends[] = { "-wal", "-shm", "" };

	remove_aside(dirfd);
	l->unkept = !keeps(dirfd);
	snprintf(l->damaged, sizeof(l->damaged), GTH_STORE_DB ".damaged-%llu",
		 (unsigned long long)now);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		char from[32], to[80];

		snprintf(from, sizeof(from), GTH_STORE_DB "%s", ends[i]);
		snprintf(to, sizeof(to), "%s%s", l->damaged, ends[i]);
		if ((l->unkept ? unlinkat(dirfd, from, 0) : renameat(dirfd, from, dirfd, to)) &&
		    errno != ENOENT)
			return -errno;
	}
	if (l->unkept)
		snprintf(l->damaged, sizeof(l->damaged), "removed: it was too large to be kept");
	return fsync(dirfd) ? -errno : 0;
}

/**
 * gth_book_open() - store.db in a directory, begun if there is none
 * @now: Unix time; part of the name that a damaged one gets
 *
 * @reserve: gives room on a full disk, now and later; or NULL
 *
 * SQLite wants a path: it gets that of the descriptor, so @dirfd must stay open.
 *
 * Of damaged ones the last is kept, up to GTH_BOOK_ASIDE_MAX.
 *
 * Return: 0; l->damaged names what was set aside. -EPROTONOSUPPORT: written by
 * a later version.
 */
int gth_book_open(struct gth_book *l, int dirfd, uint64_t now, struct gth_reserve *reserve)
{
	char link[64], dir[PATH_MAX], path[PATH_MAX + 16];
	ssize_t n;
	int err;

	memset(l, 0, sizeof(*l));
	l->reserve = reserve;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", dirfd);
	n = readlink(link, dir, sizeof(dir) - 1);
	if (n < 0)
		return -errno;
	dir[n] = '\0';
	snprintf(path, sizeof(path), "%s/" GTH_STORE_DB, dir);
	do {
		err = open_checked(l, path);
	} while (made_room(l, err));
	if (err != -EUCLEAN)
		return err;
	err = set_aside(l, dirfd, now);
	if (err)
		return err;
	gth_say("%s was damaged; it is %s%s, and a new one is begun", path,
		l->unkept ? "" : "kept as ", l->damaged);
	err = open_checked(l, path);
	return err ? err : gth_book_set(l, "damaged", l->damaged);
}
