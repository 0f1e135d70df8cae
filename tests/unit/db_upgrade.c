// SPDX-License-Identifier: GPL-2.0-or-later
/* db_upgrade.c - a store.db of schema 1: rows stay as they were, new columns are "not known". */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/store/db.h"
#include "lib/text/exchange.h"
#include "tests/unit/tap.h"

#define ID(n) "00000000-0000-4000-8000-00000000000" #n

static char dir[] = "/tmp/gth-upgrade-XXXXXX";
static char path[64];
static int dirfd_;

/* clang-format off */
/* As version 1 had it. */
static const char schema_1[] =
	"CREATE TABLE submission (digest BLOB PRIMARY KEY, id TEXT NOT NULL UNIQUE, state INT NOT NULL,"
	" class INT, size INT, type TEXT, path BLOB, comm BLOB, plain INT, sealed INT, cipher_size INT,"
	" cipher_digest BLOB, offset INT, reason INT, waits INT, detail TEXT, finding INT, created INT,"
	" changed INT, answered INT, due INT, tries INT) WITHOUT ROWID;"
	"CREATE INDEX submission_due ON submission (state, due);"
	"CREATE TABLE verdict (digest BLOB PRIMARY KEY, note TEXT NOT NULL, finding INT, name TEXT,"
	" engine TEXT, issued INT, expires INT) WITHOUT ROWID;"
	"CREATE INDEX verdict_expires ON verdict (expires);"
	"CREATE TABLE proof (id TEXT, kind INT, digest BLOB, bytes INT, note TEXT NOT NULL, time INT,"
	" PRIMARY KEY (id, kind)) WITHOUT ROWID;"
	"CREATE INDEX proof_time ON proof (kind, time);"
	"CREATE TABLE lent (id TEXT PRIMARY KEY, digest BLOB, note_digest BLOB, cipher_digest BLOB,"
	" delete_by INT, due INT, asked INT) WITHOUT ROWID;"
	"CREATE TABLE withheld (digest BLOB, reason INT, time INT, PRIMARY KEY (digest, reason)) WITHOUT ROWID;"
	"CREATE INDEX withheld_time ON withheld (time);"
	"CREATE TABLE alias (verity BLOB PRIMARY KEY, digest BLOB) WITHOUT ROWID;"
	"CREATE TABLE value (name TEXT PRIMARY KEY, text) WITHOUT ROWID;"
	"PRAGMA user_version = 1;";

/* One file that was sent and one that waits for its ask; hex is 32 times one byte. */
static const char rows_1[] =
	"INSERT INTO submission VALUES (%1$s, '" ID(1) "', 6, 3, 1000, 'text/plain', '/a b', 'cc', 0, 1, 1100,"
	" %3$s, 1100, 0, 0, 'detail', 0, 10, 11, 12, 1099511627776, 3);"
	"INSERT INTO submission VALUES (%2$s, '" ID(2) "', 1, 4, 5, '', CAST(x'2fff01' AS TEXT), '', 1, 0, 0,"
	" zeroblob(32), 0, 0, 4, '', 0, 20, 21, 0, 0, 0);"
	"INSERT INTO verdict VALUES (%1$s, 'verdict note', 2, 'name', 'engine', 100, 4000000000);"
	"INSERT INTO lent VALUES ('" ID(1) "', %1$s, %2$s, %3$s, 500, 400, 2);"
	"INSERT INTO lent VALUES ('" ID(3) "', %1$s, %2$s, %3$s, 500, 400, 2);"
	"INSERT INTO withheld VALUES (%1$s, 2, 50);"
	"INSERT INTO alias VALUES (%2$s, %1$s);"
	"INSERT INTO value VALUES ('statement', 'a statement');"
	"INSERT INTO value VALUES ('rows', 77);";
/* clang-format on */

static char *submission_text(const uint8_t digest[32])
{
	struct gth_submission s = { .endpoint = "host-1",
				    .region = "ch-zrh-1",
				    .id = ID(1),
				    .time = 60,
				    .class = GTH_D3,
				    .size = 1000,
				    .type = "text/plain",
				    .cipher_size = 1100,
				    .path = "/x\nregion: us-east-1\n",
				    .comm = "cc" };
	char *text;

	memcpy(s.digest, digest, sizeof(s.digest));
	if (gth_submission_format(&s, &text))
		abort();
	return text;
}

static void hex(char text[80], uint8_t byte)
{
	int n = snprintf(text, 80, "x'");

	for (int i = 0; i < 32; i++)
		n += snprintf(text + n, 80 - (size_t)n, "%02x", byte);
	snprintf(text + n, 80 - (size_t)n, "'");
}

static void sql(sqlite3 *db, const char *text)
{
	char *error = NULL;

	if (sqlite3_exec(db, text, NULL, NULL, &error) != SQLITE_OK) {
		printf("Bail out! %s: %s\n", error, text);
		exit(1);
	}
}

static void make_version_1(void)
{
	char digest[3][80], text[4096], command[80], *note;
	uint8_t first[32];
	sqlite3 *db;

	snprintf(command, sizeof(command), "rm -f %s/*", dir);
	if (system(command) || sqlite3_open(path, &db) != SQLITE_OK)
		abort();
	for (uint8_t i = 0; i < 3; i++)
		hex(digest[i], i + 1);
	memset(first, 1, sizeof(first));
	note = submission_text(first);
	snprintf(text, sizeof(text), rows_1, digest[0], digest[1], digest[2]);
	sql(db, "PRAGMA journal_mode = WAL");
	sql(db, schema_1);
	sql(db, text);
	snprintf(text, sizeof(text),
		 "INSERT INTO proof VALUES ('" ID(1) "', 0, %s, 1100, '%s\n— host-1 AAAA\n', 60);",
		 digest[0], note);
	sql(db, text);
	free(note);
	sqlite3_close(db);
}

static bool is_digest(const uint8_t digest[32], uint8_t byte)
{
	uint8_t wanted[32];

	memset(wanted, byte, sizeof(wanted));
	return !memcmp(digest, wanted, sizeof(wanted));
}

static void test_rows(struct gth_db *db)
{
	struct gth_row r;

	tap_ok(gth_db_by_id(db, ID(1), &r) == 1 && is_digest(r.digest, 1) && r.state == 6 &&
		       r.class == GTH_D3 && r.size == 1000 && !strcmp(r.type, "text/plain") &&
		       !strcmp(r.path, "/a b") && !strcmp(r.comm, "cc") && !r.plain && r.sealed &&
		       r.cipher_size == 1100 && is_digest(r.cipher_digest, 3) && r.offset == 1100 &&
		       !strcmp(r.detail, "detail") && r.created == 10 && r.changed == 11 &&
		       r.answered == 12 && r.due == 1ULL << 40 && r.tries == 3,
	       "submission_is_as_it_was");
	tap_ok(!strcmp(r.region, "ch-zrh-1"), "its_region_is_that_of_its_note");
	tap_ok(!r.path_whole && r.owner == -1 && !*r.filesystem && !*r.link &&
		       is_digest(r.recipient, 0),
	       "what_consent_depends_on_is_not_known");
	tap_ok(gth_db_by_id(db, ID(2), &r) == 1 && is_digest(r.digest, 2) && r.state == 1 &&
		       !strcmp(r.path, "/\xff\x01") && r.plain && r.waits == 4 && !*r.region &&
		       !r.path_whole && r.owner == -1,
	       "without_a_note_no_region_is_known");
}

static void test_rest(struct gth_db *db)
{
	struct gth_kept_verdict v = { 0 };
	uint8_t digest[32], verity[32];
	uint64_t n = 0, bytes = 0;
	struct gth_lent lent;
	char *text = NULL;

	memset(digest, 1, sizeof(digest));
	memset(verity, 2, sizeof(verity));
	tap_ok(gth_db_verdict(db, digest, &v) == 1 && !strcmp(v.note, "verdict note") &&
		       v.finding == 2 && v.issued == 100 && v.expires == 4000000000,
	       "verdict_is_as_it_was");
	free(v.note);
	tap_ok(gth_db_lent(db, ID(1), &lent) == 1 && is_digest(lent.note_digest, 2) &&
		       lent.delete_by == 500 && lent.due == 400 && lent.asked == 2 &&
		       !strcmp(lent.region, "ch-zrh-1"),
	       "upload_is_owed_by_the_region_of_its_note");
	tap_ok(gth_db_lent(db, ID(3), &lent) == 1 && !*lent.region,
	       "upload_without_a_note_stays_too");
	tap_ok(gth_db_lent_due(db, "ch-zrh-1", 0, &lent) == 1 && !strcmp(lent.id, ID(1)) &&
		       !gth_db_lent_due(db, "us-east-1", 0, &lent),
	       "no_other_region_is_asked_for_it");
	tap_ok(!gth_db_sent(db, 60, 100, &n, &bytes) && n == 1 && bytes == 1100,
	       "proof_is_as_it_was");
	tap_ok(gth_db_withheld_first(db, digest, GTH_WITHHELD_CLASS_OFF, 60) == 0 &&
		       gth_db_withheld_first(db, digest, GTH_WITHHELD_SIZE, 60) == 1,
	       "withheld_is_as_it_was");
	memset(digest, 0, sizeof(digest));
	tap_ok(gth_db_alias(db, verity, digest) == 1 && is_digest(digest, 1), "alias_is_as_it_was");
	tap_ok(gth_db_get(db, GTH_DB_STATEMENT, &text) == 1 && !strcmp(text, "a statement") &&
		       !gth_db_counted(db, "rows", &n) && n == 77,
	       "values_are_as_they_were");
	free(text);
}

/* All that a reader can tell of the columns and indices; to be freed by sqlite3_free(). */
static char *columns(struct gth_db *db)
{
	static const char query[] =
		"SELECT m.name, c.cid, c.name, c.type, c.pk, c.\"notnull\" FROM sqlite_master m, "
		"pragma_table_xinfo(m.name) c ORDER BY m.name, c.cid";
	char *all = sqlite3_mprintf("");
	sqlite3_stmt *st;

	if (sqlite3_prepare_v2(db->db, query, -1, &st, NULL) != SQLITE_OK)
		abort();
	while (sqlite3_step(st) == SQLITE_ROW)
		all = sqlite3_mprintf("%z%s %s %s %s %s %s\n", all, sqlite3_column_text(st, 0),
				      sqlite3_column_text(st, 1), sqlite3_column_text(st, 2),
				      sqlite3_column_text(st, 3), sqlite3_column_text(st, 4),
				      sqlite3_column_text(st, 5));
	sqlite3_finalize(st);
	return all;
}

static void test_same_as_new(struct gth_db *db)
{
	char other[] = "/tmp/gth-upgrade-XXXXXX", command[80], *of_old, *of_new;
	struct gth_db new;
	int fd;

	fd = mkdtemp(other) ? open(other, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	if (gth_db_open(&new, fd, 5, NULL))
		abort();
	of_old = columns(db);
	of_new = columns(&new);
	if (!tap_ok(!strcmp(of_old, of_new), "columns_are_those_of_a_new_database"))
		tap_note("old %s new %s", of_old, of_new);
	sqlite3_free(of_old);
	sqlite3_free(of_new);
	gth_db_close(&new);
	close(fd);
	snprintf(command, sizeof(command), "rm -rf %s", other);
	if (system(command))
		abort();
}

/* It is all or nothing: version 1 can be opened again, and so can version 2. */
static void test_kill(void)
{
	int whole = 0;

	for (int round = 0; round < 30; round++) {
		struct gth_db db;
		struct gth_row r;
		pid_t pid;

		make_version_1();
		pid = fork();
		if (!pid) {
			gth_db_open(&db, dirfd_, 5, NULL);
			_exit(0);
		}
		usleep((useconds_t)round * 300);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		whole += !gth_db_open(&db, dirfd_, 5, NULL) && !*db.damaged &&
			 gth_db_by_id(&db, ID(1), &r) == 1 && !strcmp(r.region, "ch-zrh-1");
		gth_db_close(&db);
	}
	tap_is(whole, 30, "killed_at_any_moment_it_is_upgraded_the_next_time");
}

int main(void)
{
	struct gth_db db;
	uint64_t version;

	if (!mkdtemp(dir))
		return 1;
	dirfd_ = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	snprintf(path, sizeof(path), "%s/" GTH_STORE_DB, dir);
	make_version_1();
	tap_ok(!gth_db_open(&db, dirfd_, 5, NULL) && !*db.damaged, "schema_1_is_opened");
	tap_ok(!gth_sql_number(db.db, &version, "PRAGMA user_version", "") &&
		       version == GTH_STORE_SCHEMA,
	       "and_is_of_the_present_schema_then");
	test_rows(&db);
	test_rest(&db);
	test_same_as_new(&db);
	gth_db_close(&db);
	tap_ok(!gth_db_open(&db, dirfd_, 5, NULL), "it_is_opened_again");
	test_rows(&db);
	gth_db_close(&db);
	test_kill();
	snprintf(path, sizeof(path), "rm -rf %s", dir);
	return system(path) ? 1 : tap_done();
}
