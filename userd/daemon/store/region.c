// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * region.c - the region's statement, and what is signed under it: verdicts,
 * receipts and deletions. Nothing else decides whom this machine sends to.
 */
#include "daemon/store/store_state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util/say.h"
#include "lib/util/sha256.h"

#define CLOCKS_DIFFER 86400 /* s by which a verdict may come from the future */

/* May anything but GET /v1/region leave now? */
bool gth_region_usable(struct gth_store *s)
{
	struct gth_consent c;

	if (s->fresh && s->statement.expires <= gth_store_now()) {
		s->fresh = false;
		s->fault = GTH_STATEMENT_EXPIRED;
		s->statement_due = 0;
		gth_orders_ground(s);
		gth_say("the region's statement has expired; nothing is sent");
	}
	gth_region_consent(s, &c);
	return gth_consent_region(&c) == GTH_WITHHELD_NOT;
}

void gth_region_consent(struct gth_store *s, struct gth_consent *c)
{
	*c = (struct gth_consent) {
		.config = s->config,
		.owners = s->settings->owners,
		.owners_n = s->settings->owners_n,
		.trust = s->setup->trust,
		.statement = s->fresh && !s->refused ? &s->statement : NULL,
	};
}

/* In words, why nothing is sent; "ok" if something may be. */
const char *gth_region_state(struct gth_store *s)
{
	struct gth_consent c;

	gth_region_consent(s, &c);
	if (!c.trust)
		return "no region is configured";
	if (!s->config->country[0])
		return "the country of this machine's user is not set";
	if (gth_consent_region(&c) == GTH_WITHHELD_COUNTRY)
		return gth_withheld_text(GTH_WITHHELD_COUNTRY);
	if (s->fault != GTH_STATEMENT_OK)
		return gth_statement_fault_text(s->fault);
	if (s->refused)
		return "the broker refused the region's statement";
	if (!s->fresh)
		return "the region has not answered yet";
	return "ok";
}

/* The broker gets every statement before what is signed under it. */
static void tell_broker(struct gth_store *s)
{
	if (!s->told || s->refused) {
		s->resending = true;
		s->resend_begun = false;
	}
	s->refused = false;
	s->told = true;
	gth_store_check(s,
			gth_outbox_put(&s->to_broker, GTH_MSG_STATEMENT, 0, s->note,
				       strlen(s->note), NULL, 0, -1),
			"message");
}

/* What one region gave to continue with is of no use to another, and none of its business. */
static void forget_cursor(struct gth_store *s, const char *region)
{
	char *before = NULL;
	int err = gth_book_get(&s->book, "region", &before);

	if (err == 1 && !strcmp(before, region)) {
		free(before);
		return;
	}
	free(before);
	if (err >= 0)
		err = gth_book_run(&s->book, "DELETE FROM value WHERE name = 'cursor'", "");
	if (!err)
		err = gth_book_set(&s->book, "region", region);
	gth_store_check(s, err, "region");
}

/*
 * gth_region_begin() - what an earlier run was told: it says what came before, and
 * lets the broker check the verdicts that are kept. Nothing is sent because of it.
 */
void gth_region_begin(struct gth_store *s)
{
	const struct gth_trust *trust = s->setup->trust;
	struct gth_statement checked;
	char *note = NULL;
	size_t len;
	int found;

	if (!trust)
		return;
	forget_cursor(s, trust->region);
	found = gth_book_get(&s->book, GTH_BOOK_STATEMENT, &note);
	if (gth_store_check(s, found < 0 ? found : 0, "statement") || !found)
		return;
	if (gth_note_verify(note, strlen(note), &trust->statement_key, 1, &len) ||
	    gth_statement_parse(&s->statement, note, len) ||
	    strcmp(s->statement.region, trust->region) != 0) {
		free(note);
		return;
	}
	s->note = note;
	s->pinned = true;
	s->fault = gth_statement_check(&checked, note, strlen(note), trust, s->config->country,
				       NULL, gth_store_now());
	if (s->fault == GTH_STATEMENT_OK)
		tell_broker(s);
}

/**
 * gth_region_statement() - the answer to GET /v1/region
 *
 * One that is faulty stops all sending until a good one comes, even if the one
 * before has not expired: somebody answers who is not the region.
 */
void gth_region_statement(struct gth_store *s, const char *note, size_t len)
{
	struct gth_statement new;
	enum gth_statement_fault fault =
		gth_statement_check(&new, note, len, s->setup->trust, s->config->country,
				    s->pinned ? &s->statement : NULL, gth_store_now());
	char *copy;

	if (fault != GTH_STATEMENT_OK) {
		if (s->fresh || fault != s->fault)
			gth_say("the region's statement is refused: %s; nothing is sent",
				gth_statement_fault_text(fault));
		if (s->fresh)
			gth_orders_ground(s);
		s->fresh = false;
		s->fault = fault;
		return;
	}
	copy = strndup(note, len);
	if (!copy) {
		gth_store_check(s, -ENOMEM, "statement");
		return;
	}
	if (gth_store_check(s, gth_book_set(&s->book, GTH_BOOK_STATEMENT, copy), "statement") ||
	    gth_guarded_keep(s)) {
		free(copy);
		return;
	}
	if (s->fault != GTH_STATEMENT_OK)
		gth_say("the region's statement holds again");
	if (!s->told || !s->note || strcmp(s->note, copy) != 0) {
		free(s->note);
		s->note = copy;
		tell_broker(s);
	} else {
		free(copy);
	}
	/* What is on its way was encrypted to the key before: each is looked at again. */
	if (s->pinned &&
	    memcmp(&s->statement.recipient, &new.recipient, sizeof(new.recipient)) != 0)
		gth_orders_ground(s);
	s->statement = new;
	s->pinned = s->fresh = true;
	s->fault = GTH_STATEMENT_OK;
}

/*
 * gth_region_resend() - the verdicts that are known, a few at a time, so that the
 * broker can keep up; READY once all have been sent, and UNABLE when the journal
 * cannot be written: nothing leaves, so nobody need wait
 */
void gth_region_resend(struct gth_store *s)
{
	bool able;

	while (s->resending && s->to_broker.n < 16) {
		struct gth_kept_verdict v;
		int found = gth_book_verdict_after(
			&s->book, s->resend_begun ? s->resend_after : NULL, gth_store_now(), &v);

		if (found == 1)
			found = gth_outbox_put(&s->to_broker, GTH_MSG_VERDICT, 0, v.note,
					       strlen(v.note), NULL, 0, -1)
					?: 1;
		free(v.note);
		if (gth_store_check(s, found < 0 ? found : 0, "verdicts"))
			return;
		memcpy(s->resend_after, v.digest, sizeof(v.digest));
		s->resend_begun = true;
		s->resending = found;
	}
	/* Without a region every question is answered at once; with one, only if it can be asked.
	 */
	able = !s->setup->trust || !s->journal.trouble[0];
	if (s->resending || s->ready_sent == able)
		return;
	if (!gth_store_check(s,
			     gth_outbox_put(&s->to_broker, able ? GTH_MSG_READY : GTH_MSG_UNABLE, 0,
					    NULL, 0, NULL, 0, -1),
			     "message"))
		s->ready_sent = able;
}

/* The broker checks for itself, and does not take what this process took. */
void gth_region_rejected(struct gth_store *s, const struct gth_message *m)
{
	struct gth_region_verdict v;
	size_t len;

	if (s->note && m->size == strlen(s->note) && !memcmp(s->note, m->body, m->size)) {
		gth_say("the broker refuses the region's statement (%llu); nothing is sent",
			(unsigned long long)m->number);
		s->refused = true;
		s->resending = false;
		return;
	}
	if (!s->pinned || gth_note_verify(m->body, m->size, &s->statement.region_key, 1, &len) ||
	    gth_region_verdict_parse(&v, m->body, len))
		return;
	gth_say("the broker refuses a verdict (%llu); it is forgotten",
		(unsigned long long)m->number);
	gth_store_check(s, gth_book_forget(&s->book, v.digest), "verdict");
}

/* gth_region_signed() - is a note by the key that the region has now? */
bool gth_region_signed(struct gth_store *s, const char *note)
{
	size_t len;

	return s->pinned && !gth_note_verify(note, strlen(note), &s->statement.region_key, 1, &len);
}

/* Is the note by the region's key? Return: 0, with the text's length; or a negative errno. */
static int signed_text(struct gth_store *s, const char *note, size_t *len)
{
	if (!s->pinned)
		return -ENOKEY;
	return gth_note_verify(note, strlen(note), &s->statement.region_key, 1, len);
}

/**
 * gth_region_take_verdict() - a verdict: checked, kept, and told to the broker
 * @digest: of the file that was asked for; NULL: any
 * @only_of_use: keep it only if it is malicious or this machine has asked for it
 *
 * Return: 0: it holds; -EBADMSG: it does not, or is for another file, or has
 * expired; -EKEYREJECTED, -ENOKEY: its signature; or an errno.
 */
int gth_region_take_verdict(struct gth_store *s, const char *note, const uint8_t digest[32],
			    bool only_of_use)
{
	struct gth_region_verdict v;
	struct gth_kept_verdict kept;
	uint64_t now = gth_store_now();
	bool news;
	size_t len;
	int err = signed_text(s, note, &len);

	if (!err)
		err = gth_region_verdict_parse(&v, note, len);
	if (err)
		return err;
	if (strcmp(v.region, s->statement.region) != 0 ||
	    (digest && memcmp(digest, v.digest, 32) != 0))
		return -EBADMSG;
	/* As the broker does, so that what it has dropped is not brought again. */
	gth_region_verdict_cap(&v, now);
	if (v.expires <= now || v.issued > now + CLOCKS_DIFFER) {
		/* It may be the clock that is wrong: then the feed is read again. */
		err = !only_of_use	 ? 0
		      : v.expires <= now ? gth_book_note_expired(&s->book, v.expires)
					 : gth_book_note_early(&s->book, v.issued - CLOCKS_DIFFER);
		return err ? err : -EBADMSG;
	}
	err = gth_book_verdict(&s->book, v.digest, &kept);
	if (err < 0)
		return err;
	if (!err && only_of_use && v.finding != GTH_FINDING_MALICIOUS) {
		struct gth_row row;

		err = gth_book_by_digest(&s->book, v.digest, &row);
		if (err <= 0)
			return err;
		kept.note = NULL;
		err = 0;
	}
	/* An older one is no reason to doubt; the newer one stays. */
	news = !err || (kept.issued <= v.issued && strcmp(kept.note, note) != 0);
	free(kept.note);
	err = 0;
	if (news)
		err = gth_book_put_verdict(&s->book, &v, note);
	if (!err && news)
		err = gth_outbox_put(&s->to_broker, GTH_MSG_VERDICT, 0, note, strlen(note), NULL, 0,
				     -1);
	if (!err)
		gth_submission_done(s, &v);
	return err;
}

static int keep(struct gth_store *s, const char *id, enum gth_proof kind, const uint8_t digest[32],
		const char *note)
{
	struct gth_egress e = {
		.kind = kind == GTH_PROOF_RECEIPT ? GTH_EGRESS_RECEIPT : GTH_EGRESS_DELETION,
		.time = gth_store_now(),
		.what = "none",
		.bytes = strlen(note),
	};
	int err = gth_sha256(note, strlen(note), e.body_digest);

	if (err)
		return err;
	memcpy(e.region, s->statement.region, sizeof(e.region));
	memcpy(e.digest, digest, 32);
	memcpy(e.id, id, sizeof(e.id));
	/* The journal first: a crash between leaves an entry twice, never one too few. */
	err = gth_journal_add(&s->journal, &e);
	return err ? err : gth_book_put_proof(&s->book, id, kind, digest, 0, note, e.time);
}

/**
 * gth_region_take_receipt() - the region has the file
 * Return: 1: it is kept, if it was not before; 0: this id is not lent;
 * -EBADMSG, -EKEYREJECTED, -ENOKEY: it does not hold; or an errno.
 */
int gth_region_take_receipt(struct gth_store *s, const char *id, const char *note)
{
	struct gth_receipt r;
	struct gth_lent lent;
	char *known = NULL;
	size_t len;
	int err = gth_book_lent(&s->book, id, &lent);

	if (err <= 0)
		return err;
	err = gth_book_proof(&s->book, id, GTH_PROOF_RECEIPT, &known);
	free(known);
	if (err)
		return err;
	err = signed_text(s, note, &len);
	if (!err)
		err = gth_receipt_parse(&r, note, len);
	if (err)
		return err;
	if (strcmp(r.region, s->statement.region) != 0 || strcmp(r.id, id) != 0 ||
	    memcmp(r.submission_digest, lent.note_digest, 32) != 0 ||
	    memcmp(r.cipher_digest, lent.cipher_digest, 32) != 0)
		return -EBADMSG;
	err = keep(s, id, GTH_PROOF_RECEIPT, lent.digest, note);
	lent.delete_by = r.delete_by;
	if (!err)
		err = gth_book_lend(&s->book, &lent);
	return err ? err : 1;
}

/* The region has it no more. Return: as above. */
int gth_region_take_deletion(struct gth_store *s, const char *id, const char *note)
{
	struct gth_deletion d;
	struct gth_lent lent;
	size_t len;
	int err = gth_book_lent(&s->book, id, &lent);

	if (err <= 0)
		return err;
	err = signed_text(s, note, &len);
	if (!err)
		err = gth_deletion_parse(&d, note, len);
	if (err)
		return err;
	if (strcmp(d.region, s->statement.region) != 0 || strcmp(d.id, id) != 0 ||
	    memcmp(d.cipher_digest, lent.cipher_digest, 32) != 0)
		return -EBADMSG;
	err = keep(s, id, GTH_PROOF_DELETION, lent.digest, note);
	if (!err)
		err = gth_book_lent_back(&s->book, id);
	return err ? err : 1;
}
