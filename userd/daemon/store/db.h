/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * db.h - what the store must not forget, in SQLite (WAL, synchronous=FULL):
 * submissions, verdicts, receipts, and single values.
 *
 * What a call has written is on the disk when it returns, unless it is inside
 * begin and commit. All return 0 or 1 (found), or a negative errno: -ENOSPC,
 * -EUCLEAN (the file is damaged), -ENOMEM, -EIO.
 */
#ifndef GTH_DAEMON_BOOK_H
#define GTH_DAEMON_BOOK_H

#include <stdbool.h>
#include <stdint.h>

#include <sqlite3.h>

#include "lib/text/egress.h"
#include "lib/text/spooled.h"
#include "daemon/store/reserve.h"

#define GTH_BOOK_STATEMENT "statement"	    /* the name of its value: the note */
#define GTH_BOOK_ASIDE_MAX (64LL << 20)	    /* bytes of a damaged database that are kept */
#define GTH_BOOK_LENT_NEVER (INT64_MAX / 2) /* due: not asked for any more */
#define GTH_BOOK_LENT_OVERDUE (8 * 86400LL) /* s after which no deletion is expected any more */
#define GTH_BOOK_ROWS_MAX 10000		    /* finished submissions that are kept */
#define GTH_BOOK_VERDICTS_MAX 100000	    /* verdicts that are kept */
#define GTH_BOOK_WITHHELD_MAX 200000	    /* digests whose withholding is not journaled again */
#define GTH_BOOK_ALIASES_MAX 100000	    /* fs-verity digests of which the SHA-256 is known */

struct gth_book {
	sqlite3 *db;
	char damaged[64];	     /* what was set aside at open; empty: nothing was */
	bool unkept;		     /* … it was removed: it was too large to be kept */
	struct gth_reserve *reserve; /* gives room on a full disk; NULL: there is none */
};

/* A submission: one for each digest, and a new id each time that it begins anew. */
struct gth_row {
	char id[GTH_UUID_SIZE];
	uint8_t digest[32]; /* SHA-256 */
	int state;	    /* enum gth_spooled */
	int class;	    /* GTH_D3 or GTH_D4; 0: not known */
	uint64_t size;
	char type[GTH_TYPE_SIZE], path[4096], comm[16];
	char link[4096];	      /* the path as the store saw it */
	bool path_whole;	      /* path and link are known from their first byte on */
	int64_t owner;		      /* of the file; -1: not told */
	char filesystem[128];	      /* its type, or types that it may be; empty: not told */
	char region[GTH_REGION_SIZE]; /* that it is encrypted for; empty: none */
	uint8_t recipient[32];	      /* the region's key that it is encrypted to */
	bool plain;		      /* spool/ID.plain is there */
	bool sealed;		      /* spool/ID.age is there */
	uint64_t cipher_size;	      /* of it */
	uint8_t cipher_digest[32];
	uint64_t offset;	  /* what the region has of it */
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

int gth_book_open(struct gth_book *l, int dirfd, uint64_t now, struct gth_reserve *reserve);
void gth_book_close(struct gth_book *l);
int gth_book_begin(struct gth_book *l);
int gth_book_commit(struct gth_book *l);
void gth_book_rollback(struct gth_book *l);
int gth_book_tidy(struct gth_book *l, uint64_t now);

/* For the parts of the book: a statement with its values, each told by a letter of @types: */
/* i: int64_t, s: text, b: a digest of 32 bytes */
int gth_book_prepare(struct gth_book *l, sqlite3_stmt **st, const char *sql, const char *types,
		     ...);
int gth_book_step(struct gth_book *l, sqlite3_stmt *st);
int gth_book_run(struct gth_book *l, const char *sql, const char *types, ...);
int gth_book_number(struct gth_book *l, uint64_t *n, const char *sql, const char *types, ...);

/* Submissions (book_row.c) */
int gth_book_put(struct gth_book *l, const struct gth_row *r);
int gth_book_by_digest(struct gth_book *l, const uint8_t digest[32], struct gth_row *r);
int gth_book_by_id(struct gth_book *l, const char *id, struct gth_row *r);
int gth_book_next(struct gth_book *l, int state, uint64_t clock_ms, unsigned int skip,
		  struct gth_row *r);
int gth_book_due(struct gth_book *l, int state, uint64_t *ms);
int gth_book_victim(struct gth_book *l, int class, struct gth_row *r);
int gth_book_spool_bytes(struct gth_book *l, uint64_t *bytes);
int gth_book_waits(struct gth_book *l, int from, int to, enum gth_withheld waits);
int gth_book_remove(struct gth_book *l, const uint8_t digest[32]);

/* Verdicts (book_verdict.c) */
struct gth_kept_verdict {
	uint8_t digest[32];
	char *note; /* to be freed */
	int finding;
	uint64_t issued, expires;
};

int gth_book_verdict(struct gth_book *l, const uint8_t digest[32], struct gth_kept_verdict *v);
int gth_book_verdict_after(struct gth_book *l, const uint8_t digest[32], uint64_t now,
			   struct gth_kept_verdict *v);
int gth_book_put_verdict(struct gth_book *l, const struct gth_region_verdict *v, const char *note);
int gth_book_forget(struct gth_book *l, const uint8_t digest[32]);
int gth_book_expire(struct gth_book *l, uint64_t now);
int gth_book_note_expired(struct gth_book *l, uint64_t expires);
int gth_book_note_early(struct gth_book *l, uint64_t from);
int gth_book_feed_gap(struct gth_book *l, uint64_t now);

/* Proofs, uploads of which the region still owes one, and the rest (book_proof.c) */
enum gth_proof { GTH_PROOF_SUBMISSION, GTH_PROOF_RECEIPT, GTH_PROOF_DELETION };

/* A file that the region has, until it says that it has not. */
struct gth_lent {
	char id[GTH_UUID_SIZE];
	uint8_t digest[32], note_digest[32], cipher_digest[32];
	uint64_t delete_by, due;      /* Unix time */
	char region[GTH_REGION_SIZE]; /* that has it */
	uint32_t asked;		      /* times */
};

int gth_book_put_proof(struct gth_book *l, const char *id, enum gth_proof kind,
		       const uint8_t digest[32], uint64_t bytes, const char *note, uint64_t now);
int gth_book_proof(struct gth_book *l, const char *id, enum gth_proof kind, char **note);
int gth_book_sent(struct gth_book *l, uint64_t since, uint64_t now, uint64_t *n, uint64_t *bytes);
int gth_book_lend(struct gth_book *l, const struct gth_lent *lent);
int gth_book_lent(struct gth_book *l, const char *id, struct gth_lent *lent);
int gth_book_lent_due(struct gth_book *l, const char *region, unsigned int skip,
		      struct gth_lent *lent);
int gth_book_lent_back(struct gth_book *l, const char *id);
int gth_book_lent_clock(struct gth_book *l, int64_t set_by, uint64_t now);
int gth_book_withheld_first(struct gth_book *l, const uint8_t digest[32], enum gth_withheld reason,
			    uint64_t now);
int gth_book_alias(struct gth_book *l, const uint8_t verity[32], uint8_t digest[32]);
int gth_book_put_alias(struct gth_book *l, const uint8_t verity[32], const uint8_t digest[32]);
int gth_book_get(struct gth_book *l, const char *name, char **text);
int gth_book_set(struct gth_book *l, const char *name, const char *text);
int gth_book_count(struct gth_book *l, const char *name, int64_t add);
int gth_book_counted(struct gth_book *l, const char *name, uint64_t *n);

/* What was offered to the region (book_quota.c) */
struct gth_spent {
	uint64_t day; /* of Unix time, in days */
	uint64_t files, bytes;
};

struct gth_offered {
	uint64_t times, bytes;
};

int gth_book_spent(struct gth_book *l, uint64_t now, struct gth_spent *s);
int gth_book_spend(struct gth_book *l, uint64_t now, uint64_t files, uint64_t bytes);
int gth_book_offered(struct gth_book *l, const uint8_t digest[32], struct gth_offered *o);
int gth_book_offer(struct gth_book *l, const uint8_t digest[32], uint64_t bytes);
int gth_book_unoffer(struct gth_book *l, const uint8_t digest[32]);

#endif /* GTH_DAEMON_BOOK_H */
