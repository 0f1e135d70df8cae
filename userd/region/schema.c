// SPDX-License-Identifier: GPL-2.0-or-later
/* schema.c - the tables of the region's database (see schema.h). */
#include "schema.h"

#include <errno.h>

static const char version_1[] =
	"CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
	"INSERT INTO meta VALUES('id', lower(hex(randomblob(8))));"
	"CREATE TABLE endpoint(name TEXT PRIMARY KEY, key TEXT NOT NULL, enrolled INTEGER NOT NULL)"
	" WITHOUT ROWID;"
	"CREATE TABLE submission(id TEXT PRIMARY KEY, endpoint TEXT NOT NULL, note TEXT NOT NULL,"
	" digest BLOB NOT NULL, size INTEGER NOT NULL, cipher_size INTEGER NOT NULL,"
	" cipher_digest BLOB NOT NULL, status INTEGER NOT NULL, created INTEGER NOT NULL,"
	" delete_by INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,"
	" not_before INTEGER NOT NULL DEFAULT 0, receipt TEXT, verdict TEXT, deletion TEXT,"
	" detail TEXT) WITHOUT ROWID;"
	"CREATE INDEX submission_queue ON submission(status, not_before);"
	"CREATE INDEX submission_kept ON submission(endpoint, cipher_size) WHERE deletion IS NULL;"
	"CREATE INDEX submission_all ON submission(endpoint);"
	"CREATE INDEX submission_due ON submission(delete_by) WHERE deletion IS NULL;"
	"CREATE INDEX submission_old ON submission(created);"
	"CREATE TABLE verdict(digest BLOB PRIMARY KEY, seq INTEGER NOT NULL UNIQUE,"
	" finding INTEGER NOT NULL, issued INTEGER NOT NULL, expires INTEGER NOT NULL,"
	" note TEXT NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE statistic(day INTEGER, name TEXT, value INTEGER NOT NULL,"
	" PRIMARY KEY(day, name)) WITHOUT ROWID;";

/*
 * usage: the files of each endpoint, and under '' of all; triggers keep it, so that no query has to
 * count. serial: of the endpoint's certificate; NULL until its first request if it was enrolled by
 * an earlier version.
 */
static const char version_2[] =
	"ALTER TABLE endpoint ADD COLUMN serial TEXT;"
	"DROP INDEX submission_kept;"
	"CREATE INDEX submission_turn ON submission(endpoint, not_before, created) WHERE status = 1;"
	"CREATE INDEX submission_busy ON submission(endpoint) WHERE status = 2;"
	"CREATE INDEX submission_ended ON submission(id) WHERE deletion IS NULL AND status >= 3;"
	"CREATE TABLE usage(endpoint TEXT PRIMARY KEY,"
	" open INTEGER NOT NULL DEFAULT 0,"	/* submissions whose file is not deleted */
	" bytes INTEGER NOT NULL DEFAULT 0,"	/* their ciphertext */
	" awaiting INTEGER NOT NULL DEFAULT 0," /* that of those whose upload is not whole */
	" records INTEGER NOT NULL DEFAULT 0,"	/* all submissions */
	" notes INTEGER NOT NULL DEFAULT 0,"	/* bytes of their notes */
	" spent INTEGER NOT NULL DEFAULT 0)"	/* of the engine's time, for taking turns */
	" WITHOUT ROWID;"
	"INSERT INTO usage(endpoint) VALUES('');"
	"CREATE TRIGGER usage_made AFTER INSERT ON submission BEGIN"
	" INSERT OR IGNORE INTO usage(endpoint) VALUES(NEW.endpoint);"
	" UPDATE usage SET open = open + 1, bytes = bytes + NEW.cipher_size,"
	" awaiting = awaiting + NEW.cipher_size, records = records + 1,"
	" notes = notes + length(CAST(NEW.note AS BLOB)) WHERE endpoint IN ('', NEW.endpoint);"
	"END;"
	"CREATE TRIGGER usage_whole AFTER UPDATE OF status ON submission"
	" WHEN OLD.status = 0 AND NEW.status <> 0 BEGIN"
	" UPDATE usage SET awaiting = awaiting - NEW.cipher_size"
	" WHERE endpoint IN ('', NEW.endpoint);"
	"END;"
	"CREATE TRIGGER usage_deleted AFTER UPDATE OF deletion ON submission"
	" WHEN OLD.deletion IS NULL AND NEW.deletion IS NOT NULL BEGIN"
	" UPDATE usage SET open = open - 1, bytes = bytes - NEW.cipher_size"
	" WHERE endpoint IN ('', NEW.endpoint);"
	"END;"
	"CREATE TRIGGER usage_pruned AFTER DELETE ON submission BEGIN"
	" UPDATE usage SET records = records - 1,"
	" notes = notes - length(CAST(OLD.note AS BLOB)) WHERE endpoint IN ('', OLD.endpoint);"
	"END;"
	"INSERT INTO usage(endpoint, open, bytes, awaiting, records, notes)"
	" SELECT endpoint, total(deletion IS NULL), total(iif(deletion IS NULL, cipher_size, 0)),"
	" total(iif(status = 0, cipher_size, 0)), count(*), total(length(CAST(note AS BLOB)))"
	" FROM submission GROUP BY endpoint;"
	"UPDATE usage SET (open, bytes, awaiting, records, notes) = (SELECT total(open), total(bytes),"
	" total(awaiting), total(records), total(notes) FROM usage) WHERE endpoint = '';";

/*
 * journal: the size of each endpoint's journal that it signed last, and (back) how often a later
 * one was shorter.
 */
static const char version_3[] =
	"CREATE TABLE journal(endpoint TEXT PRIMARY KEY, signed INTEGER NOT NULL,"
	" size INTEGER NOT NULL, root BLOB NOT NULL, back INTEGER NOT NULL DEFAULT 0,"
	" back_from INTEGER, back_to INTEGER, back_told INTEGER) WITHOUT ROWID;";

static const char *const versions[REGION_SCHEMA] = { version_1, version_2, version_3 };

static int upgrade(struct region_state *s, uint64_t version)
{
	int err = gth_sql_run(s->db, "BEGIN IMMEDIATE", "");

	/* Another process may have done it meanwhile. */
	if (!err)
		err = gth_sql_number(s->db, &version, "PRAGMA user_version", "");
	for (; !err && version < REGION_SCHEMA; version++)
		err = gth_sql_script(s->db, versions[version]);
	if (!err)
		err = gth_sql_run(s->db, "PRAGMA user_version = 3", "");
	if (!err)
		err = gth_sql_run(s->db, "COMMIT", "");
	if (err)
		gth_sql_run(s->db, "ROLLBACK", "");
	return err;
}

/**
 * region_schema() - makes the tables, or brings those of an older version up to date
 * @create: there are none yet
 *
 * Return: 0; -EPROTO: of a later version, or not a database of a region; or an errno.
 */
int region_schema(struct region_state *s, bool create)
{
	uint64_t version;
	int err = gth_sql_number(s->db, &version, "PRAGMA user_version", "");

	if (err || version == REGION_SCHEMA)
		return err;
	if (version > REGION_SCHEMA || (!version && !create))
		return -EPROTO;
	return upgrade(s, version);
}
