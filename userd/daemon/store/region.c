// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * region.c - the region's statement, and what is signed under it: verdicts,
 * receipts and deletions. No other file decides to which region this machine
 * sends.
 */
#include "daemon/store/region.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/store/context.h"
#include "daemon/store/db.h"
#include "daemon/store/guarded.h"
#include "daemon/store/journal.h"
#include "daemon/store/outbox.h"
#include "daemon/store/resend.h"
#include "daemon/store/send.h"
#include "daemon/store/submission.h"
#include "lib/util/clock.h"
#include "lib/util/say.h"
#include "lib/util/sha256.h"

/* May anything but GET /v1/region leave now? */
bool gth_region_usable(struct gth_store *s)
{
	struct gth_consent c;

	if (s->region.fresh && s->region.statement.expires <= gth_now()) {
		s->region.fresh = false;
		s->region.fault = GTH_STATEMENT_EXPIRED;
		s->region.due = 0;
		gth_send_cancel_all(s);
		gth_say("the region's statement has expired; nothing is sent");
	}
	gth_region_consent(s, &c);
	return gth_consent_region(&c) == GTH_WITHHELD_NOT;
}

void gth_region_consent(const struct gth_store *s, struct gth_consent *c)
{
	*c = (struct gth_consent) {
		.config = s->config,
		.owners = s->settings->owners,
		.owners_n = s->settings->owners_n,
		.trust = s->region.trust,
		.statement = s->region.fresh && !s->region.refused ? &s->region.statement : NULL,
	};
}

/* The reason in words why nothing is sent; "ok" if requests may be sent. */
const char *gth_region_state(const struct gth_store *s)
{
	struct gth_consent c;

	gth_region_consent(s, &c);
	if (!c.trust)
		return "no region is configured";
	if (!s->config->country[0])
		return "the country of this machine's user is not set";
	if (gth_consent_region(&c) == GTH_WITHHELD_COUNTRY)
		return gth_withheld_text(GTH_WITHHELD_COUNTRY);
	if (s->region.fault != GTH_STATEMENT_OK)
		return gth_statement_fault_text(s->region.fault);
	if (s->region.refused)
		return "the broker refused the region's statement";
	if (!s->region.fresh)
		return "the region has not answered yet";
	return "ok";
}

/* The broker gets every statement before the verdicts under it. */
static void tell_broker(struct gth_store *s)
{
	if (!s->region.told || s->region.refused) {
		gth_resend_begin(&s->resend);
	}
	s->region.refused = false;
	s->region.told = true;
	gth_store_check(s,
			gth_outbox_put(&s->to_broker, GTH_MSG_STATEMENT, 0, s->region.note,
				       strlen(s->region.note), NULL, 0, -1),
			"message");
}

/*
 * Removes the feed's cursor of another region: it would be meaningless to this one, and would
 * disclose a fact about the other.
 */
static void forget_cursor(struct gth_store *s, const char *region)
{
	char *before = NULL;
	int err = gth_db_get(&s->db, "region", &before);

	if (err == 1 && !strcmp(before, region)) {
		free(before);
		return;
	}
	free(before);
	if (err >= 0)
		err = gth_db_run(&s->db, "DELETE FROM value WHERE name = 'cursor'", "");
	if (!err)
		err = gth_db_set(&s->db, "region", region);
	gth_store_check(s, err, "region");
}

/*
 * gth_region_begin() - load the statement of an earlier run: later ones must not be older, and the
 * broker needs it to check the kept verdicts. It does not permit sending.
 */
void gth_region_begin(struct gth_store *s)
{
	const struct gth_trust *trust = s->region.trust;
	struct gth_statement checked;
	char *note = NULL;
	size_t len;
	int found;

	if (!trust)
		return;
	forget_cursor(s, trust->region);
	found = gth_db_get(&s->db, GTH_DB_STATEMENT, &note);
	if (gth_store_check(s, found < 0 ? found : 0, "statement") || !found)
		return;
	if (gth_note_verify(note, strlen(note), &trust->statement_key, 1, &len) ||
	    gth_statement_parse(&s->region.statement, note, len) ||
	    strcmp(s->region.statement.region, trust->region) != 0) {
		free(note);
		return;
	}
	s->region.note = note;
	s->region.pinned = true;
	s->region.fault = gth_statement_check(&checked, note, strlen(note), trust,
					      s->config->country, NULL, gth_now());
	if (s->region.fault == GTH_STATEMENT_OK)
		tell_broker(s);
}

/**
 * gth_region_statement() - the answer to GET /v1/region
 *
 * A faulty statement stops all sending until a valid one comes, even if the
 * former has not expired: the peer that answers may not be the region.
 */
void gth_region_statement(struct gth_store *s, const char *note, size_t len)
{
	struct gth_statement new;
	enum gth_statement_fault fault =
		gth_statement_check(&new, note, len, s->region.trust, s->config->country,
				    s->region.pinned ? &s->region.statement : NULL, gth_now());
	char *copy;

	if (fault != GTH_STATEMENT_OK) {
		if (s->region.fresh || fault != s->region.fault)
			gth_say("the region's statement is refused: %s; nothing is sent",
				gth_statement_fault_text(fault));
		if (s->region.fresh)
			gth_send_cancel_all(s);
		s->region.fresh = false;
		s->region.fault = fault;
		return;
	}
	copy = strndup(note, len);
	if (!copy) {
		gth_store_check(s, -ENOMEM, "statement");
		return;
	}
	if (gth_store_check(s, gth_db_set(&s->db, GTH_DB_STATEMENT, copy), "statement") ||
	    gth_guarded_keep(s)) {
		free(copy);
		return;
	}
	if (s->region.fault != GTH_STATEMENT_OK)
		gth_say("the region's statement is valid again");
	if (!s->region.told || !s->region.note || strcmp(s->region.note, copy) != 0) {
		free(s->region.note);
		s->region.note = copy;
		tell_broker(s);
	} else {
		free(copy);
	}
	/* Files on their way are encrypted to the former key: each is checked again. */
	if (s->region.pinned &&
	    memcmp(&s->region.statement.recipient, &new.recipient, sizeof(new.recipient)) != 0)
		gth_send_cancel_all(s);
	s->region.statement = new;
	s->region.pinned = s->region.fresh = true;
	s->region.fault = GTH_STATEMENT_OK;
}

/* The broker's own check refused a statement or a verdict that this process accepted. */
void gth_region_rejected(struct gth_store *s, const struct gth_message *m)
{
	struct gth_region_verdict v;
	size_t len;

	if (s->region.note && m->size == strlen(s->region.note) &&
	    !memcmp(s->region.note, m->body, m->size)) {
		gth_say("the broker refuses the region's statement: %s; nothing is sent",
			gth_statement_fault_text(m->number < GTH_STATEMENT_FAULTS
							 ? (enum gth_statement_fault)m->number
							 : GTH_STATEMENT_FAULTS));
		s->region.refused = true;
		gth_resend_stop(&s->resend);
		return;
	}
	if (!s->region.pinned ||
	    gth_note_verify(m->body, m->size, &s->region.statement.region_key, 1, &len) ||
	    gth_region_verdict_parse(&v, m->body, len))
		return;
	gth_say("the broker refuses a verdict: %s; it is removed", strerror((int)m->number));
	gth_store_check(s, gth_db_forget(&s->db, v.digest), "verdict");
}

/* Is the note by the region's key? Return: 0, with the text's length; or a negative errno. */
static int signed_text(const struct gth_store_region *r, const char *note, size_t *len)
{
	if (!r->pinned)
		return -ENOKEY;
	return gth_note_verify(note, strlen(note), &r->statement.region_key, 1, len);
}

/* gth_region_signed() - is a note by the key that the region has now? */
bool gth_region_signed(const struct gth_store_region *r, const char *note)
{
	size_t len;

	return !signed_text(r, note, &len);
}

/**
 * gth_region_take_verdict() - a verdict: checked, kept, and told to the broker
 * @digest: of the file that was asked for; NULL: any
 * @only_of_use: keep it only if it is malicious or this machine has asked for it
 *
 * Return: 0: it holds; -EBADMSG: it does not, or is for another file, or has
 * expired; -EKEYREJECTED, -ENOKEY: its signature; or an errno.
 */
int gth_region_take_verdict(struct gth_store *s, const char *note,
			    const uint8_t digest[GTH_DIGEST_SIZE], bool only_of_use)
{
	struct gth_region_verdict v;
	struct gth_kept_verdict kept;
	uint64_t now = gth_now();
	bool news;
	int err;

	if (!s->region.pinned)
		return -ENOKEY;
	/* The same check as the broker's, so that a verdict that it refuses is not sent to it. */
	err = gth_region_verdict_check(&v, note, strlen(note), s->region.statement.region,
				       &s->region.statement.region_key, now);
	if (err < 0 && err != -ETIME)
		return err == -EXDEV ? -EBADMSG : err;
	if (digest && memcmp(digest, v.digest, sizeof(v.digest)) != 0)
		return -EBADMSG;
	if (err == -ETIME) {
		/* The clock may be wrong: noted, so that the feed is read again after it is set. */
		err = !only_of_use	 ? 0
		      : v.expires <= now ? gth_db_note_expired(&s->db, v.expires)
					 : gth_db_note_early(&s->db, v.issued - GTH_CLOCKS_DIFFER);
		return err ? err : -EBADMSG;
	}
	err = gth_db_verdict(&s->db, v.digest, &kept);
	if (err < 0)
		return err;
	if (!err && only_of_use && v.finding != GTH_FINDING_MALICIOUS) {
		struct gth_row row;

		err = gth_db_by_digest(&s->db, v.digest, &row);
		if (err <= 0)
			return err;
		kept.note = NULL;
		err = 0;
	}
	/* An older verdict is not an error; the newer one stays. */
	news = !err || (kept.issued <= v.issued && strcmp(kept.note, note) != 0);
	free(kept.note);
	err = 0;
	if (news)
		err = gth_db_put_verdict(&s->db, &v, note);
	if (!err && news)
		err = gth_outbox_put(&s->to_broker, GTH_MSG_VERDICT, 0, note, strlen(note), NULL, 0,
				     -1);
	if (!err)
		gth_submission_done(s, &v);
	return err;
}

static int keep(struct gth_store *s, const char *id, enum gth_proof kind,
		const uint8_t digest[GTH_DIGEST_SIZE], const char *note)
{
	struct gth_egress e = {
		.kind = kind == GTH_PROOF_RECEIPT ? GTH_EGRESS_RECEIPT : GTH_EGRESS_DELETION,
		.time = gth_now(),
		.what = "none",
		.bytes = strlen(note),
	};
	int err = gth_sha256(note, strlen(note), e.body_digest);

	if (err)
		return err;
	memcpy(e.region, s->region.statement.region, sizeof(e.region));
	memcpy(e.digest, digest, GTH_DIGEST_SIZE);
	memcpy(e.id, id, sizeof(e.id));
	/* The journal first: a crash in between repeats an entry and never loses one. */
	err = gth_journal_add(&s->journal, &e);
	return err ? err : gth_db_put_proof(&s->db, id, kind, digest, 0, note, e.time);
}

/**
 * gth_region_take_receipt() - the region has the file
 * Return: 1: it is kept; 0: the region has no file with this id; -EBADMSG,
 * -EKEYREJECTED, -ENOKEY: it does not hold; or an errno.
 */
int gth_region_take_receipt(struct gth_store *s, const char *id, const char *note)
{
	struct gth_receipt r;
	struct gth_lent lent;
	char *known = NULL;
	size_t len;
	int err = gth_db_lent(&s->db, id, &lent);

	if (err <= 0)
		return err;
	err = gth_db_proof(&s->db, id, GTH_PROOF_RECEIPT, &known);
	free(known);
	if (err)
		return err;
	err = signed_text(&s->region, note, &len);
	if (!err)
		err = gth_receipt_parse(&r, note, len);
	if (err)
		return err;
	if (strcmp(r.region, s->region.statement.region) != 0 || strcmp(r.id, id) != 0 ||
	    memcmp(r.submission_digest, lent.note_digest, GTH_DIGEST_SIZE) != 0 ||
	    memcmp(r.cipher_digest, lent.cipher_digest, GTH_DIGEST_SIZE) != 0)
		return -EBADMSG;
	err = keep(s, id, GTH_PROOF_RECEIPT, lent.digest, note);
	lent.delete_by = r.delete_by;
	if (!err)
		err = gth_db_lend(&s->db, &lent);
	return err ? err : 1;
}

/* The region has deleted the file. Return: as above. */
int gth_region_take_deletion(struct gth_store *s, const char *id, const char *note)
{
	struct gth_deletion d;
	struct gth_lent lent;
	size_t len;
	int err = gth_db_lent(&s->db, id, &lent);

	if (err <= 0)
		return err;
	err = signed_text(&s->region, note, &len);
	if (!err)
		err = gth_deletion_parse(&d, note, len);
	if (err)
		return err;
	if (strcmp(d.region, s->region.statement.region) != 0 || strcmp(d.id, id) != 0 ||
	    memcmp(d.cipher_digest, lent.cipher_digest, GTH_DIGEST_SIZE) != 0)
		return -EBADMSG;
	err = keep(s, id, GTH_PROOF_DELETION, lent.digest, note);
	if (!err)
		err = gth_db_lent_back(&s->db, id);
	return err ? err : 1;
}
