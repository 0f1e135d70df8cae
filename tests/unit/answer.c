// SPDX-License-Identifier: GPL-2.0-or-later
/* answer.c - header lines of the region's answers: exact ones are taken, others are not. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/courier/headers.h"
#include "tap.h"

#define NOW 784111777 /* Sun, 06 Nov 1994 08:49:37 GMT */

/* A copy of exactly the line's length, so that the sanitizer sees a read past it. */
static int feed(struct gth_headers *h, const char *line)
{
	size_t len = strlen(line);
	char *copy = malloc(len ? len : 1);
	int err;

	memcpy(copy, line, len);
	err = gth_headers_line(h, copy, len, NOW);
	free(copy);
	return err;
}

static const struct {
	const char *line;
	int err;
	uint32_t status;
	const char *name;
} status_lines[] = {
	{ "HTTP/1.1 200 OK\r\n", 0, 200, "takes_status_of_http_1" },
	{ "HTTP/2 404 \r\n", 0, 404, "takes_status_of_http_2" },
	{ "HTTP/2 404\n", 0, 404, "takes_status_without_reason" },
	{ "HTTP/1.1 20 OK\r\n", -EBADMSG, 0, "refuses_two_digits" },
	{ "HTTP/1.1 2000 OK\r\n", -EBADMSG, 0, "refuses_four_digits" },
	{ "HTTP/1.1 600 Far\r\n", -EBADMSG, 0, "refuses_status_600" },
	{ "HTTP/1.1 099 x\r\n", -EBADMSG, 0, "refuses_status_below_100" },
	{ "HTTP/1.1 -12 x\r\n", -EBADMSG, 0, "refuses_sign" },
	{ "HTTP/1.1", -EBADMSG, 0, "refuses_missing_status" },
	{ "HTTP/1.1 ", -EBADMSG, 0, "refuses_empty_status" },
	{ "ICY 200 OK", -EBADMSG, 0, "refuses_other_protocol" },
	{ "Upload-Offset: 1", -EBADMSG, 0, "refuses_field_before_status" },
	{ "", -EBADMSG, 0, "refuses_empty_line_before_status" },
};

static const struct {
	const char *line;
	uint32_t seconds;
	const char *name;
} retries[] = {
	{ "Retry-After: 7", 7, "takes_seconds" },
	{ "retry-after:7", 7, "takes_any_case_and_no_blank" },
	{ "Retry-After: \t7 \r\n", 7, "takes_blanks_around" },
	{ "Retry-After: 0", 1, "zero_is_one_second" },
	{ "Retry-After: 99999999", GTH_RETRY_AFTER_MAX, "long_wait_is_cut" },
	{ "Retry-After: 999999999999999999", GTH_RETRY_AFTER_MAX, "18_digits_are_cut" },
	{ "Retry-After: 18446744073709551617", 0, "number_that_wraps_is_not_told" },
	{ "Retry-After: -7", 0, "negative_is_not_told" },
	{ "Retry-After: +7", 0, "plus_is_not_told" },
	{ "Retry-After: 7s", 0, "unit_is_not_told" },
	{ "Retry-After: 7 8", 0, "two_numbers_are_not_told" },
	{ "Retry-After:", 0, "nothing_is_not_told" },
	{ "Retry-After: Sun, 06 Nov 1994 08:49:57 GMT", 20, "takes_date" },
	{ "Retry-After: Sun, 06 Nov 1994 08:49:17 GMT", 1, "past_date_is_one_second" },
	{ "Retry-After: Mon, 07 Nov 2044 08:49:37 GMT", GTH_RETRY_AFTER_MAX, "far_date_is_cut" },
	{ "Retry-After: Sun, 06 Nov 1994 08:49:57 CET", 0, "other_zone_is_not_told" },
	{ "Retry-After: Sun, 06 Foo 1994 08:49:57 GMT", 0, "unknown_month_is_not_told" },
	{ "Retry-After: Abc, 06 Nov 1994 08:49:57 GMT", 0, "unknown_day_is_not_told" },
	{ "Retry-After: Sun, 00 Nov 1994 08:49:57 GMT", 0, "day_0_is_not_told" },
	{ "Retry-After: Sun, 32 Nov 1994 08:49:57 GMT", 0, "day_32_is_not_told" },
	{ "Retry-After: Sun, 06 Nov 1994 24:49:57 GMT", 0, "hour_24_is_not_told" },
	{ "Retry-After: Sun, 6 Nov 1994 08:49:57 GMT", 0, "short_day_is_not_told" },
	{ "Retry-After: Sunday, 06-Nov-94 08:49:37 GMT", 0, "form_of_1994_is_not_told" },
};

static const struct {
	const char *line;
	uint64_t offset;
	bool wrong;
	const char *name;
} offsets[] = {
	{ "Upload-Offset: 0", 0, false, "takes_offset_0" },
	{ "upload-offset: 123456789012345", 123456789012345, false, "takes_15_digits" },
	{ "Upload-Offset: 1234567890123456", GTH_OFFSET_NONE, true, "refuses_16_digits" },
	{ "Upload-Offset: -1", GTH_OFFSET_NONE, true, "refuses_negative_offset" },
	{ "Upload-Offset: 0x10", GTH_OFFSET_NONE, true, "refuses_hexadecimal" },
	{ "Upload-Offset: 1.0", GTH_OFFSET_NONE, true, "refuses_decimal" },
	{ "Upload-Offset: 1, 1", GTH_OFFSET_NONE, true, "refuses_list" },
	{ "Upload-Offset: 1;a", GTH_OFFSET_NONE, true, "refuses_parameter" },
	{ "Upload-Offset: \"1\"", GTH_OFFSET_NONE, true, "refuses_string" },
	{ "Upload-Offset: ", GTH_OFFSET_NONE, true, "refuses_empty_offset" },
	{ "Upload-Offset : 1", GTH_OFFSET_NONE, false, "blank_before_colon_is_another_field" },
	{ "X-Upload-Offset: 1", GTH_OFFSET_NONE, false, "longer_name_is_another_field" },
};

static const struct {
	const char *line;
	uint32_t complete;
	bool wrong;
	const char *name;
} completes[] = {
	{ "Upload-Complete: ?1", 1, false, "takes_true" },
	{ "Upload-Complete: ?0", 0, false, "takes_false" },
	{ "Upload-Complete: 1", 2, true, "refuses_number_for_truth" },
	{ "Upload-Complete: ?2", 2, true, "refuses_truth_2" },
	{ "Upload-Complete: true", 2, true, "refuses_word_for_truth" },
	{ "Upload-Complete:", 2, true, "refuses_empty_truth" },
};

static const struct {
	const char *line;
	enum gth_content content;
	const char *name;
} contents[] = {
	{ "Content-Type: text/plain", GTH_CONTENT_TEXT, "knows_text" },
	{ "Content-Type: Text/Plain; charset=utf-8", GTH_CONTENT_TEXT, "knows_text_with_charset" },
	{ "Content-Type: application/json", GTH_CONTENT_JSON, "knows_json" },
	{ "Content-Type: application/problem+json ;x", GTH_CONTENT_PROBLEM, "knows_problem" },
	{ "Content-Type: text/html", GTH_CONTENT_OTHER, "html_is_other" },
	{ "Content-Type: text/plainer", GTH_CONTENT_OTHER, "longer_type_is_other" },
	{ "Content-Type:", GTH_CONTENT_OTHER, "empty_type_is_other" },
	{ "Content-Length: 5", GTH_CONTENT_NONE, "no_type_is_none" },
};

#define EACH(i, table) for (size_t i = 0; i < sizeof(table) / sizeof(*(table)); i++)

static struct gth_headers one(const char *line)
{
	struct gth_headers h;

	gth_headers_begin(&h);
	feed(&h, "HTTP/1.1 204 No Content\r\n");
	feed(&h, line);
	return h;
}

static void test_tables(void)
{
	struct gth_headers h;

	EACH(i, status_lines)
	{
		gth_headers_begin(&h);
		tap_ok(feed(&h, status_lines[i].line) == status_lines[i].err &&
			       h.status == status_lines[i].status,
		       status_lines[i].name);
	}
	EACH(i, retries)
	tap_is(one(retries[i].line).retry_after, retries[i].seconds, retries[i].name);
	EACH(i, offsets)
	{
		h = one(offsets[i].line);
		tap_ok(h.offset == offsets[i].offset && !h.wrong == !offsets[i].wrong,
		       offsets[i].name);
	}
	EACH(i, completes)
	{
		h = one(completes[i].line);
		tap_ok(h.complete == completes[i].complete && !h.wrong == !completes[i].wrong,
		       completes[i].name);
	}
	EACH(i, contents)
	tap_is(one(contents[i].line).content, contents[i].content, contents[i].name);
}

int main(void)
{
	struct gth_headers h;
	int err = 0, n = 0;

	test_tables();

	h = one("Upload-Offset: 5");
	feed(&h, "Upload-Offset: 5");
	tap_ok(h.wrong && !strcmp(h.wrong, "Upload-Offset"), "refuses_offset_twice");
	h = one("Upload-Complete: ?1");
	feed(&h, "Upload-Complete: ?1");
	tap_ok(h.wrong && !strcmp(h.wrong, "Upload-Complete"), "refuses_truth_twice");
	h = one("Content-Type: text/plain");
	feed(&h, "Content-Type: text/html");
	tap_ok(h.wrong && !strcmp(h.wrong, "Content-Type"), "refuses_type_twice");

	h = one("Upload-Offset: 5");
	feed(&h, "\r\n");
	feed(&h, "HTTP/1.1 200 OK");
	tap_ok(h.status == 200 && h.offset == GTH_OFFSET_NONE && !h.wrong,
	       "final_answer_replaces_interim_one");
	tap_is(feed(&h, "no colon here"), -EBADMSG, "refuses_line_without_colon");

	gth_headers_begin(&h);
	while (!err && n++ < 1000000)
		err = feed(&h, "HTTP/1.1 100 Continue\r\n");
	tap_is(err, -EMSGSIZE, "endless_interim_answers_end");
	tap_ok(h.bytes <= GTH_HEADERS_BYTES_MAX, "lines_are_counted");
	return tap_done();
}
