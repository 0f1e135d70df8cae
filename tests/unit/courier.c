// SPDX-License-Identifier: GPL-2.0-or-later
/* courier.c - what the courier makes of answers, good and bad, and of orders. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/lib/courier_link.h"
#include "tests/unit/lib/must.h"
#include "tests/unit/tap.h"

#define BIG (8 << 20)

static void expect_error(const struct link *l, enum misdeed what, int error, const char *name)
{
	const char *body;
	struct gth_result r = lookup(l, what, &body);

	if (!tap_ok(r.error == error && !r.status && *r.why, name))
		tap_note("error %d, status %u, why: %s", r.error, r.status, r.why);
}

static void test_answers(const struct link *l)
{
	unsigned int before;
	const char *body;
	struct gth_result r;

	r = lookup(l, GOOD, &body);
	if (!tap_ok(!r.error && r.status == 200 && !strcmp(body, "hello\n"), "good_answer_arrives"))
		tap_note("error %d, status %u, why: %s", r.error, r.status, r.why);
	tap_ok(r.complete == 2 && r.offset == ~0ULL && !r.retry_after && !r.sent,
	       "what_was_not_told_is_not_told");
	before = seen->connections;
	r = lookup(l, GOOD, &body);
	tap_ok(!r.error && seen->connections == before, "connection_is_used_again");

	before = seen->requests;
	expect_error(l, REDIRECT, -EPROTO, "redirect_is_an_error");
	tap_is(seen->requests, before + 1, "redirect_is_not_followed");
	expect_error(l, ENDLESS_BODY, -EFBIG, "endless_body_is_cut");
	expect_error(l, HUGE_LENGTH, -EFBIG, "body_of_huge_length_is_cut");
	expect_error(l, HTML, -EBADMSG, "other_type_is_refused");
	expect_error(l, NO_CONTENT_TYPE, -EBADMSG, "body_without_type_is_refused");
	expect_error(l, BAD_OFFSET, -EBADMSG, "malformed_offset_is_refused");
	expect_error(l, ENDLESS_HEADER, -EMSGSIZE, "endless_header_is_cut");
	expect_error(l, HANG_UP, -ECONNRESET, "hanging_up_is_told");
	expect_error(l, CUT, -ECONNRESET, "cut_body_is_no_answer");
	expect_error(l, BAD_STATUS, -EBADMSG, "status_999_is_no_answer");
	r = lookup(l, GARBAGE, &body);
	tap_ok(r.error < 0 && r.error != -1 && *r.why, "garbage_is_no_answer");
	r = lookup(l, PROBLEM, &body);
	tap_ok(!r.error && r.status == 404 && !strcmp(body, "{}"), "problem_arrives");
	r = lookup(l, BUSY, &body);
	tap_ok(!r.error && r.status == 503 && r.retry_after == 17, "retry_after_arrives");
	tap_ok(!*body, "page_for_people_does_not");
	r = lookup(l, BUSY_DATE, &body);
	tap_ok(!r.error && r.status == 503 && r.retry_after == 1, "retry_after_as_date_arrives");
}

static void test_orders(const struct link *l)
{
	static const char id[] = "12345678-1234-1234-1234-123456789abc";
	struct gth_order o = { .kind = GTH_ORDER_OFFSET };
	const char *body;
	struct gth_result r;

	strcpy(o.id, id);
	send_order(l, &o, "", -1);
	r = receive(l, &body);
	tap_ok(!r.error && r.status == 204 && r.offset == 12345 && !r.complete, "offset_arrives");
	o.kind = GTH_ORDER_WAIT;
	o.wait = 7;
	send_order(l, &o, "", -1);
	r = receive(l, &body);
	tap_ok(!r.error && strstr(seen->last, "?wait=7 "), "wait_is_passed_on");
	o.wait = 31;
	send_order(l, &o, "", -1);
	tap_is(receive(l, &body).error, -EINVAL, "longer_wait_than_the_region_allows_is_refused");
	o = (struct gth_order) { .kind = GTH_ORDER_VERDICTS };
	strcpy(o.cursor, "a&b c");
	send_order(l, &o, "", -1);
	tap_is(receive(l, &body).error, -EINVAL, "cursor_that_needs_an_escape_is_refused");
	strcpy(o.cursor, "azAZ09-._~");
	send_order(l, &o, "", -1);
	r = receive(l, &body);
	tap_ok(!r.error && strstr(seen->last, "GET /v1/verdicts?cursor=azAZ09-._~ HTTP/1.1\r\n"),
	       "line_is_the_journals");
	tap_ok(!strcasestr(seen->last, "Gotthard-Journal"), "nothing_is_told_of_the_journal");
	o = (struct gth_order) { .kind = GTH_ORDER_LOOKUP, .journal = { 7, { 1 }, 9 } };
	send_order(l, &o, "", -1);
	r = receive(l, &body);
	tap_ok(!r.error && strstr(seen->last,
				  "\r\nGotthard-Journal: size=7, root=:AQAAAAAAAAAAAAAAAAAAA"
				  "AAAAAAAAAAAAAAAAAAAAAA=:, time=9\r\n"),
	       "except_in_a_look_up");
	o.journal.size = 1000000000000000;
	send_order(l, &o, "", -1);
	tap_is(receive(l, &body).error, -EINVAL, "more_entries_than_the_field_can_say");
	o = (struct gth_order) { .kind = GTH_ORDER_CREATE };
	strcpy(o.id, id);
	send_order(l, &o, "the note\n", -1);
	r = receive(l, &body);
	tap_ok(!r.error && r.status == 200 && seen->body_len == 9 &&
		       !memcmp(seen->body, "the note\n", 9) && r.sent == 9,
	       "note_is_put");
	tap_ok(strstr(seen->last, "PUT /v1/submissions/") &&
		       strstr(seen->last, "Content-Type: text/plain\r\n") &&
		       !strstr(seen->last, "Expect"),
	       "note_has_its_fields");
	strcpy(o.id, "../../verdicts");
	send_order(l, &o, "x", -1);
	tap_is(receive(l, &body).error, -EINVAL, "id_that_is_none_is_refused");
	o.kind = 99;
	send_order(l, &o, "", -1);
	tap_is(receive(l, &body).error, -EINVAL, "order_of_unknown_kind_is_refused");
}

static void test_other_settings(const struct link *l)
{
	unsigned int before = seen->requests + seen->connections;
	const char *body;
	struct gth_result r;

	settings_digest[0] ^= 1;
	r = lookup(l, GOOD, &body);
	settings_digest[0] ^= 1;
	tap_ok(r.error == -ESTALE && *r.why && seen->requests + seen->connections == before,
	       "order_for_other_settings_is_not_sent");
	tap_is(lookup(l, GOOD, &body).error, 0, "and_the_next_one_is");
}

static int make_big(void)
{
	const char *path = in_link_dir("big");
	FILE *f = fopen(path, "we");

	must(f);
	for (int i = 0; i < BIG / 8; i++)
		fprintf(f, "%07x\n", (unsigned int)i);
	must(!fclose(f));
	return open(path, O_RDONLY | O_CLOEXEC);
}

static void test_uploads(const struct link *l)
{
	struct gth_order o = { .kind = GTH_ORDER_UPLOAD, .size = BIG, .offset = BIG - 4096 };
	int big = make_big();
	const char *body;
	struct gth_result r;

	strcpy(o.id, "10000000-0000-0000-0000-000000000000");
	send_order(l, &o, "", big);
	r = receive(l, &body);
	tap_ok(!r.error && r.status == 200 && !strcmp(body, "receipt\n"), "receipt_arrives");
	tap_ok(seen->body_len == 4096 && !memcmp(seen->body, "00ffe00\n", 8) && r.sent == 4096,
	       "upload_begins_at_its_offset");
	tap_ok(strstr(seen->last, "Upload-Offset: 8384512\r\n") &&
		       strstr(seen->last, "Upload-Complete: ?1\r\n") &&
		       strstr(seen->last, "Content-Length: 4096\r\n") &&
		       strstr(seen->last, "Content-Type: application/partial-upload\r\n") &&
		       strstr(seen->last, "Repr-Digest: sha-256="
					  ":AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:\r\n"),
	       "upload_has_its_fields");
	o.offset = 0;
	o.id[0] = BREAK;
	send_order(l, &o, "", big);
	r = receive(l, &body);
	if (!tap_ok(r.error == -ECONNRESET && r.sent >= BREAK_AT && r.sent < BIG,
		    "broken_upload_tells_what_left"))
		tap_note("error %d, sent %llu, %s", r.error, (unsigned long long)r.sent, r.why);
	o.id[0] = CONFLICT;
	send_order(l, &o, "", big);
	r = receive(l, &body);
	if (!tap_ok(!r.error && r.status == 409 && r.offset == 5,
		    "conflict_tells_the_right_offset"))
		tap_note("error %d, status %u, %s", r.error, r.status, r.why);
	o.id[0] = TAKE;
	o.size = BIG + 1;
	o.offset = BIG - 10;
	send_order(l, &o, "", big);
	tap_is(receive(l, &body).error, -ENODATA, "file_that_became_shorter_is_told");
	send_order(l, &o, "", -1);
	tap_is(receive(l, &body).error, -EINVAL, "upload_without_file_is_refused");
	o.offset = o.size + 1;
	send_order(l, &o, "", big);
	tap_is(receive(l, &body).error, -EINVAL, "offset_behind_the_end_is_refused");
	close(big);
}

static void test_many(const struct link *l)
{
	struct gth_order o = { .kind = GTH_ORDER_LOOKUP, .digest = { STALL } };
	const uint64_t first = last_order + 1;
	unsigned int good = 0;
	const char *body;

	/* All but one of those that may run at a time are stuck; one is left for all others. */
	for (int i = 0; i < 7; i++)
		send_order(l, &o, "", -1);
	o.digest[0] = GOOD;
	for (int i = 0; i < 20; i++)
		send_order(l, &o, "", -1);
	for (int i = 0; i < 20; i++)
		good += !receive(l, &body).error;
	tap_is(good, 20, "slow_answers_do_not_hold_up_others");
	sent.type = GTH_MSG_CANCEL;
	sent.size = 0;
	for (int i = 0; i < 7; i++) {
		sent.number = first + (uint64_t)i;
		gth_message_send(l->store, &sent, -1);
	}
	tap_is(lookup(l, GOOD, &body).error, 0, "cancelled_orders_are_gone");
	tap_is(received.number, last_order, "and_are_not_answered");
}

int main(int argc, char **argv)
{
	struct server s;
	struct link l;

	link_begin(argc, argv);
	s = start_region("server", "ca", 0);
	l = connect_to(s.port, 0);
	test_answers(&l);
	test_orders(&l);
	test_other_settings(&l);
	test_uploads(&l);
	test_many(&l);
	tap_ok(disconnect(&l), "without_a_store_courier_and_dialer_end");
	stop_server(&s);
	link_end();
	return tap_done();
}
