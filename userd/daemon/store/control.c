// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * control.c - the commands of gotthardctl: one packet of words, one packet of
 * JSON as the answer, and the connection ends. Only root and the store's own
 * user may send one.
 */
#include "daemon/store/control.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/store/context.h"
#include "daemon/store/db.h"
#include "daemon/store/journal.h"
#include "daemon/store/outbox.h"
#include "daemon/store/region.h"
#include "daemon/store/reserve.h"
#include "daemon/store/room.h"
#include "daemon/store/statistics.h"
#include "daemon/store/submission.h"
#include "lib/host/sql.h"
#include "lib/util/clock.h"
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
	uint8_t digest[GTH_DIGEST_SIZE];

	if (!strncmp(name, "sha256:", 7))
		name += 7;
	if (strlen(name) == 64 && !gth_hex_decode(digest, GTH_DIGEST_SIZE, name))
		return gth_db_by_digest(&s->db, digest, r);
	return gth_db_by_id(&s->db, name, r);
}

static void counts(struct gth_store *s, json_t *into, const char *sql,
		   const char *(*name)(int number))
{
	sqlite3_stmt *st = NULL;

	if (gth_sql_prepare(s->db.db, &st, sql, ""))
		return;
	while (gth_sql_step(st) == 1)
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
	const struct gth_trust *trust = s->region.trust;

	if (s->setup->endpoint)
		gth_journal_look(&s->journal);
	gth_room_look(&s->room, &s->reserve);
	gth_db_spool_bytes(&s->db, &bytes);
	gth_sql_number(s->db.db, &verdicts, "SELECT count(*) FROM verdict", "");
	gth_sql_number(s->db.db, &lent, "SELECT count(*) FROM lent", "");
	gth_sql_number(s->db.db, &overdue,
		       "SELECT count(*) FROM lent WHERE delete_by > 0 AND delete_by < ?", "i",
		       (int64_t)gth_now() - 86400);
	counts(s, states, "SELECT state, count(*) FROM submission GROUP BY state",
	       gth_spooled_name);
	counts(s, withheld,
	       "SELECT reason, count(*) FROM submission WHERE reason > 0 GROUP BY reason",
	       reason_name);
	counts(s, waits, "SELECT waits, count(*) FROM submission WHERE waits > 0 GROUP BY waits",
	       reason_name);
	/* One name and its value a line. */
	/* clang-format off */
	all = json_pack(
		"{s:b, s:s, s:s, s:s, s:s, s:I, s:o, s:b, s:o, s:o, s:o, s:I, s:I, s:I, s:I, s:I, s:i, s:I, s:I, s:I, s:b, s:I, s:o, s:o}",
		"ok", 1,
		"region", trust ? trust->region : "",
		"country", trust ? trust->country : "",
		"own_country", s->config->country,
		"statement", gth_region_state(s),
		"statement_expires", (json_int_t)(s->region.pinned ? s->region.statement.expires : 0),
		"last_error", gth_json_text(s->region.trouble),
		"courier", s->courier >= 0,
		"submissions", states, "withheld", withheld, "waits", waits,
		"spool_bytes", (json_int_t)bytes, "spool_quota", (json_int_t)s->config->spool_quota,
		"verdicts", (json_int_t)verdicts,
		"lent", (json_int_t)lent, "deletions_overdue", (json_int_t)overdue,
		"lost_files", (int)s->spool.lost,
		"disk_free", (json_int_t)available, "disk_kept_free", (json_int_t)kept,
		"reserve", (json_int_t)s->reserve.size,
		"spooling_stopped", s->room.missed != 0, "spooling_refused", (json_int_t)s->room.refused,
		"journal", gth_json_text(s->journal.trouble[0] ? s->journal.trouble : "ok"),
		"database", gth_json_text(s->db.damaged[0] ? s->db.damaged : "ok"));
	/* clang-format on */
	return all;
}

/* A submission that has ended begins again; one that waits goes on at once. */
static void retry_row(struct gth_store *s, struct gth_row *r)
{
	r->tries = 0;
	r->detail[0] = '\0';
	gth_store_check(s, gth_db_unoffer(&s->db, r->digest), "submission");
	if (r->state < GTH_SPOOLED_DONE) {
		r->due = 0;
		gth_store_check(s, gth_db_put(&s->db, r), "submission");
	} else if (r->state == GTH_SPOOLED_FAILED && (r->plain || r->sealed)) {
		r->reason = GTH_WITHHELD_NOT;
		gth_submission_anew(s, r);
	} else if (r->state != GTH_SPOOLED_DONE) {
		/* There is no copy: the next use of the file brings one. */
		gth_store_check(s, gth_db_remove(&s->db, r->digest), "submission");
	}
}

static json_t *retry(struct gth_store *s, const char *what)
{
	static struct gth_row row;
	sqlite3_stmt *st = NULL;
	int n = 0, err;

	memset(s->backoff, 0, sizeof(s->backoff));
	if (!s->region.fresh)
		s->region.due = 0;
	if (strcmp(what, "all") != 0) {
		if (find(s, what, &row) != 1)
			return refuse("there is no such submission");
		if (row.state == GTH_SPOOLED_DONE)
			return refuse("it is done: verdict forget makes the region judge again");
		retry_row(s, &row);
		return json_pack("{s:b, s:i}", "ok", 1, "retried", 1);
	}
	err = gth_sql_prepare(s->db.db, &st, "SELECT id FROM submission WHERE state != ?", "i",
			      (int64_t)GTH_SPOOLED_DONE);
	while (!err && gth_sql_step(st) == 1) {
		if (gth_db_by_id(&s->db, (const char *)sqlite3_column_text(st, 0), &row) != 1 ||
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
		return refuse("it cannot be recorded; nothing was dropped");
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
	if (strlen(what) != 64 || gth_hex_decode(body + 1, GTH_DIGEST_SIZE, what))
		return refuse("this is not a SHA-256");
	found = gth_db_verdict(&s->db, body + 1, &v);
	if (found == 1)
		free(v.note);
	err = gth_db_forget(&s->db, body + 1);
	if (!err && gth_db_by_digest(&s->db, body + 1, &row) == 1 && row.state == GTH_SPOOLED_DONE)
		err = gth_db_remove(&s->db, body + 1);
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

	if (gth_statistics_text(&s->db, &text))
		return refuse("the counts cannot be read");
	answer = json_pack("{s:b, s:b, s:s}", "ok", 1, "sent", s->config->statistics, "body", text);
	free(text);
	return answer;
}

/* Return: the JSON that answers a command, to be freed; NULL: out of memory. */
static char *answer_to(struct gth_store *s, char *command)
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

/* Answers a connection that can be read; the caller closes it. */
void gth_control_answer(struct gth_store *s, int fd)
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
	text = answer_to(s, command);
	if (text)
		send(fd, text, strlen(text), MSG_DONTWAIT | MSG_NOSIGNAL);
	free(text);
}
