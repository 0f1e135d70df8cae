// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * withheld.c - journal entries about files that were not sent. A local user can cause as many as
 * there are files, so the rate of single entries is limited; those above it are counted, and
 * entered together: N more, for a reason.
 *
 * The counts are in the database, and each file is in the journal once: by itself or in a count.
 * After a crash the journal is checked for a count that was about to be entered.
 */
#include "daemon/store/withheld.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/store/context.h"
#include "daemon/store/db.h"
#include "daemon/store/journal.h"
#include "lib/util/clock.h"

#define BURST 32	       /* entries that may come at once */
#define PENDING "more-pending" /* the value: reason, how many, the entry's number */

static void name_of(char out[24], int reason)
{
	snprintf(out, 24, "more-%d", reason);
}

/* An earlier run may have left counts. */
void gth_withheld_begin(struct gth_withheld_entries *w)
{
	w->more = true;
}

/* May a single entry be made now? (GCRA: BURST at once, then one each withheld_ms.) */
static bool may_enter(struct gth_store *s)
{
	uint64_t now = gth_boot_ms(), at = s->withheld.next > now ? s->withheld.next : now;

	if (at - now > (BURST - 1) * s->pace->withheld_ms)
		return false;
	s->withheld.next = at + s->pace->withheld_ms;
	return true;
}

static int enter(struct gth_store *s, const uint8_t *digest, enum gth_withheld reason, uint64_t n)
{
	struct gth_egress e = {
		.kind = GTH_EGRESS_WITHHELD, .time = gth_now(), .what = "none", .reason = reason
	};

	if (s->region.trust)
		memcpy(e.region, s->region.trust->region, sizeof(e.region));
	if (digest)
		memcpy(e.digest, digest, sizeof(e.digest));
	else
		snprintf(e.what, sizeof(e.what), "%llu more", (unsigned long long)n);
	return gth_journal_add(&s->journal, &e);
}

/* Enters a file and a reason once. */
static int enter_first(struct gth_store *s, const uint8_t digest[GTH_DIGEST_SIZE],
		       enum gth_withheld reason)
{
	int first = gth_db_withheld_first(&s->db, digest, reason, gth_now());
	char name[24];

	if (first <= 0)
		return first;
	if (may_enter(s) && !enter(s, digest, reason, 0))
		return 0;
	name_of(name, (int)reason);
	s->withheld.more = true;
	return gth_db_count(&s->db, name, 1);
}

/* gth_withheld_enter() - enter into the journal that a file was not sent, and the reason */
void gth_withheld_enter(struct gth_store *s, const uint8_t digest[GTH_DIGEST_SIZE],
			enum gth_withheld reason)
{
	bool own = !s->grouped;

	if (!s->setup->endpoint)
		return;
	if (own)
		gth_group_begin(s);
	gth_store_check(s, enter_first(s, digest, reason), "withheld");
	if (own)
		gth_group_end(s);
}

/* Is this count the entry of that number? */
static bool entered(struct gth_store *s, int reason, uint64_t n, uint64_t index)
{
	struct gth_egress e = { 0 };
	char what[32];
	void *text;
	size_t len;
	bool is;

	if (gth_journal_read(&s->journal, index, &text, &len))
		return false;
	snprintf(what, sizeof(what), "%llu more", (unsigned long long)n);
	is = !gth_egress_parse(&e, text, len) && e.kind == GTH_EGRESS_WITHHELD &&
	     (int)e.reason == reason && !strcmp(e.what, what);
	free(text);
	return is;
}

/* Enters the pending count, if there is one and the journal does not have it yet. */
static int settle(struct gth_store *s)
{
	unsigned long long n, index;
	char *text = NULL;
	int reason, err = gth_db_get(&s->db, PENDING, &text);

	if (err <= 0)
		return err;
	err = 0;
	if (sscanf(text, "%d %llu %llu", &reason, &n, &index) == 3 && reason > 0 &&
	    reason < GTH_WITHHELD_REASONS && !entered(s, reason, n, index))
		err = enter(s, NULL, (enum gth_withheld)reason, n);
	free(text);
	return err ? err : gth_db_run(&s->db, "DELETE FROM value WHERE name = ?", "t", PENDING);
}

/* Makes the count the pending one, in one transaction. */
static int set_out(struct gth_store *s, int reason, uint64_t n)
{
	char name[24], text[64];
	int err = gth_db_begin(&s->db);

	if (err)
		return err;
	name_of(name, reason);
	snprintf(text, sizeof(text), "%d %llu %llu", reason, (unsigned long long)n,
		 (unsigned long long)gth_journal_size(&s->journal));
	err = gth_db_set(&s->db, name, "0");
	if (!err)
		err = gth_db_set(&s->db, PENDING, text);
	if (!err)
		return gth_db_commit(&s->db);
	gth_db_rollback(&s->db);
	return err;
}

static int flush(struct gth_store *s)
{
	int err = gth_journal_open(&s->journal);

	if (!err)
		err = settle(s);
	for (int reason = 1; !err && reason < GTH_WITHHELD_REASONS; reason++) {
		char name[24];
		uint64_t n;

		name_of(name, reason);
		err = gth_db_counted(&s->db, name, &n);
		if (!err && n)
			err = set_out(s, reason, n);
		if (!err && n)
			err = settle(s);
	}
	return err;
}

/* gth_withheld_flush() - enter the counts when it is time, or (@now) at the end */
void gth_withheld_flush(struct gth_store *s, bool now)
{
	uint64_t clock = gth_boot_ms();

	if (!s->withheld.more || !s->setup->endpoint)
		return;
	if (!now && s->withheld.more_due > clock) {
		gth_store_wake(s, s->withheld.more_due - clock);
		return;
	}
	s->withheld.more_due = clock + s->pace->more_ms;
	s->withheld.more = flush(s) != 0;
	if (s->withheld.more)
		gth_store_wake(s, s->pace->more_ms);
}
