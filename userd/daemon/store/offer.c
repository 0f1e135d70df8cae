// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * offer.c - limits what is offered to the region: the owner's cap and quota, and a bound on how
 * often a region can request the same file.
 */
#include "daemon/store/offer.h"

#include "daemon/store/context.h"
#include "daemon/store/guarded.h"
#include "daemon/store/submission.h"
#include "lib/util/clock.h"

#define DAY 86400
#define OFFERS_MAX 32 /* times that the bytes of a file are offered */
#define STEPS_MAX 250 /* … and of questions and requests about a file */

/* The daily quota: may @bytes be offered today? */
static bool quota_allows(struct gth_store *s, uint64_t bytes)
{
	struct gth_spent spent;
	uint64_t now = gth_now();

	if (!s->config->daily_quota)
		return true;
	if (gth_store_check(s, gth_db_spent(&s->db, now, &spent), "quota"))
		return false;
	/* The first file of a day may always go, because the quota may be smaller than the file. */
	if ((!spent.files && !spent.bytes) || spent.bytes + bytes <= s->config->daily_quota)
		return true;
	gth_store_wake(s, (DAY - now % DAY) * 1000);
	return false;
}

/* Cap and quota. Return: GTH_WITHHELD_NOT, or why it waits. */
enum gth_withheld gth_offer_limits(struct gth_store *s, const struct gth_row *r)
{
	uint64_t now = gth_now(), n, bytes;

	if (s->config->per_minute) {
		if (gth_store_check(s, gth_db_sent(&s->db, now - 59, now, &n, &bytes), "quota"))
			return GTH_WITHHELD_RATE;
		if (n >= s->config->per_minute) {
			gth_store_wake(s, 1000);
			return GTH_WITHHELD_RATE;
		}
	}
	return quota_allows(s, r->cipher_size) ? GTH_WITHHELD_NOT : GTH_WITHHELD_QUOTA;
}

/*
 * Before a file is offered from an offset on. The note has accounted for sending it once. Bytes
 * that the region requests again count against the quota, up to a bound.
 * Return: may it leave? If not, the row waits or has failed.
 */
bool gth_offer(struct gth_store *s, struct gth_row *r, uint64_t bytes)
{
	struct gth_offered before;
	uint64_t after, extra;

	if (gth_store_check(s, gth_db_offered(&s->db, r->digest, &before), "quota"))
		return false;
	after = before.bytes + bytes;
	if (after / OFFERS_MAX > r->cipher_size || before.times >= STEPS_MAX) {
		gth_submission_fail(s, r, "the region asks for it again and again");
		return false;
	}
	extra = after > r->cipher_size ? after - r->cipher_size : 0;
	if (extra > bytes)
		extra = bytes;
	if (extra && !quota_allows(s, extra)) {
		r->waits = GTH_WITHHELD_QUOTA;
		r->due = gth_boot_ms() + (DAY - gth_now() % DAY) * 1000;
		gth_store_check(s, gth_db_put(&s->db, r), "submission");
		return false;
	}
	return !gth_store_check(s, gth_db_offer(&s->db, r->digest, bytes), "quota") &&
	       (!extra ||
		(!gth_store_check(s, gth_db_spend(&s->db, gth_now(), 0, extra), "quota") &&
		 !gth_guarded_keep(s)));
}
