// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * answer.c - the result of a transfer: a valid answer, or the reason why there
 * is none (see transfer.h).
 */
#include "daemon/courier/transfer.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* The text is shown to people and may come from the other end: only printable characters stay. */
static void set_why(struct gth_result *r, const char *why)
{
	size_t i;

	for (i = 0; why[i] && i < sizeof(r->why) - 1; i++)
		r->why[i] = (char)(why[i] >= ' ' && why[i] < 0x7f ? why[i] : '?');
	r->why[i] = '\0';
}

/* gth_transfer_fail() - end it without an answer */
void gth_transfer_fail(struct gth_transfer *t, int error, const char *why)
{
	uint64_t sent = t->result.sent;

	t->result = (struct gth_result) {
		.error = error, .complete = 2, .offset = GTH_OFFSET_NONE, .sent = sent
	};
	set_why(&t->result, why);
	t->answer_len = 0;
	t->state = GTH_TRANSFER_DONE;
}

static int errno_of(CURLcode code)
{
	switch (code) {
	case CURLE_OUT_OF_MEMORY:
		return -ENOMEM;
	case CURLE_OPERATION_TIMEDOUT:
		return -ETIMEDOUT;
	case CURLE_PEER_FAILED_VERIFICATION:
		return -EKEYREJECTED;
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_WEIRD_SERVER_REPLY:
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_HTTP2:
	case CURLE_HTTP2_STREAM:
		return -EPROTO;
	case CURLE_COULDNT_CONNECT:
	case CURLE_PROXY:
		return -ECONNREFUSED;
	case CURLE_GOT_NOTHING:
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
	case CURLE_PARTIAL_FILE:
		return -ECONNRESET;
	default:
		return -EIO;
	}
}

static const char *why_stopped(int error)
{
	switch (error) {
	case -EFBIG:
		return "the answer is longer than 65536 bytes";
	case -EMSGSIZE:
		return "the answer's header is longer than 32768 bytes";
	case -EBADMSG:
		return "the answer is not HTTP";
	case -ENODATA:
		return "the file is shorter than it was";
	default:
		return strerror(-error);
	}
}

/* The type that a successful answer must have if its body is used; NONE: it is not used. */
static enum gth_content expected(const struct gth_transfer *t)
{
	switch (t->order.kind) {
	case GTH_ORDER_STATEMENT:
	case GTH_ORDER_LOOKUP:
	case GTH_ORDER_UPLOAD:
		return GTH_CONTENT_TEXT;
	case GTH_ORDER_WAIT:
	case GTH_ORDER_VERDICTS:
		return GTH_CONTENT_JSON;
	default:
		return GTH_CONTENT_NONE;
	}
}

static void take_answer(struct gth_transfer *t)
{
	const struct gth_headers *h = &t->headers;
	char why[128];

	if (h->wrong) {
		snprintf(why, sizeof(why), "the answer's %s is malformed", h->wrong);
		gth_transfer_fail(t, -EBADMSG, why);
		return;
	}
	if (h->status < 200 || (h->status >= 300 && h->status < 400)) {
		snprintf(why, sizeof(why), "the answer is %u: a redirect is never followed",
			 h->status);
		gth_transfer_fail(t, -EPROTO, why);
		return;
	}
	if (h->status < 300 && t->answer_len && expected(t) != GTH_CONTENT_NONE &&
	    h->content != expected(t)) {
		gth_transfer_fail(t, -EBADMSG, "the answer is of another type than was asked for");
		return;
	}
	/* Drops a body that is not used, such as a proxy's error page. The status is enough. */
	if (h->status < 300 ? expected(t) == GTH_CONTENT_NONE : h->content != GTH_CONTENT_PROBLEM)
		t->answer_len = 0;
	t->result.error = 0;
	t->result.status = h->status;
	t->result.retry_after = h->retry_after;
	t->result.complete = h->complete;
	t->result.offset = h->offset;
}

/* gth_transfer_close() - libcurl has finished it, and its handle was removed */
void gth_transfer_close(struct gth_transfer *t, CURLcode code)
{
	curl_off_t sent = 0;

	if (!curl_easy_getinfo(t->easy, CURLINFO_SIZE_UPLOAD_T, &sent) && sent > 0)
		t->result.sent = (uint64_t)sent;
	t->state = GTH_TRANSFER_DONE;
	if (t->stopped)
		gth_transfer_fail(t, t->stopped, why_stopped(t->stopped));
	else if (code)
		gth_transfer_fail(t, errno_of(code),
				  *t->error ? t->error : curl_easy_strerror(code));
	else
		take_answer(t);
}
