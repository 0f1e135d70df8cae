// SPDX-License-Identifier: GPL-2.0-or-later
/* sql.c - userd/lib/host/sql.c: letters and values, and an errno for what a database can suffer. */
#include "lib/host/sql.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/unit/lib/must.h"
#include "tests/unit/tap.h"

#define READ_WRITE (SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)

static char dir[] = "/tmp/gth-sql-XXXXXX";
static int no_write; /* what every write ends with; 0: it is carried out */

/* In the place of the C library's. */
ssize_t pwrite64(int fd, const void *data, size_t len, off64_t at)
{
	if (no_write) {
		errno = no_write;
		return -1;
	}
	return syscall(SYS_pwrite64, fd, data, len, at);
}

ssize_t pwrite(int fd, const void *data, size_t len, off_t at)
{
	return pwrite64(fd, data, len, at);
}

static const char *in_dir(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static sqlite3 *fresh(const char *name)
{
	sqlite3 *db;

	must(!gth_sql_open(&db, in_dir(name), READ_WRITE, 0, NULL));
	must(!gth_sql_run(db, "CREATE TABLE t (name TEXT PRIMARY KEY, n INT, d BLOB)", ""));
	return db;
}

static int insert(sqlite3 *db, const char *name)
{
	static const uint8_t digest[GTH_DIGEST_SIZE] = { 1, [GTH_DIGEST_SIZE - 1] = 2 };

	return gth_sql_run(db, "INSERT INTO t VALUES (?, ?, ?)", "tid", name, (int64_t)-5, digest);
}

static void test_values(void)
{
	sqlite3 *db = fresh("values");
	uint8_t digest[GTH_DIGEST_SIZE];
	sqlite3_stmt *st = NULL;
	uint64_t n;

	tap_is(insert(db, "a"), 0, "a_row_is_kept");
	tap_is(gth_sql_prepare(db, &st, "SELECT name, n, d, NULL FROM t WHERE name = ?", "t", "a"),
	       0, "and_asked_for");
	tap_is(gth_sql_step(st), 1, "and_found");
	tap_ok(!strcmp((const char *)sqlite3_column_text(st, 0), "a") &&
		       sqlite3_column_int64(st, 1) == -5,
	       "text_and_number_are_the_same");
	tap_ok(!gth_sql_digest(st, 2, digest) && digest[0] == 1 && digest[31] == 2,
	       "so_is_the_digest");
	tap_ok(gth_sql_digest(st, 3, digest) == -EUCLEAN && !digest[0] && !digest[31],
	       "a_digest_that_is_not_there_is_zeros");
	tap_is(gth_sql_step(st), 0, "there_is_no_other_row");
	sqlite3_finalize(st);
	tap_is(gth_sql_number(db, &n, "SELECT n FROM t WHERE name = ?", "t", "b"), 0,
	       "a_number_of_no_row");
	tap_is(n, 0, "is_0");
	tap_is(gth_sql_run(db, "INSERT INTO t VALUES ('null', 1, ?)", "d", NULL), 0,
	       "a_digest_may_be_null");
	tap_is(gth_sql_number(db, &n, "SELECT count(*) FROM t WHERE d IS NULL", ""), 0,
	       "and_is_asked_for");
	tap_is(n, 1, "and_is_null");
	tap_is(gth_sql_prepare(db, &st, "SELECT ?", "s", "a"), -EINVAL, "an_unknown_letter");
	tap_ok(!st, "leaves_no_statement");
	tap_is(gth_sql_run(db, "SELECT ?", "tt", "a", "b"), -EINVAL, "a_letter_too_many");
	tap_is(gth_sql_run(db, "SELECT name FROM t", ""), 0, "rows_that_nobody_wants_do_no_harm");
	tap_is(gth_sql_run(db, "no statement", ""), -EIO, "what_is_not_sql");
	tap_is(gth_sql_check(db), 0, "the_database_is_whole");
	sqlite3_close(db);
}

static void test_disk(void)
{
	sqlite3 *db = fresh("disk"), *none;

	no_write = ENOSPC;
	tap_is(insert(db, "a"), -ENOSPC, "a_full_disk");
	no_write = EDQUOT;
	tap_is(insert(db, "a"), -ENOSPC, "a_quota_that_is_used_up");
	no_write = EIO;
	tap_is(insert(db, "a"), -EIO, "a_disk_that_fails");
	no_write = 0;
	tap_is(insert(db, "a"), 0, "and_is_well_again");
	tap_is(gth_sql_run(db, "PRAGMA max_page_count = 1", ""), 0, "a_bound_for_the_database");
	for (int i = 0, err = 0; i < 1000 && !err; i++) {
		char name[2000];

		snprintf(name, sizeof(name), "%01999d", i);
		err = insert(db, name);
		if (err)
			tap_is(err, -ENOSPC, "that_is_reached");
	}
	sqlite3_close(db);
	tap_is(gth_sql_open(&none, in_dir("not/there"), READ_WRITE, 0, NULL), -EACCES,
	       "a_directory_that_is_not_there");
	sqlite3_close(none);
}

static void test_others(void)
{
	sqlite3 *db = fresh("others"), *other;

	tap_is(insert(db, "a"), 0, "a_first_row");
	tap_is(insert(db, "a"), -EEXIST, "its_key_again");
	must(!gth_sql_open(&other, in_dir("others"), READ_WRITE, 0, NULL));
	must(!gth_sql_run(other, "BEGIN IMMEDIATE", ""));
	tap_is(insert(db, "b"), -EBUSY, "another_connection_writes");
	must(!gth_sql_run(other, "COMMIT", ""));
	tap_is(insert(db, "b"), 0, "and_has_written");
	sqlite3_close(other);
	must(!sqlite3_open_v2(in_dir("others"), &other, SQLITE_OPEN_READONLY, NULL));
	tap_is(insert(other, "c"), -EROFS, "a_connection_that_only_reads");
	sqlite3_close(other);
	sqlite3_close(db);
}

/* Without a log beside it, so that it is the file which is read. */
static void test_damage(void)
{
	sqlite3 *db = fresh("damage");
	static const char garbage[4096] = "this is a text, and a long one";
	int fd, err;

	for (int i = 0; i < 2000; i++) {
		char name[16];

		snprintf(name, sizeof(name), "%d", i);
		must(!insert(db, name));
	}
	sqlite3_close(db);
	fd = open(in_dir("damage"), O_RDWR | O_CLOEXEC);
	for (int i = 2; i < 8; i++)
		must(pwrite(fd, garbage, sizeof(garbage), i * 4096) == sizeof(garbage));
	err = gth_sql_open(&db, in_dir("damage"), READ_WRITE, 0, NULL);
	tap_is(err ? err : gth_sql_check(db), -EUCLEAN, "pages_that_are_none");
	tap_is(gth_sql_run(db, "SELECT * FROM t", ""), -EUCLEAN, "and_are_read");
	sqlite3_close(db);
	must(pwrite(fd, garbage, sizeof(garbage), 0) == sizeof(garbage));
	close(fd);
	tap_is(gth_sql_open(&db, in_dir("damage"), READ_WRITE, 0, NULL), -EUCLEAN,
	       "a_file_that_is_no_database");
	sqlite3_close(db);
}

/* Faults that cannot be brought about here. */
static void test_map(void)
{
	static const struct {
		int rc, err;
		const char *name;
	} map[] = {
		{ SQLITE_OK, 0, "ok" },
		{ SQLITE_ROW, 0, "row" },
		{ SQLITE_DONE, 0, "done" },
		{ SQLITE_NOMEM, -ENOMEM, "no_memory" },
		{ SQLITE_LOCKED, -EBUSY, "locked" },
		{ SQLITE_BUSY_SNAPSHOT, -EBUSY, "busy_snapshot" },
		{ SQLITE_PERM, -EACCES, "permission" },
		{ SQLITE_READONLY_DBMOVED, -EROFS, "moved" },
		{ SQLITE_CORRUPT_INDEX, -EUCLEAN, "corrupt_index" },
		{ SQLITE_IOERR_SHMSIZE, -ENOSPC, "no_room_for_the_index_of_the_log" },
		{ SQLITE_IOERR_READ, -EIO, "read" },
		{ SQLITE_INTERRUPT, -EIO, "interrupt" },
	};

	for (size_t i = 0; i < sizeof(map) / sizeof(map[0]); i++)
		tap_is(gth_sql_errno(NULL, map[i].rc), map[i].err, map[i].name);
}

int main(void)
{
	must(mkdtemp(dir));
	test_values();
	test_disk();
	test_others();
	test_damage();
	test_map();
	for (const char *const *name =
		     (const char *const[]) { "values", "disk", "others", "damage", NULL };
	     *name; name++)
		for (const char *const *end = (const char *const[]) { "", "-wal", "-shm", NULL };
		     *end; end++) {
			char file[32];

			snprintf(file, sizeof(file), "%s%s", *name, *end);
			unlink(in_dir(file));
		}
	must(!rmdir(dir));
	return tap_done();
}
