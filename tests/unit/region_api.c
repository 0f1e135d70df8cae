// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * region_api.c - userd/lib/text/region_api.c: one text for the journal, the wire and the region;
 * the texts expected here are docs/protocol.md's, written out.
 */
#include "lib/text/region_api.h"

#include <errno.h>
#include <string.h>

#include "daemon/courier/request.h"
#include "daemon/order.h"
#include "tests/unit/tap.h"

#define UUID "5f1731d1-331d-499c-9238-c3de2737e25e"
#define ZEROS "00000000000000000000000000000000"
#define A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define BASE "https://[::1]:8443"

static const struct {
	const char *name;
	struct gth_order order;
	const char *method, *target;
	enum gth_egress_kind egress;
} known[] = {
	{ "statement", { .kind = GTH_ORDER_STATEMENT }, "GET", "/v1/region", GTH_EGRESS_CONTACT },
	{ "lookup",
	  { .kind = GTH_ORDER_LOOKUP, .digest = { 0xab, [31] = 0x0f } },
	  "GET",
	  "/v1/files/sha256:ab0000000000000000000000000000000000000000000000000000000000000f",
	  GTH_EGRESS_LOOKUP },
	{ "create",
	  { .kind = GTH_ORDER_CREATE, .id = UUID },
	  "PUT",
	  "/v1/submissions/" UUID,
	  GTH_EGRESS_SUBMISSION },
	{ "offset",
	  { .kind = GTH_ORDER_OFFSET, .id = UUID },
	  "HEAD",
	  "/v1/submissions/" UUID,
	  GTH_EGRESS_CONTACT },
	{ "upload",
	  { .kind = GTH_ORDER_UPLOAD, .id = UUID },
	  "PATCH",
	  "/v1/submissions/" UUID,
	  GTH_EGRESS_UPLOAD },
	{ "no_wait",
	  { .kind = GTH_ORDER_WAIT, .id = UUID },
	  "GET",
	  "/v1/submissions/" UUID "?wait=0",
	  GTH_EGRESS_CONTACT },
	{ "longest_wait",
	  { .kind = GTH_ORDER_WAIT, .id = UUID, .wait = 30 },
	  "GET",
	  "/v1/submissions/" UUID "?wait=30",
	  GTH_EGRESS_CONTACT },
	{ "verdicts", { .kind = GTH_ORDER_VERDICTS }, "GET", "/v1/verdicts", GTH_EGRESS_CONTACT },
	{ "cursor",
	  { .kind = GTH_ORDER_VERDICTS, .cursor = "0123456789abcdef.9" },
	  "GET",
	  "/v1/verdicts?cursor=0123456789abcdef.9",
	  GTH_EGRESS_CONTACT },
	{ "cursor_of_every_kind_of_byte",
	  { .kind = GTH_ORDER_VERDICTS, .cursor = "azAZ09-._~" },
	  "GET",
	  "/v1/verdicts?cursor=azAZ09-._~",
	  GTH_EGRESS_CONTACT },
	{ "statistics",
	  { .kind = GTH_ORDER_STATISTICS },
	  "POST",
	  "/v1/statistics",
	  GTH_EGRESS_STATISTICS },
};

/* "journal_has_cursor": valid until the next one. */
static const char *name(const char *promise, const char *what)
{
	static char text[64];

	snprintf(text, sizeof(text), "%s_%s", promise, what);
	return text;
}

/* The region must read exactly what the order says, and set nothing else. */
static bool same(const struct gth_api_request *r, const struct gth_order *o)
{
	bool lookup = o->kind == GTH_ORDER_LOOKUP;
	static const uint8_t none[32];

	return r->kind == o->kind && !memcmp(r->digest, lookup ? o->digest : none, 32) &&
	       !strcmp(r->id, o->id) && r->wait == o->wait && !strcmp(r->cursor, o->cursor);
}

static void test_known(void)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		const struct gth_order *o = &known[i].order;
		const struct gth_api *row = gth_api_row((enum gth_order_kind)o->kind);
		char line[GTH_LINE_SIZE] = "", wanted[GTH_LINE_SIZE], url[512] = "";
		const char *method = gth_request_method(o->kind);
		struct gth_api_request r;

		snprintf(wanted, sizeof(wanted), "%s %s", known[i].method, known[i].target);
		tap_ok(!gth_order_line(o, line) && !strcmp(line, wanted),
		       name("journal_has", known[i].name));
		tap_ok(!gth_request_url(o, BASE, url, sizeof(url)) &&
			       !strncmp(url, BASE, strlen(BASE)) &&
			       !strcmp(url + strlen(BASE), known[i].target) &&
			       !strcmp(method ? method : known[i].method, known[i].method),
		       name("wire_has", known[i].name));
		tap_ok(!gth_api_parse(&r, known[i].method, known[i].target) && same(&r, o),
		       name("region_reads", known[i].name));
		tap_ok(row->egress == known[i].egress && !row->type == !row->body,
		       name("kind_and_body_of", known[i].name));
	}
}

/* The longest cursor fits; a byte more, or one that is not a cursor's, is not written. */
static void test_refused(void)
{
	struct gth_order o = { .kind = GTH_ORDER_VERDICTS };
	char line[GTH_LINE_SIZE], one[16];
	struct gth_api_request r = { .kind = GTH_ORDERS };

	memset(o.cursor, 'a', GTH_CURSOR_SIZE - 1);
	tap_ok(!gth_order_line(&o, line) &&
		       strlen(line) == strlen("GET /v1/verdicts?cursor=") + 127,
	       "longest_cursor");
	memset(o.cursor, 'a', GTH_CURSOR_SIZE);
	tap_is(gth_order_line(&o, line), -EINVAL, "cursor_without_an_end");
	for (const char *at = "&=?#%+/ \n\x7f\x80"; *at; at++) {
		memset(o.cursor, 0, sizeof(o.cursor));
		o.cursor[0] = *at;
		snprintf(one, sizeof(one), "byte_%u", (unsigned int)(unsigned char)*at);
		tap_is(gth_order_line(&o, line), -EINVAL, name("cursor_with", one));
	}
	o = (struct gth_order) { .kind = GTH_ORDER_WAIT, .id = UUID, .wait = 31 };
	tap_is(gth_order_line(&o, line), -EINVAL, "wait_beyond_the_longest");
	for (uint32_t kind = GTH_ORDER_CREATE; kind <= GTH_ORDER_WAIT; kind++) {
		o = (struct gth_order) { .kind = kind,
					 .id = "------------------------------------" };
		tap_is(gth_order_line(&o, line), -EINVAL,
		       name("dashes_are_not_an_id_of", gth_api_row(kind)->method));
	}
	o = (struct gth_order) { .kind = GTH_ORDERS };
	tap_is(gth_order_line(&o, line), -EINVAL, "no_kind");
	tap_is(gth_api_line(&r, line, sizeof(line)), -EINVAL, "no_kind_of_request");
	r = (struct gth_api_request) { .kind = GTH_ORDER_STATEMENT };
	tap_is(gth_api_line(&r, line, 14), -E2BIG, "no_room_for_the_end");
	tap_is(gth_api_line(&r, line, 15), 0, "just_room");
	tap_ok(!gth_api_row(GTH_ORDERS), "no_row");
}

static int get(const char *target)
{
	struct gth_api_request r;

	return gth_api_parse(&r, "GET", target);
}

static void test_read(void)
{
	struct gth_api_request r;

	tap_ok(!gth_api_parse(&r, "GET", "/v1/submissions/" UUID) && r.kind == GTH_ORDER_WAIT &&
		       !r.wait,
	       "submission_without_a_wait");
	tap_ok(!gth_api_parse(&r, "GET", "/v1/submissions/" UUID "?wait=999") && r.wait == 30,
	       "a_long_wait_is_a_shorter_one");
	tap_is(get("/v1/region/"), -ENOENT, "a_slash_more_is_another_target");
	tap_is(get("/"), -ENOENT, "the_root_is_nothing");
	tap_is(get(""), -ENOENT, "nothing_is_nothing");
	tap_is(get("http://host/v1/region"), -ENOENT, "a_proxys_target_is_not_one");
	tap_is(get("/v1/region?x"), -EINVAL, "a_query_where_there_is_none");
	tap_is(get("/v1/region?"), -EINVAL, "an_empty_query");
	tap_is(get("/v1/submissions/" UUID "?wait=-1"), -EINVAL, "a_negative_wait");
	tap_is(get("/v1/submissions/" UUID "?wait=1&wait=2"), -EINVAL, "two_waits");
	tap_is(get("/v1/submissions/" UUID "?cursor=a"), -EINVAL, "the_query_of_another_row");
	tap_is(get("/v1/submissions/../" UUID), -EINVAL, "a_path_in_an_identifier");
	tap_is(get("/v1/submissions/5F1731D1-331d-499c-9238-c3de2737e25e"), -EINVAL,
	       "an_identifier_in_upper_case");
	tap_is(get("/v1/files/sha256:" ZEROS ZEROS "0"), -EINVAL, "a_digest_too_long");
	tap_is(get("/v1/files/sha256:" ZEROS "0000000000000000000000000000000"), -EINVAL,
	       "a_digest_too_short");
	tap_is(get("/v1/files/sha256:" ZEROS "0000000000000000000000000000000F"), -EINVAL,
	       "a_digest_in_upper_case");
	tap_is(get("/v1/verdicts?cursor=a%20b"), -EINVAL, "an_escape_in_a_cursor");
	tap_is(get("/v1/verdicts?cursor=" A64 A64), -EINVAL, "a_cursor_too_long");
	tap_is(gth_api_parse(&r, "DELETE", "/v1/submissions/" UUID), -EOPNOTSUPP,
	       "a_method_that_no_row_has");
	tap_is(gth_api_parse(&r, "POST", "/v1/region"), -EOPNOTSUPP,
	       "a_method_that_another_row_has");
	tap_is(gth_api_parse(&r, "get", "/v1/region"), -EOPNOTSUPP, "a_method_in_lower_case");
	tap_is(gth_api_parse(&r, "PUT", "/v1/submissions/" UUID "?wait=1"), -EINVAL,
	       "a_wait_where_nothing_waits");
}

int main(void)
{
	test_known();
	test_refused();
	test_read();
	return tap_done();
}
