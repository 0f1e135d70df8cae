/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store_state.h - what the store's parts share. One thread, no locks.
 *
 * Times that must survive are of CLOCK_REALTIME, in seconds of Unix time; waits are
 * of CLOCK_BOOTTIME, in ms, and are of no meaning to the next run.
 */
#ifndef GTH_DAEMON_STORE_STATE_H
#define GTH_DAEMON_STORE_STATE_H

#include "daemon/store/consent.h"
#include "daemon/store/file_info.h"
#include "daemon/store/journal.h"
#include "daemon/store/db.h"
#include "daemon/message.h"
#include "daemon/store/outbox.h"
#include "daemon/store/spool.h"
#include "daemon/store/store.h"
#include "daemon/store/mime.h"

#define GTH_FLIGHTS_MAX 32
#define GTH_LOOKUPS_MAX 8 /* of them look-ups */

/* An order that the courier has. */
struct gth_flight {
	uint64_t number; /* 0: free */
	enum gth_order_kind kind;
	bool lent;		/* WAIT: for the deletion of a file, not for a verdict */
	uint64_t since;		/* ms, of gth_store_clock() */
	char id[GTH_UUID_SIZE]; /* of the submission; empty: none */
	uint8_t digest[32];	/* of the file */
};

struct gth_backoff {
	unsigned int failures;
	uint64_t until; /* ms, of gth_store_clock() */
};

struct gth_store {
	const struct gth_store_setup *setup;
	const struct gth_store_pace *pace;
	const struct gth_settings *settings;
	const struct gth_config *config; /* its */
	struct gth_settings reloaded;	 /* settings, after a reload */
	int courier;			 /* -1: gone */

	struct gth_reserve reserve;
	struct gth_book book;
	struct gth_spool spool;
	struct gth_types types;
	struct gth_journal journal;
	struct gth_outbox to_broker, to_courier;

	/* the region */
	struct gth_statement statement;
	bool pinned;  /* there is one, if only from an earlier run */
	bool fresh;   /* the region was asked in this run, and its answer holds */
	bool refused; /* the broker refused it */
	bool told;    /* the broker has it */
	enum gth_statement_fault fault;
	char *note;	   /* the pinned statement's */
	char trouble[160]; /* the last error of the region, for people */

	/* orders */
	struct gth_flight flights[GTH_FLIGHTS_MAX];
	uint64_t number; /* of the last order */
	struct gth_backoff backoff[GTH_ORDERS];
	uint64_t statement_due, verdicts_due, tidy_due; /* ms, of gth_store_clock() */
	unsigned int pages;				/* of the feed, since it was due */

	/* verdicts that the broker does not have yet, in the order of digests */
	bool resending, resend_begun, ready_sent;
	uint8_t resend_after[32];

	int64_t clock_ahead; /* ms of the clock that people set before the one they do not */
	uint64_t wake;	     /* ms, of gth_store_clock(): when the loop goes on by itself */
	uint64_t reloads;    /* Unix time of the last reload */
	unsigned int asks, lost;
	/* what was withheld (withheld.c) */
	uint64_t withheld_at, more_due; /* ms, of gth_store_clock() */
	bool more;			/* there may be some that are counted */
	bool grouped;			/* the book is in a transaction */

	uint64_t no_room;  /* bytes that a file needed for which the disk has no room; 0: it has */
	uint64_t no_rooms; /* files that were not taken for it, since the start */
	int err;	   /* ends the loop */
	char said[160];	   /* the last error of the book that was said */
	struct gth_message message; /* the one that is being read */
	struct gth_row row;	    /* and the submission that it is about */
};

uint64_t gth_store_now(void);	/* Unix time */
uint64_t gth_store_clock(void); /* ms since the boot, sleep included: no one can set it */
void gth_group_begin(struct gth_store *s);
void gth_group_end(struct gth_store *s);
void gth_store_wake(struct gth_store *s, uint64_t in_ms);
int gth_store_check(struct gth_store *s, int err, const char *what);

/* region.c: the statement, and what is signed under it */
void gth_region_begin(struct gth_store *s);
bool gth_region_signed(struct gth_store *s, const char *note);
bool gth_region_usable(struct gth_store *s);
void gth_region_consent(struct gth_store *s, struct gth_consent *c);
void gth_region_statement(struct gth_store *s, const char *note, size_t len);
void gth_region_rejected(struct gth_store *s, const struct gth_message *m);
const char *gth_region_state(struct gth_store *s);
int gth_region_take_verdict(struct gth_store *s, const char *note, const uint8_t digest[32],
			    bool only_of_use);
int gth_region_take_receipt(struct gth_store *s, const char *id, const char *note);
int gth_region_take_deletion(struct gth_store *s, const char *id, const char *note);
void gth_region_resend(struct gth_store *s);

/* ask.c: what the broker asks */
void gth_ask(struct gth_store *s, const struct gth_request *r, int fd);
void gth_ask_reconsider(struct gth_store *s);
enum gth_withheld gth_ask_may_send(struct gth_store *s, const struct gth_row *r);

/* submission.c: a row's way */
void gth_submission_begin(struct gth_row *r, const uint8_t digest[32], uint64_t now);
int gth_submission_move(struct gth_store *s, struct gth_row *r, int state);
int gth_submission_withhold(struct gth_store *s, struct gth_row *r, enum gth_withheld reason);
int gth_submission_fail(struct gth_store *s, struct gth_row *r, const char *detail);
int gth_submission_anew(struct gth_store *s, struct gth_row *r);
int gth_submission_seal_anew(struct gth_store *s, struct gth_row *r);
int gth_submission_trouble(struct gth_store *s, struct gth_row *r, const char *detail);
void gth_submission_unknown(struct gth_store *s, unsigned int domain, const uint8_t digest[32]);
void gth_submission_done(struct gth_store *s, const struct gth_region_verdict *v);

/* binding.c: for which region and key a file is encrypted */
void gth_binding_set(const struct gth_store *s, struct gth_row *r);
bool gth_binding_region(const struct gth_store *s, const struct gth_row *r);
bool gth_binding_holds(const struct gth_store *s, const struct gth_row *r);
bool gth_binding_allows(const struct gth_store *s, enum gth_order_kind kind,
			const struct gth_row *r);

/* orders.c: what is due next; send.c: how it leaves */
void gth_orders_run(struct gth_store *s);
bool gth_orders_busy(struct gth_store *s, enum gth_order_kind kind, const char *id);
bool gth_orders_may(struct gth_store *s, enum gth_order_kind kind);
bool gth_orders_sent(struct gth_store *s, int err);
void gth_orders_cancel(struct gth_store *s, const char *id);
void gth_orders_ground(struct gth_store *s);
uint64_t gth_backoff_ms(const struct gth_store_pace *pace, unsigned int failures);
void gth_backoff_step(struct gth_store *s, struct gth_row *r);
void gth_backoff_failed(struct gth_store *s, enum gth_order_kind kind, uint32_t retry_after);
int gth_send_order(struct gth_store *s, const struct gth_order *o, const struct gth_row *r,
		   const char *body, size_t len, int file);
int gth_send_lookups(struct gth_store *s, const struct gth_row *rows, size_t n);

/* offer.c: how much may leave */
enum gth_withheld gth_offer_limits(struct gth_store *s, const struct gth_row *r);
bool gth_offer(struct gth_store *s, struct gth_row *r, uint64_t bytes);

/* withheld.c: what was not sent */
void gth_withheld_enter(struct gth_store *s, const uint8_t digest[32], enum gth_withheld reason);
void gth_withheld_flush(struct gth_store *s, bool now);

/* guarded.c: what outlives the database */
int gth_guarded_begin(struct gth_store *s);
int gth_guarded_keep(struct gth_store *s);

/* clock.c: it was set */
void gth_clock_begin(struct gth_store *s);
void gth_clock_watch(struct gth_store *s);

/* feed.c: verdicts that changed */
void gth_feed_check(struct gth_store *s);
bool gth_feed_order(struct gth_store *s);
int gth_feed_take(struct gth_store *s, const char *body, size_t len);

/* result.c: what came back */
void gth_answer(struct gth_store *s, const struct gth_message *m);

/* statistics.c */
int gth_statistics_text(struct gth_store *s, char **text);
int gth_statistics_sent(struct gth_store *s);
void gth_statistics_finding(struct gth_store *s, int finding);

/* counter.c: gotthardctl */
void gth_counter_answer(struct gth_store *s, int fd);
char *gth_counter_command(struct gth_store *s, char *command);

#endif /* GTH_DAEMON_STORE_STATE_H */
