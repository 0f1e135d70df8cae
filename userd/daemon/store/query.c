// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * query.c - a file that nobody knows: what is known of it here, may it be asked for,
 * may it be sent; and the copy, while the descriptor is at hand.
 */
#include "daemon/store/store_state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/util/say.h"

#define TIDY_EVERY 1000 /* asks */

/* A verdict that is at hand. Return: was the broker told? */
static bool answer_known(struct gth_store *s, const uint8_t digest[32])
{
	struct gth_kept_verdict v;
	int found = gth_book_verdict(&s->book, digest, &v);
	bool holds = found == 1 && v.expires > gth_store_now() && s->told && !s->refused;
	/* The region may have another key by now: then it is asked again. */
	bool ours = found != 1 || !s->told || gth_region_signed(s, v.note);

	gth_store_check(s, found < 0 ? found : 0, "verdict");
	if (found == 1 && v.expires <= gth_store_now())
		gth_store_check(s, gth_book_note_expired(&s->book, v.expires), "verdict");
	if (found == 1 && (v.expires <= gth_store_now() || !ours))
		gth_store_check(s, gth_book_forget(&s->book, digest), "verdict");
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
 * What an earlier ask led to. Return: 1: it is under way, or the answer was given;
 * 0: it begins anew.
 */
static int answer_before(struct gth_store *s, struct gth_row *r)
{
	uint64_t now = gth_store_now();

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

/*
 * Would the copies leave free what others need of the filesystem? Nothing of the
 * spool is dropped for it: somebody else may have filled the disk. Said once.
 */
static bool leaves_room(struct gth_store *s, uint64_t need)
{
	bool leaves = gth_reserve_leaves(&s->reserve, need);

	if (leaves && s->no_room)
		gth_say("there is room on the disk again: files are spooled");
	if (!leaves && !s->no_room)
		gth_say("less than %llu bytes of the disk would be left free: no file is spooled "
			"until there is more room",
			(unsigned long long)gth_reserve_kept(&s->reserve, NULL));
	s->no_room = leaves ? 0 : need;
	s->no_rooms += !leaves;
	return leaves;
}

/* Makes room by the rule that gotthardd.conf(5) states. Return: is there some now? */
static bool make_room(struct gth_store *s, const struct gth_row *r)
{
	uint64_t used, need = r->size + gth_age_size(r->size, 2);
	struct gth_row victim;

	/* A file has to be there twice for the moment in which it is encrypted. */
	if (need > s->config->spool_quota || !leaves_room(s, need))
		return false;
	for (;;) {
		if (gth_store_check(s, gth_book_spool_bytes(&s->book, &used), "spool"))
			return false;
		if (used <= s->config->spool_quota - need)
			return true;
		if (gth_book_victim(&s->book, r->class, &victim) != 1)
			return false;
		if (victim.state == GTH_SPOOLED_FAILED) {
			gth_spool_drop(&s->spool, victim.id, victim.plain, victim.sealed);
			victim.plain = victim.sealed = false;
			if (gth_store_check(s, gth_book_put(&s->book, &victim), "spool"))
				return false;
		} else if (gth_submission_withhold(s, &victim, GTH_WITHHELD_SPOOL)) {
			return false;
		}
	}
}

/* The copy, if there is room and it is what was asked for. */
static enum gth_withheld take_copy(struct gth_store *s, struct gth_row *r, int fd)
{
	uint8_t digest[32];
	uint64_t size;
	int err;

	if (!make_room(s, r))
		return GTH_WITHHELD_SPOOL;
	/* What grows while it is copied is not what was asked for. */
	err = gth_spool_copy(&s->spool, fd, r->size, r->id, digest, &size);
	if (err == -ENOSPC || err == -EDQUOT)
		return GTH_WITHHELD_SPOOL;
	if (err && err != -EFBIG)
		return GTH_WITHHELD_UNREADABLE;
	if (err || size != r->size || memcmp(digest, r->digest, 32) != 0) {
		if (!err)
			gth_spool_drop(&s->spool, r->id, true, false);
		return GTH_WITHHELD_CHANGED;
	}
	r->plain = true;
	return GTH_WITHHELD_NOT;
}

/* What consent depends on is kept with the row: it may be asked again. */
static void keep_facts(struct gth_row *r, const struct gth_subject *subject)
{
	const struct gth_facts *f = &subject->facts;

	snprintf(r->path, sizeof(r->path), "%s", subject->request_path);
	snprintf(r->link, sizeof(r->link), "%s", subject->link);
	snprintf(r->filesystem, sizeof(r->filesystem), "%s", subject->filesystem);
	r->path_whole = f->path_whole;
	r->owner = f->owner_told ? (int64_t)f->owner : -1;
}

static void kept_facts(const struct gth_row *r, struct gth_facts *f)
{
	*f = (struct gth_facts) {
		.readable = true,
		.path = { r->path[0] ? r->path : NULL, r->link[0] ? r->link : NULL },
		.path_whole = r->path_whole,
		.owner_told = r->owner >= 0,
		.owner = (uid_t)r->owner,
		.filesystem = r->filesystem,
		.size = r->size,
		.class = r->class == GTH_D3 ? GTH_D3 : GTH_D4,
	};
}

/* Writes down what was decided, and takes the copy. */
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
	/* The row first: a crash must not leave a file that nobody knows. */
	if ((ask || send) && gth_store_check(s, gth_book_put(&s->book, r), "submission")) {
		/* It cannot be kept, so nobody will answer. */
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
		/* Both were withheld: both reasons are written down. */
		if (!ask && lookup != file)
			gth_withheld_enter(s, r->digest, lookup);
		if (!ask) {
			gth_submission_withhold(s, r, file);
			return;
		}
		gth_withheld_enter(s, r->digest, file);
	}
	/* A statement that is known to be faulty, not one that has yet to come. */
	if ((ask ? lookup : file) == GTH_WITHHELD_STATEMENT && s->fault != GTH_STATEMENT_OK) {
		r->waits = GTH_WITHHELD_STATEMENT;
		gth_withheld_enter(s, r->digest, GTH_WITHHELD_STATEMENT);
	}
	r->state = ask ? GTH_SPOOLED_ASKED : GTH_SPOOLED_COPIED;
	if (gth_store_check(s, gth_book_put(&s->book, r), "submission"))
		gth_submission_unknown(s, GTH_DOMAIN_SHA256, r->digest);
}

/* For an fs-verity digest: the SHA-256 of the content, which costs reading it once. */
static bool content_digest(struct gth_store *s, const struct gth_request *r, int fd,
			   const struct gth_subject *subject, uint8_t digest[32])
{
	struct gth_consent c;
	int found = gth_book_alias(&s->book, r->digest, digest);

	if (found == 1)
		return true;
	gth_region_consent(s, &c);
	/* Not for what will not be sent anyway. */
	if (found < 0 || !subject->facts.readable || subject->facts.size > s->config->max_size ||
	    gth_consent_excluded(&c, &subject->facts) != GTH_WITHHELD_NOT ||
	    gth_spool_digest(fd, subject->facts.size, digest))
		return false;
	/* fs-verity files do not change: it holds for good. */
	return !gth_store_check(s, gth_book_put_alias(&s->book, r->digest, digest), "alias");
}

/**
 * gth_ask() - the broker asks what a file is
 * @fd: the file; it stays the caller's. -1: there is none
 *
 * Answered at once if something is known, or if nothing will be; else when the
 * region has answered. A verdict names a file by SHA-256: for an fs-verity digest
 * the broker is told at once that nobody knows, while the file goes its way.
 */
void gth_ask(struct gth_store *s, const struct gth_request *r, int fd)
{
	static struct gth_subject subject;
	struct gth_row *row = &s->row;
	uint8_t digest[32];
	struct gth_consent c;
	enum gth_withheld file;
	int found;

	if (++s->asks % TIDY_EVERY == 0)
		s->tidy_due = 0;
	memcpy(digest, r->digest, sizeof(digest));
	if (r->domain != GTH_DOMAIN_SHA256)
		gth_submission_unknown(s, r->domain, r->digest);
	else if (answer_known(s, digest))
		return;
	if (r->domain == GTH_DOMAIN_FSVERITY) {
		gth_facts_gather(&subject, r, fd, &s->types);
		if (!content_digest(s, r, fd, &subject, digest))
			return;
	} else if (r->domain != GTH_DOMAIN_SHA256) {
		return;
	}
	found = gth_book_by_digest(&s->book, digest, row);
	if (gth_store_check(s, found < 0 ? found : 0, "submission")) {
		gth_submission_unknown(s, GTH_DOMAIN_SHA256, digest);
		return;
	}
	/* A crash came between the row and its copy: here is the file again. */
	if (found && row->state == GTH_SPOOLED_ASKED && !row->plain && fd >= 0 &&
	    row->reason == GTH_WITHHELD_NOT) {
		gth_group_end(s);
		if (take_copy(s, row, fd) == GTH_WITHHELD_NOT)
			gth_store_check(s, gth_book_put(&s->book, row), "submission");
		return;
	}
	if (found && answer_before(s, row))
		return;
	if (found && (row->plain || row->sealed)) {
		gth_group_end(s);
		gth_spool_drop(&s->spool, row->id, row->plain, row->sealed);
	}
	if (r->domain == GTH_DOMAIN_SHA256)
		gth_facts_gather(&subject, r, fd, &s->types);
	gth_submission_begin(row, digest, gth_store_now());
	row->class = subject.facts.readable ? (int)subject.facts.class : 0;
	row->size = subject.facts.size;
	memcpy(row->type, subject.type, sizeof(row->type));
	keep_facts(row, &subject);
	memcpy(row->comm, r->comm, sizeof(row->comm));
	row->comm[sizeof(row->comm) - 1] = '\0';
	gth_region_consent(s, &c);
	file = gth_consent_file(&c, &subject.facts);
	begin(s, row, fd, gth_consent_lookup(&c, &subject.facts), file);
}

/*
 * gth_ask_may_send() - what the owner allows now, by what is still known of a file:
 * GTH_WITHHELD_NOT, or why it must not go (not why it only waits)
 */
enum gth_withheld gth_ask_may_send(struct gth_store *s, const struct gth_row *r)
{
	struct gth_facts facts;
	enum gth_withheld file;
	struct gth_consent c;

	gth_region_consent(s, &c);
	kept_facts(r, &facts);
	file = gth_consent_file(&c, &facts);
	return gth_consent_waits(&c, file) ? GTH_WITHHELD_NOT : file;
}

/*
 * gth_ask_reconsider() - the owner may have changed what is allowed: what has not
 * been sent whole is judged again, by what was kept of it.
 */
void gth_ask_reconsider(struct gth_store *s)
{
	static struct gth_row row;
	sqlite3_stmt *st = NULL;
	struct gth_consent c;
	int err = gth_book_prepare(&s->book, &st, "SELECT id FROM submission WHERE state < ?", "i",
				   (int64_t)GTH_SPOOLED_WAITING);

	gth_region_consent(s, &c);
	while (!err && (err = gth_book_step(&s->book, st)) == 1) {
		enum gth_withheld lookup, file;
		struct gth_facts facts;

		err = gth_book_by_id(&s->book, (const char *)sqlite3_column_text(st, 0), &row);
		if (err < 0)
			break;
		err = 0;
		kept_facts(&row, &facts);
		lookup = gth_consent_lookup(&c, &facts);
		file = row.reason != GTH_WITHHELD_NOT ? row.reason : gth_consent_file(&c, &facts);
		if (gth_consent_waits(&c, lookup))
			lookup = GTH_WITHHELD_NOT;
		if (gth_consent_waits(&c, file))
			file = GTH_WITHHELD_NOT;
		if (row.state != GTH_SPOOLED_ASKED && file != GTH_WITHHELD_NOT) {
			gth_submission_withhold(s, &row, file);
		} else if (row.state == GTH_SPOOLED_ASKED && lookup != GTH_WITHHELD_NOT) {
			gth_orders_cancel(s, row.id);
			if (file != GTH_WITHHELD_NOT || !row.plain)
				gth_submission_withhold(s, &row,
							file != GTH_WITHHELD_NOT ? file : lookup);
			else
				gth_submission_move(s, &row, GTH_SPOOLED_COPIED);
		} else if (row.state == GTH_SPOOLED_ASKED && file != row.reason) {
			gth_withheld_enter(s, row.digest, file);
			gth_spool_drop(&s->spool, row.id, row.plain, false);
			row.plain = false;
			row.reason = file;
			gth_store_check(s, gth_book_put(&s->book, &row), "submission");
		}
	}
	sqlite3_finalize(st);
	gth_store_check(s, err, "submissions");
}
