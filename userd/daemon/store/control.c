// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * control.c - what gotthardctl asks: one packet of words, one packet of JSON, and
 * the connection ends. Only root and the store's own user may.
 */
#include "daemon/store/store_state.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/util/hex.h"
#include "lib/util/json.h"

#define COMMAND_MAX 256 /* bytes */

static json_t *refuse(const char *why)
{
	return json_pack("{s:b, s:s}", "ok", 0, "error", why);
}

/* By an id or a digest. Return: 1, and the row; 0: there is none. */
static int find(struct gth_store *s, const char *name, struct gth_row *r)
{
	uint8_t digest[32];

	if (!strncmp(name, "sha256:", 7))
		name += 7;
	if (strlen(name) == 64 && !gth_hex_decode(digest, 32, name))
		return gth_book_by_digest(&s->book, digest, r);
	return gth_book_by_id(&s->book, name, r);
}

static void counts(struct gth_store *s, json_t *into, const char *sql,
		   const char *(*name)(int number))
{
	sqlite3_stmt *st = NULL;

	if (gth_book_prepare(&s->book, &st, sql, ""))
		return;
	while (gth_book_step(&s->book, st) == 1)
		json_object_set_new(into, name(sqlite3_column_int(st, 0)),
				    json_integer(sqlite3_column_int64(st, 1)));
	sqlite3_finalize(st);
}

static const char *reason_name(int reason)
{
	return gth_withheld_name((enum gth_withheld)reason);
}

static json_t *status(struct gth_store *s)
{
	uint64_t bytes = 0, verdicts = 0, lent = 0, overdue = 0, available = 0;
	uint64_t kept = gth_reserve_kept(&s->reserve, &available);
	json_t *states = json_object(), *withheld = json_object(), *waits = json_object(), *all;
	const struct gth_trust *trust = s->setup->trust;

	if (s->setup->endpoint)
		gth_journal_look(&s->journal);
	if (gth_reserve_leaves(&s->reserve, s->no_room))
		s->no_room = 0;
	gth_book_spool_bytes(&s->book, &bytes);
	gth_book_number(&s->book, &verdicts, "SELECT count(*) FROM verdict", "");
	gth_book_number(&s->book, &lent, "SELECT count(*) FROM lent", "");
	gth_book_number(&s->book, &overdue,
			"SELECT count(*) FROM lent WHERE delete_by > 0 AND delete_by < ?", "i",
			(int64_t)gth_store_now() - 86400);
	counts(s, states, "SELECT state, count(*) FROM submission GROUP BY state",
	       gth_spooled_name);
	counts(s, withheld,
	       "SELECT reason, count(*) FROM submission WHERE reason > 0 GROUP BY reason",
	       reason_name);
	counts(s, waits, "SELECT waits, count(*) FROM submission WHERE waits > 0 GROUP BY waits",
	       reason_name);
	/* A name and its value to a line. */
	/* clang-format off */
	all = json_pack(
		"{s:b, s:s, s:s, s:s, s:s, s:I, s:o, s:b, s:o, s:o, s:o, s:I, s:I, s:I, s:I, s:I, s:i, s:I, s:I, s:I, s:b, s:I, s:o, s:o}",
		"ok", 1,
		"region", trust ? trust->region : "",
		"country", trust ? trust->country : "",
		"own_country", s->config->country,
		"statement", gth_region_state(s),
		"statement_expires", (json_int_t)(s->pinned ? s->statement.expires : 0),
		"last_error", gth_json_text(s->trouble),
		"courier", s->courier >= 0,
		"submissions", states, "withheld", withheld, "waits", waits,
		"spool_bytes", (json_int_t)bytes, "spool_quota", (json_int_t)s->config->spool_quota,
		"verdicts", (json_int_t)verdicts,
		"lent", (json_int_t)lent, "deletions_overdue", (json_int_t)overdue,
		"lost_files", (int)s->lost,
		"disk_free", (json_int_t)available, "disk_kept_free", (json_int_t)kept,
		"reserve", (json_int_t)s->reserve.size,
		"spooling_stopped", s->no_room != 0, "spooling_refused", (json_int_t)s->no_rooms,
		"journal", gth_json_text(s->journal.trouble[0] ? s->journal.trouble : "ok"),
		"database", gth_json_text(s->book.damaged[0] ? s->book.damaged : "ok"));
	/* clang-format on */
	return all;
}

/* What has ended begins again; what waits goes on at once. */
static void retry_row(struct gth_store *s, struct gth_row *r)
{
	r->tries = 0;
	r->detail[0] = '\0';
	gth_store_check(s, gth_book_unoffer(&s->book, r->digest), "submission");
	if (r->state < GTH_SPOOLED_DONE) {
		r->due = 0;
		gth_store_check(s, gth_book_put(&s->book, r), "submission");
	} else if (r->state == GTH_SPOOLED_FAILED && (r->plain || r->sealed)) {
		r->reason = GTH_WITHHELD_NOT;
		gth_submission_anew(s, r);
	} else if (r->state != GTH_SPOOLED_DONE) {
		/* There is no copy: the next one who uses the file brings it. */
		gth_store_check(s, gth_book_remove(&s->book, r->digest), "submission");
	}
}

static json_t *retry(struct gth_store *s, const char *what)
{
	static struct gth_row row;
	sqlite3_stmt *st = NULL;
	int n = 0, err;

	memset(s->backoff, 0, sizeof(s->backoff));
	if (!s->fresh)
		s->statement_due = 0;
	if (strcmp(what, "all") != 0) {
		if (find(s, what, &row) != 1)
			return refuse("there is no such submission");
		if (row.state == GTH_SPOOLED_DONE)
			return refuse("it is done: verdict forget makes the region judge again");
		retry_row(s, &row);
		return json_pack("{s:b, s:i}", "ok", 1, "retried", 1);
	}
	err = gth_book_prepare(&s->book, &st, "SELECT id FROM submission WHERE state != ?", "i",
			       (int64_t)GTH_SPOOLED_DONE);
	while (!err && gth_book_step(&s->book, st) == 1) {
		if (gth_book_by_id(&s->book, (const char *)sqlite3_column_text(st, 0), &row) != 1 ||
		    row.reason == GTH_WITHHELD_DROPPED)
			continue;
		retry_row(s, &row);
		n++;
	}
	sqlite3_finalize(st);
	return err ? refuse(strerror(-err)) : json_pack("{s:b, s:i}", "ok", 1, "retried", n);
}

static json_t *drop(struct gth_store *s, const char *what)
{
	static struct gth_row row;

	if (find(s, what, &row) != 1)
		return refuse("there is no such submission");
	if (row.state == GTH_SPOOLED_DONE)
		return refuse("it is done: there is nothing to drop");
	if (gth_submission_withhold(s, &row, GTH_WITHHELD_DROPPED))
		return refuse("it cannot be written down; nothing was dropped");
	return json_pack("{s:b}", "ok", 1);
}

/* As if the region had never been asked. */
static json_t *forget(struct gth_store *s, const char *what)
{
	uint8_t body[33] = { GTH_DOMAIN_SHA256 };
	struct gth_kept_verdict v;
	static struct gth_row row;
	int found, err;

	if (!strncmp(what, "sha256:", 7))
		what += 7;
	if (strlen(what) != 64 || gth_hex_decode(body + 1, 32, what))
		return refuse("this is no SHA-256");
	found = gth_book_verdict(&s->book, body + 1, &v);
	if (found == 1)
		free(v.note);
	err = gth_book_forget(&s->book, body + 1);
	if (!err && gth_book_by_digest(&s->book, body + 1, &row) == 1 &&
	    row.state == GTH_SPOOLED_DONE)
		err = gth_book_remove(&s->book, body + 1);
	if (!err)
		err = gth_outbox_put(&s->to_broker, GTH_MSG_FORGET, 0, body, sizeof(body), NULL, 0,
				     -1);
	if (err)
		return refuse(strerror(-err));
	return json_pack("{s:b, s:b}", "ok", 1, "known", found == 1);
}

static json_t *preview(struct gth_store *s)
{
	char *text = NULL;
	json_t *answer;

	if (gth_statistics_text(s, &text))
		return refuse("the counts cannot be read");
	answer = json_pack("{s:b, s:b, s:s}", "ok", 1, "sent", s->config->statistics, "body", text);
	free(text);
	return answer;
}

/* A command, and the JSON that answers it; to be freed. NULL: out of memory. */
char *gth_counter_command(struct gth_store *s, char *command)
{
	char *rest = command, *verb = strsep(&rest, " ");
	json_t *answer;
	char *text;

	if (!strcmp(verb, "status") && !rest)
		answer = status(s);
	else if (!strcmp(verb, "retry") && rest)
		answer = retry(s, rest);
	else if (!strcmp(verb, "drop") && rest)
		answer = drop(s, rest);
	else if (!strcmp(verb, "forget") && rest)
		answer = forget(s, rest);
	else if (!strcmp(verb, "statistics-preview") && !rest)
		answer = preview(s);
	else
		answer = refuse("there is no such command");
	text = answer ? json_dumps(answer, JSON_COMPACT) : NULL;
	json_decref(answer);
	return text;
}

/* A connection that has something to say; the caller closes it. */
void gth_counter_answer(struct gth_store *s, int fd)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);
	char command[COMMAND_MAX + 1], *text;
	ssize_t n;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) ||
	    (peer.uid && peer.uid != geteuid()))
		return;
	n = recv(fd, command, COMMAND_MAX, MSG_DONTWAIT | MSG_TRUNC);
	if (n <= 0 || n > COMMAND_MAX)
		return;
	command[n] = '\0';
	text = gth_counter_command(s, command);
	if (text)
		send(fd, text, strlen(text), MSG_DONTWAIT | MSG_NOSIGNAL);
	free(text);
}
