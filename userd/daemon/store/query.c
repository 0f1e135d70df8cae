// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * query.c - a file that the module does not know: looks for a verdict, asks for consent to look it
 * up and to send it, and copies it while the descriptor is at hand.
 */
#include "daemon/store/query.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/store/consent.h"
#include "daemon/store/context.h"
#include "daemon/store/db.h"
#include "daemon/store/file_info.h"
#include "daemon/store/outbox.h"
#include "daemon/store/region.h"
#include "daemon/store/review.h"
#include "daemon/store/room.h"
#include "daemon/store/spool.h"
#include "daemon/store/submission.h"
#include "daemon/store/tidy.h"
#include "daemon/store/withheld.h"
#include "lib/util/clock.h"

/* Sends a known verdict to the broker. Return: was there one? */
static bool answer_known(struct gth_store *s, const uint8_t digest[GTH_DIGEST_SIZE])
{
	struct gth_kept_verdict v;
	int found = gth_db_verdict(&s->db, digest, &v);
	bool holds = found == 1 && v.expires > gth_now() && s->region.told && !s->region.refused;
	/* If the region has another key by now, it is asked again. */
	bool ours = found != 1 || !s->region.told || gth_region_signed(&s->region, v.note);

	gth_store_check(s, found < 0 ? found : 0, "verdict");
	if (found == 1 && v.expires <= gth_now())
		gth_store_check(s, gth_db_note_expired(&s->db, v.expires), "verdict");
	if (found == 1 && (v.expires <= gth_now() || !ours))
		gth_store_check(s, gth_db_forget(&s->db, digest), "verdict");
	holds &= ours;
	if (holds)
		gth_store_check(s,
				gth_outbox_put(&s->to_broker, GTH_MSG_VERDICT, 0, v.note,
					       strlen(v.note), NULL, 0, -1),
				"message");
	if (found == 1)
		free(v.note);
	return holds;
}

/*
 * Answers from an earlier question about the file. Return: 1: it is under way, or the answer was
 * given; 0: it begins anew.
 */
static int answer_before(struct gth_store *s, struct gth_row *r)
{
	uint64_t now = gth_now();

	if (r->state < GTH_SPOOLED_DONE)
		return 1;
	if (r->state == GTH_SPOOLED_DONE)
		return 0;
	if (r->reason != GTH_WITHHELD_DROPPED &&
	    (!r->answered || r->answered < s->reloads || r->answered > now ||
	     now - r->answered >= s->pace->ask_again_s))
		return 0;
	gth_submission_unknown(s, GTH_DOMAIN_SHA256, r->digest);
	return 1;
}

/* Makes room by the rule of gotthardd.conf(5). Return: is there enough now? */
static bool make_room(struct gth_store *s, const struct gth_row *r)
{
	uint64_t used, need = r->size + gth_age_size(r->size, 2);
	struct gth_row victim;

	/* While a file is encrypted, both copies are on the disk. */
	if (need > s->config->spool_quota || !gth_room_leaves(&s->room, &s->reserve, need))
		return false;
	for (;;) {
		if (gth_store_check(s, gth_db_spool_bytes(&s->db, &used), "spool"))
			return false;
		if (used <= s->config->spool_quota - need)
			return true;
		if (gth_db_victim(&s->db, r->class, &victim) != 1)
			return false;
		if (victim.state == GTH_SPOOLED_FAILED) {
			gth_spool_drop(&s->spool, victim.id, victim.plain, victim.sealed);
			victim.plain = victim.sealed = false;
			if (gth_store_check(s, gth_db_put(&s->db, &victim), "spool"))
				return false;
		} else if (gth_submission_withhold(s, &victim, GTH_WITHHELD_SPOOL)) {
			return false;
		}
	}
}

/* Copies the file, if there is room, and checks its digest. */
static enum gth_withheld take_copy(struct gth_store *s, struct gth_row *r, int fd)
{
	uint8_t digest[GTH_DIGEST_SIZE];
	uint64_t size;
	int err;

	if (!make_room(s, r))
		return GTH_WITHHELD_SPOOL;
	/* A file that grows during the copy (-EFBIG) is not the one that was asked about. */
	err = gth_spool_copy(&s->spool, fd, r->size, r->id, digest, &size);
	if (err == -ENOSPC || err == -EDQUOT)
		return GTH_WITHHELD_SPOOL;
	if (err && err != -EFBIG)
		return GTH_WITHHELD_UNREADABLE;
	if (err || size != r->size || memcmp(digest, r->digest, GTH_DIGEST_SIZE) != 0) {
		if (!err)
			gth_spool_drop(&s->spool, r->id, true, false);
		return GTH_WITHHELD_CHANGED;
	}
	r->plain = true;
	return GTH_WITHHELD_NOT;
}

/* Records the decision and takes the copy. */
static void begin(struct gth_store *s, struct gth_row *r, int fd, enum gth_withheld lookup,
		  enum gth_withheld file)
{
	struct gth_consent c;
	bool ask, send;

	gth_region_consent(s, &c);
	ask = lookup == GTH_WITHHELD_NOT || gth_consent_waits(&c, lookup);
	send = file == GTH_WITHHELD_NOT || gth_consent_waits(&c, file);
	if (ask || send)
		gth_group_end(s);
	else
		gth_group_begin(s);
	/* The row first: a crash must not leave a file without a row. */
	if ((ask || send) && gth_store_check(s, gth_db_put(&s->db, r), "submission")) {
		/* Without the row no answer can come. */
		gth_submission_unknown(s, GTH_DOMAIN_SHA256, r->digest);
		return;
	}
	if (send) {
		enum gth_withheld copied = take_copy(s, r, fd);

		send = copied == GTH_WITHHELD_NOT;
		file = send ? file : copied;
	}
	if (!send) {
		r->reason = file;
		/* Look-up and file were both withheld: the journal gets both reasons. */
		if (!ask && lookup != file)
			gth_withheld_enter(s, r->digest, lookup);
		if (!ask) {
			gth_submission_withhold(s, r, file);
			return;
		}
		gth_withheld_enter(s, r->digest, file);
	}
	/* Only for a statement that is known to be faulty, not for one that has not come yet. */
	if ((ask ? lookup : file) == GTH_WITHHELD_STATEMENT &&
	    s->region.fault != GTH_STATEMENT_OK) {
		r->waits = GTH_WITHHELD_STATEMENT;
		gth_withheld_enter(s, r->digest, GTH_WITHHELD_STATEMENT);
	}
	r->state = ask ? GTH_SPOOLED_ASKED : GTH_SPOOLED_COPIED;
	if (gth_store_check(s, gth_db_put(&s->db, r), "submission"))
		gth_submission_unknown(s, GTH_DOMAIN_SHA256, r->digest);
}

/* For an fs-verity digest: the SHA-256 of the content, for which the file is read once. */
static bool content_digest(struct gth_store *s, const struct gth_request *r, int fd,
			   const struct gth_subject *subject, uint8_t digest[GTH_DIGEST_SIZE])
{
	struct gth_consent c;
	int found = gth_db_alias(&s->db, r->digest, digest);

	if (found == 1)
		return true;
	gth_region_consent(s, &c);
	/* Not for files that will not be sent anyway. */
	if (found < 0 || !subject->facts.readable || subject->facts.size > s->config->max_size ||
	    gth_consent_excluded(&c, &subject->facts) != GTH_WITHHELD_NOT ||
	    gth_spool_digest(fd, subject->facts.size, digest))
		return false;
	/* fs-verity files do not change, so the pair holds for ever. */
	return !gth_store_check(s, gth_db_put_alias(&s->db, r->digest, digest), "alias");
}

/**
 * gth_query() - the broker asks about a file
 * @fd: the file; it stays the caller's. -1: there is none
 *
 * The answer is sent at once if a verdict is known, or none can come; else when
 * the region has answered. A verdict names a file by SHA-256, so for an
 * fs-verity digest the broker gets UNKNOWN at once, and the file is processed
 * all the same.
 */
void gth_query(struct gth_store *s, const struct gth_request *r, int fd)
{
	static struct gth_subject subject;
	struct gth_row row;
	uint8_t digest[GTH_DIGEST_SIZE];
	struct gth_consent c;
	enum gth_withheld file;
	int found;

	gth_tidy_asked(&s->tidy);
	memcpy(digest, r->digest, sizeof(digest));
	if (r->domain != GTH_DOMAIN_SHA256)
		gth_submission_unknown(s, r->domain, r->digest);
	else if (answer_known(s, digest))
		return;
	if (r->domain == GTH_DOMAIN_FSVERITY) {
		gth_file_info_gather(&subject, r, fd, &s->types);
		if (!content_digest(s, r, fd, &subject, digest))
			return;
	} else if (r->domain != GTH_DOMAIN_SHA256) {
		return;
	}
	found = gth_db_by_digest(&s->db, digest, &row);
	if (gth_store_check(s, found < 0 ? found : 0, "submission")) {
		gth_submission_unknown(s, GTH_DOMAIN_SHA256, digest);
		return;
	}
	/* A crash came between the row and its copy: take the copy now. */
	if (found && row.state == GTH_SPOOLED_ASKED && !row.plain && fd >= 0 &&
	    row.reason == GTH_WITHHELD_NOT) {
		gth_group_end(s);
		if (take_copy(s, &row, fd) == GTH_WITHHELD_NOT)
			gth_store_check(s, gth_db_put(&s->db, &row), "submission");
		return;
	}
	if (found && answer_before(s, &row))
		return;
	if (found && (row.plain || row.sealed)) {
		gth_group_end(s);
		gth_spool_drop(&s->spool, row.id, row.plain, row.sealed);
	}
	if (r->domain == GTH_DOMAIN_SHA256)
		gth_file_info_gather(&subject, r, fd, &s->types);
	gth_submission_begin(&row, digest, gth_now());
	row.class = subject.facts.readable ? (int)subject.facts.class : 0;
	row.size = subject.facts.size;
	memcpy(row.type, subject.type, sizeof(row.type));
	gth_review_keep(&row, &subject);
	memcpy(row.comm, r->comm, sizeof(row.comm));
	row.comm[sizeof(row.comm) - 1] = '\0';
	gth_region_consent(s, &c);
	file = gth_consent_file(&c, &subject.facts);
	begin(s, &row, fd, gth_consent_lookup(&c, &subject.facts), file);
}
