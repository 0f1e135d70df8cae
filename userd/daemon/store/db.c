// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * db.c - store.db: opened, checked, set aside when it is damaged; and
 * statements with their values (see db.h).
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

#define BUSY_MS 5000 /* gotthardctl reads for a short time only */

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
 * From version 1, which did not keep the facts that consent depends on, nor the key that a file is
 * encrypted to. They are unknown then, and such a file is not sent. The region is taken from the
 * note with which the file was submitted.
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

/* Added later. Only the daemon uses it, so that the version stays the same for other readers. */
static const char later[] =
	"CREATE TABLE IF NOT EXISTS offered (digest BLOB PRIMARY KEY, times INT, bytes INT)"
	" WITHOUT ROWID";

/* The disk is full: was room made, so that another try is of use? */
static bool made_room(struct gth_db *l, int err)
{
	return err == -ENOSPC && l->reserve && gth_reserve_give(l->reserve);
}

/* On a full disk it tries again with room of the reserve; within a transaction it does not. */
int gth_db_run(struct gth_db *l, const char *sql, const char *types, ...)
{
	bool alone = sqlite3_get_autocommit(l->db);
	va_list values;
	int err;

	do {
		va_start(values, types);
		err = gth_sql_vrun(l->db, sql, types, values);
		va_end(values);
	} while (made_room(l, err) && alone);
	return err;
}

int gth_db_begin(struct gth_db *l)
{
	return gth_db_run(l, "BEGIN IMMEDIATE", "");
}

/* Rolls back if it cannot commit. On a full disk it makes room for the next try. */
int gth_db_commit(struct gth_db *l)
{
	int err;

	/* An error has ended the transaction. */
	if (sqlite3_get_autocommit(l->db))
		return -EIO;
	err = gth_sql_script(l->db, "COMMIT");
	if (err)
		gth_db_rollback(l);
	made_room(l, err);
	return err;
}

void gth_db_rollback(struct gth_db *l)
{
	sqlite3_exec(l->db, "ROLLBACK", NULL, NULL, NULL);
}

/*
 * Removes expired verdicts, and of each table the rows above its bound: the oldest, of verdicts
 * those that expire first. A submission with a file stays.
 */
int gth_db_tidy(struct gth_db *l, uint64_t now)
{
	int err = gth_db_expire(l, now);

	if (!err)
		err = gth_db_run(l,
				 "DELETE FROM verdict WHERE digest IN (SELECT digest FROM "
				 "verdict ORDER BY expires DESC LIMIT -1 OFFSET ?)",
				 "i", (int64_t)GTH_DB_VERDICTS_MAX);
	if (!err)
		err = gth_db_run(l,
				 "DELETE FROM submission WHERE digest IN (SELECT digest FROM "
				 "submission WHERE state >= ? AND NOT plain AND NOT sealed "
				 "ORDER BY changed DESC LIMIT -1 OFFSET ?)",
				 "ii", (int64_t)GTH_SPOOLED_DONE, (int64_t)GTH_DB_ROWS_MAX);
	if (!err)
		err = gth_db_run(l,
				 "DELETE FROM withheld WHERE (digest, reason) IN (SELECT digest, "
				 "reason FROM withheld ORDER BY time DESC LIMIT -1 OFFSET ?)",
				 "i", (int64_t)GTH_DB_WITHHELD_MAX);
	if (!err)
		err = gth_db_run(l,
				 "DELETE FROM alias WHERE verity IN (SELECT verity FROM alias "
				 "LIMIT -1 OFFSET ?)",
				 "i", (int64_t)GTH_DB_ALIASES_MAX);
	if (!err)
		err = gth_db_run(l,
				 "DELETE FROM offered WHERE digest NOT IN (SELECT digest FROM "
				 "submission)",
				 "");
	return err;
}

void gth_db_close(struct gth_db *l)
{
	sqlite3_close(l->db);
	l->db = NULL;
}

/* SQLite calls this during a long statement, such as the check of a large database. */
static int go_on(void *ctx)
{
	(void)ctx;
	gth_pulse();
	return 0;
}

static int open_checked(struct gth_db *l, const char *path)
{
	uint64_t version;
	int err = gth_sql_open(&l->db, path,
			       SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX |
				       SQLITE_OPEN_NOFOLLOW,
			       BUSY_MS, go_on);

	if (!err)
		err = gth_sql_check(l->db);
	if (!err)
		err = gth_sql_number(l->db, &version, "PRAGMA user_version", "");
	if (!err && !version) {
		err = gth_db_begin(l);
		if (!err)
			err = gth_sql_script(l->db, schema);
		err = err ? err : gth_db_commit(l);
	} else if (!err && version == 1) {
		err = gth_db_begin(l);
		if (!err)
			err = gth_sql_script(l->db, upgrade);
		err = err ? err : gth_db_commit(l);
	} else if (!err && version != GTH_STORE_SCHEMA) {
		err = -EPROTONOSUPPORT;
	}
	if (!err)
		err = gth_db_run(l, later, "");
	if (err)
		gth_db_close(l);
	return err;
}

/* Removes databases that were set aside earlier, so that at most one damaged database is kept. */
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
	return size <= GTH_DB_ASIDE_MAX;
}

/* Renames the file, its log and its index, so that they can be examined; removes them if they are
 * too large. */
static int set_aside(struct gth_db *l, int dirfd, uint64_t now)
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
 * gth_db_open() - open store.db in a directory; create it if there is none
 * @now: Unix time; part of the name that a damaged database gets
 *
 * @reserve: gives room on a full disk, now and later; or NULL
 *
 * SQLite needs a path and gets that of the descriptor, so @dirfd must stay
 * open.
 *
 * The last damaged database is kept, if it has at most GTH_DB_ASIDE_MAX bytes.
 *
 * Return: 0; l->damaged names a database that was set aside. -EPROTONOSUPPORT:
 * written by a later version.
 */
int gth_db_open(struct gth_db *l, int dirfd, uint64_t now, struct gth_reserve *reserve)
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
	return err ? err : gth_db_set(l, "damaged", l->damaged);
}
