// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * withheld.c - entries of what was not sent. A local user can have as many files
 * withheld as can be opened: entries of their own have a rate, and those beyond it
 * are counted, and entered together: N more, for a reason.
 *
 * The counts are in the database, and each file is in the journal once: by itself or
 * in a count. A count that was on its way into the journal at a crash is looked for there.
 */
#include "daemon/store/store_state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BURST 32	       /* entries that may come at once */
#define PENDING "more-pending" /* the value: reason, how many, the entry's number */

static void name_of(char out[24], int reason)
{
	snprintf(out, 24, "more-%d", reason);
}

/* Is it time for an entry of its own? (GCRA: so many at once, then one each withheld_ms.) */
static bool may_enter(struct gth_store *s)
{
	uint64_t now = gth_store_clock(), at = s->withheld_at > now ? s->withheld_at : now;

	if (at - now > (BURST - 1) * s->pace->withheld_ms)
		return false;
	s->withheld_at = at + s->pace->withheld_ms;
	return true;
}

static int enter(struct gth_store *s, const uint8_t *digest, enum gth_withheld reason, uint64_t n)
{
	struct gth_egress e = { .kind = GTH_EGRESS_WITHHELD,
				.time = gth_store_now(),
				.what = "none",
				.reason = reason };

	if (s->setup->trust)
		memcpy(e.region, s->setup->trust->region, sizeof(e.region));
	if (digest)
		memcpy(e.digest, digest, sizeof(e.digest));
	else
		snprintf(e.what, sizeof(e.what), "%llu more", (unsigned long long)n);
	return gth_journal_add(&s->journal, &e);
}

/* Once for a file and a reason. */
static int enter_first(struct gth_store *s, const uint8_t digest[32], enum gth_withheld reason)
{
	int first = gth_book_withheld_first(&s->book, digest, reason, gth_store_now());
	char name[24];

	if (first <= 0)
		return first;
	if (may_enter(s) && !enter(s, digest, reason, 0))
		return 0;
	name_of(name, (int)reason);
	s->more = true;
	return gth_book_count(&s->book, name, 1);
}

/* gth_withheld_enter() - into the journal: a file was not sent, and why */
void gth_withheld_enter(struct gth_store *s, const uint8_t digest[32], enum gth_withheld reason)
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

/* The count that is on its way, if there is one: it is entered, unless it has been. */
static int settle(struct gth_store *s)
{
	unsigned long long n, index;
	char *text = NULL;
	int reason, err = gth_book_get(&s->book, PENDING, &text);

	if (err <= 0)
		return err;
	err = 0;
	if (sscanf(text, "%d %llu %llu", &reason, &n, &index) == 3 && reason > 0 &&
	    reason < GTH_WITHHELD_REASONS && !entered(s, reason, n, index))
		err = enter(s, NULL, (enum gth_withheld)reason, n);
	free(text);
	return err ? err : gth_book_run(&s->book, "DELETE FROM value WHERE name = ?", "s", PENDING);
}

/* From the count to what is on its way: both or none. */
static int set_out(struct gth_store *s, int reason, uint64_t n)
{
	char name[24], text[64];
	int err = gth_book_begin(&s->book);

	if (err)
		return err;
	name_of(name, reason);
	snprintf(text, sizeof(text), "%d %llu %llu", reason, (unsigned long long)n,
		 (unsigned long long)gth_journal_size(&s->journal));
	err = gth_book_set(&s->book, name, "0");
	if (!err)
		err = gth_book_set(&s->book, PENDING, text);
	if (!err)
		return gth_book_commit(&s->book);
	gth_book_rollback(&s->book);
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
		err = gth_book_counted(&s->book, name, &n);
		if (!err && n)
			err = set_out(s, reason, n);
		if (!err && n)
			err = settle(s);
	}
	return err;
}

/* gth_withheld_flush() - the counts become entries when it is time, or (@now) at the end */
void gth_withheld_flush(struct gth_store *s, bool now)
{
	uint64_t clock = gth_store_clock();

	if (!s->more || !s->setup->endpoint)
		return;
	if (!now && s->more_due > clock) {
		gth_store_wake(s, s->more_due - clock);
		return;
	}
	s->more_due = clock + s->pace->more_ms;
	s->more = flush(s) != 0;
	if (s->more)
		gth_store_wake(s, s->pace->more_ms);
}
