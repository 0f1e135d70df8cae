/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * db.h - the store's database, in SQLite (WAL, synchronous=FULL): submissions,
 * verdicts, receipts, and single values.
 *
 * A change is on the disk when the call returns, unless it is between begin and
 * commit. All functions return 0 or 1 (found), or a negative errno: -ENOSPC,
 * -EUCLEAN (the file is damaged), -ENOMEM, -EIO.
 */
#ifndef GTH_DAEMON_STORE_DB_H
#define GTH_DAEMON_STORE_DB_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/store/reserve.h"
#include "lib/host/sql.h"
#include "lib/text/egress.h"
#include "lib/text/spooled.h"

#define GTH_DB_STATEMENT "statement"	  /* the name of its value: the note */
#define GTH_DB_ASIDE_MAX (64LL << 20)	  /* bytes of a damaged database that are kept */
#define GTH_DB_LENT_NEVER (INT64_MAX / 2) /* due: not asked for any more */
#define GTH_DB_LENT_OVERDUE (8 * 86400LL) /* s after which no deletion is expected any more */
#define GTH_DB_ROWS_MAX 10000		  /* finished submissions that are kept */
#define GTH_DB_VERDICTS_MAX 100000	  /* verdicts that are kept */
#define GTH_DB_WITHHELD_MAX 200000	  /* digests whose withholding is not journaled again */
#define GTH_DB_ALIASES_MAX 100000	  /* fs-verity digests of which the SHA-256 is known */

struct gth_db {
	sqlite3 *db;
	char damaged[64]; /* the name under which it was set aside at open; empty: it was not */
	bool unkept;	  /* … it was removed because it was too large to be kept */
	struct gth_reserve *reserve; /* gives room on a full disk; NULL: there is none */
};

/* A submission: one for each digest, and a new id each time that it begins anew. */
struct gth_row {
	char id[GTH_UUID_SIZE];
	uint8_t digest[GTH_DIGEST_SIZE]; /* SHA-256 */
	int state;			 /* enum gth_spooled */
	int class;			 /* GTH_D3 or GTH_D4; 0: not known */
	uint64_t size;
	char type[GTH_TYPE_SIZE], path[4096], comm[16];
	char link[4096];	      /* the path as the store saw it */
	bool path_whole;	      /* path and link are known from their first byte on */
	int64_t owner;		      /* of the file; -1: not known */
	char filesystem[128];	      /* its type, or types that it may be; empty: not known */
	char region[GTH_REGION_SIZE]; /* that it is encrypted for; empty: none */
	uint8_t recipient[32];	      /* the region's key that it is encrypted to */
	bool plain;		      /* spool/ID.plain is there */
	bool sealed;		      /* spool/ID.age is there */
	uint64_t cipher_size;	      /* of it */
	uint8_t cipher_digest[GTH_DIGEST_SIZE];
	uint64_t offset;	  /* bytes that the region has */
	enum gth_withheld reason; /* why the file is not sent, ever */
	enum gth_withheld waits;  /* why it is not sent now */
	char detail[192];
	int finding;	   /* enum gth_finding, if done */
	uint64_t created;  /* Unix time; of the first ask */
	uint64_t changed;  /* … of the last change of state */
	uint64_t answered; /* … of the region's last word on it; 0: none */
	uint64_t due;	   /* not before, in ms of the store's clock: of this run only */
	uint32_t tries;	   /* failures in a row */
};

int gth_db_open(struct gth_db *l, int dirfd, uint64_t now, struct gth_reserve *reserve);
void gth_db_close(struct gth_db *l);
int gth_db_begin(struct gth_db *l);
int gth_db_commit(struct gth_db *l);
void gth_db_rollback(struct gth_db *l);
int gth_db_tidy(struct gth_db *l, uint64_t now);

/* A statement (sql.h) for which the reserve makes room. */
int gth_db_run(struct gth_db *l, const char *sql, const char *types, ...);

/* Submissions (db_row.c) */
int gth_db_put(struct gth_db *l, const struct gth_row *r);
int gth_db_by_digest(struct gth_db *l, const uint8_t digest[GTH_DIGEST_SIZE], struct gth_row *r);
int gth_db_by_id(struct gth_db *l, const char *id, struct gth_row *r);
int gth_db_next(struct gth_db *l, int state, uint64_t clock_ms, unsigned int skip,
		struct gth_row *r);
int gth_db_due(struct gth_db *l, int state, uint64_t *ms);
int gth_db_victim(struct gth_db *l, int class, struct gth_row *r);
int gth_db_spool_bytes(struct gth_db *l, uint64_t *bytes);
int gth_db_waits(struct gth_db *l, int from, int to, enum gth_withheld waits);
int gth_db_remove(struct gth_db *l, const uint8_t digest[GTH_DIGEST_SIZE]);

/* Verdicts (db_verdict.c) */
struct gth_kept_verdict {
	uint8_t digest[GTH_DIGEST_SIZE];
	char *note; /* to be freed */
	int finding;
	uint64_t issued, expires;
};

int gth_db_verdict(struct gth_db *l, const uint8_t digest[GTH_DIGEST_SIZE],
		   struct gth_kept_verdict *v);
int gth_db_verdict_after(struct gth_db *l, const uint8_t digest[GTH_DIGEST_SIZE], uint64_t now,
			 struct gth_kept_verdict *v);
int gth_db_put_verdict(struct gth_db *l, const struct gth_region_verdict *v, const char *note);
int gth_db_forget(struct gth_db *l, const uint8_t digest[GTH_DIGEST_SIZE]);
int gth_db_expire(struct gth_db *l, uint64_t now);
int gth_db_note_expired(struct gth_db *l, uint64_t expires);
int gth_db_note_early(struct gth_db *l, uint64_t from);
int gth_db_feed_gap(struct gth_db *l, uint64_t now);

/* Proofs, uploads whose deletion the region has not proved, and the rest (db_proof.c) */
enum gth_proof { GTH_PROOF_SUBMISSION, GTH_PROOF_RECEIPT, GTH_PROOF_DELETION };

/* A file that the region has, until it proves the deletion. */
struct gth_lent {
	char id[GTH_UUID_SIZE];
	uint8_t digest[GTH_DIGEST_SIZE], note_digest[GTH_DIGEST_SIZE],
		cipher_digest[GTH_DIGEST_SIZE];
	uint64_t delete_by, due;      /* Unix time */
	char region[GTH_REGION_SIZE]; /* the region that has it */
	uint32_t asked;		      /* times */
};

int gth_db_put_proof(struct gth_db *l, const char *id, enum gth_proof kind,
		     const uint8_t digest[GTH_DIGEST_SIZE], uint64_t bytes, const char *note,
		     uint64_t now);
int gth_db_proof(struct gth_db *l, const char *id, enum gth_proof kind, char **note);
int gth_db_sent(struct gth_db *l, uint64_t since, uint64_t now, uint64_t *n, uint64_t *bytes);
int gth_db_lend(struct gth_db *l, const struct gth_lent *lent);
int gth_db_lent(struct gth_db *l, const char *id, struct gth_lent *lent);
int gth_db_lent_due(struct gth_db *l, const char *region, unsigned int skip, struct gth_lent *lent);
int gth_db_lent_back(struct gth_db *l, const char *id);
int gth_db_lent_clock(struct gth_db *l, int64_t set_by, uint64_t now);
int gth_db_withheld_first(struct gth_db *l, const uint8_t digest[GTH_DIGEST_SIZE],
			  enum gth_withheld reason, uint64_t now);
int gth_db_alias(struct gth_db *l, const uint8_t verity[GTH_DIGEST_SIZE],
		 uint8_t digest[GTH_DIGEST_SIZE]);
int gth_db_put_alias(struct gth_db *l, const uint8_t verity[GTH_DIGEST_SIZE],
		     const uint8_t digest[GTH_DIGEST_SIZE]);
int gth_db_get(struct gth_db *l, const char *name, char **text);
int gth_db_set(struct gth_db *l, const char *name, const char *text);
int gth_db_count(struct gth_db *l, const char *name, int64_t add);
int gth_db_counted(struct gth_db *l, const char *name, uint64_t *n);

/* Bytes that were offered to the region (db_quota.c) */
struct gth_spent {
	uint64_t day; /* of Unix time, in days */
	uint64_t files, bytes;
};

struct gth_offered {
	uint64_t times, bytes;
};

int gth_db_spent(struct gth_db *l, uint64_t now, struct gth_spent *s);
int gth_db_spend(struct gth_db *l, uint64_t now, uint64_t files, uint64_t bytes);
int gth_db_offered(struct gth_db *l, const uint8_t digest[GTH_DIGEST_SIZE], struct gth_offered *o);
int gth_db_offer(struct gth_db *l, const uint8_t digest[GTH_DIGEST_SIZE], uint64_t bytes);
int gth_db_unoffer(struct gth_db *l, const uint8_t digest[GTH_DIGEST_SIZE]);

#endif /* GTH_DAEMON_STORE_DB_H */
