// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * offer.c - how much is offered to the region: the owner's cap and quota, and an end
 * to what a region has sent again and again.
 */
#include "daemon/store/store_state.h"

#define DAY 86400
#define OFFERS_MAX 32 /* times that the bytes of a file are offered */
#define STEPS_MAX 250 /* … and that something of it is asked or sent */

/* The daily quota: may @bytes be offered today? */
static bool quota_allows(struct gth_store *s, uint64_t bytes)
{
	struct gth_spent spent;
	uint64_t now = gth_store_now();

	if (!s->config->daily_quota)
		return true;
	if (gth_store_check(s, gth_book_spent(&s->book, now, &spent), "quota"))
		return false;
	/* The first of a day always goes: the quota may be smaller than what is spooled. */
	if ((!spent.files && !spent.bytes) || spent.bytes + bytes <= s->config->daily_quota)
		return true;
	gth_store_wake(s, (DAY - now % DAY) * 1000);
	return false;
}

/* Cap and quota. Return: GTH_WITHHELD_NOT, or why it waits. */
enum gth_withheld gth_offer_limits(struct gth_store *s, const struct gth_row *r)
{
	uint64_t now = gth_store_now(), n, bytes;

	if (s->config->per_minute) {
		if (gth_store_check(s, gth_book_sent(&s->book, now - 59, now, &n, &bytes), "quota"))
			return GTH_WITHHELD_RATE;
		if (n >= s->config->per_minute) {
			gth_store_wake(s, 1000);
			return GTH_WITHHELD_RATE;
		}
	}
	return quota_allows(s, r->cipher_size) ? GTH_WITHHELD_NOT : GTH_WITHHELD_QUOTA;
}

/*
 * Before a file is offered, from an offset on: once is paid for by its note. What a
 * region has sent again counts against the quota, and has an end.
 * Return: may it go? If not, the row waits, or has failed.
 */
bool gth_offer(struct gth_store *s, struct gth_row *r, uint64_t bytes)
{
	struct gth_offered before;
	uint64_t after, extra;

	if (gth_store_check(s, gth_book_offered(&s->book, r->digest, &before), "quota"))
		return false;
	after = before.bytes + bytes;
	if (after / OFFERS_MAX > r->cipher_size || before.times >= STEPS_MAX) {
		gth_submission_fail(s, r, "the region has it sent again and again");
		return false;
	}
	extra = after > r->cipher_size ? after - r->cipher_size : 0;
	if (extra > bytes)
		extra = bytes;
	if (extra && !quota_allows(s, extra)) {
		r->waits = GTH_WITHHELD_QUOTA;
		r->due = gth_store_clock() + (DAY - gth_store_now() % DAY) * 1000;
		gth_store_check(s, gth_book_put(&s->book, r), "submission");
		return false;
	}
	return !gth_store_check(s, gth_book_offer(&s->book, r->digest, bytes), "quota") &&
	       (!extra || (!gth_store_check(s, gth_book_spend(&s->book, gth_store_now(), 0, extra),
					    "quota") &&
			   !gth_guarded_keep(s)));
}
