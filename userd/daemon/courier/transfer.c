// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * transfer.c - one order as one HTTP request, for libcurl (see transfer.h).
 *
 * The answer comes from an untrusted peer: limits apply while it is received,
 * and no redirect in it is followed.
 */
#include "daemon/courier/transfer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/courier/request.h"
#include "lib/util/clock.h"
#include "lib/util/io.h"

#define CONNECT_SECONDS 10L /* TLS; the socket is connected */
#define REQUEST_SECONDS 90L /* one that carries no file */
#define UPLOAD_SECONDS (6 * 3600L)
#define SLOW_SECONDS 60L /* with less than a byte a second */

/* gth_transfer_new() - of GTH_MSG_ORDER; it owns @file. NULL: no memory, @file is closed. */
struct gth_transfer *gth_transfer_new(const struct gth_message *m, int file)
{
	struct gth_transfer *t = calloc(1, sizeof(*t));
	size_t len = m->size - sizeof(t->order);

	if (t)
		t->body = malloc(len + 1);
	if (!t || !t->body) {
		free(t);
		if (file >= 0)
			close(file);
		return NULL;
	}
	t->number = m->number;
	memcpy(&t->order, m->body, sizeof(t->order));
	memcpy(t->body, m->body + sizeof(t->order), len);
	t->body_len = len;
	t->file = file;
	t->socket = -1;
	if (!gth_request_valid(&t->order, file))
		gth_transfer_fail(t, -EINVAL, "the order is malformed");
	return t;
}

static size_t on_header(char *line, size_t size, size_t n, void *arg)
{
	struct gth_transfer *t = arg;

	t->stopped = gth_headers_line(&t->headers, line, size * n, gth_now());
	return t->stopped ? 0 : size * n;
}

static size_t on_answer(char *data, size_t size, size_t n, void *arg)
{
	struct gth_transfer *t = arg;
	size_t len = size * n;

	if (len > GTH_ANSWER_MAX - t->answer_len) {
		t->stopped = -EFBIG;
		return 0;
	}
	memcpy(t->answer + t->answer_len, data, len);
	t->answer_len += len;
	return len;
}

/* The length of the request's body. */
static uint64_t length(const struct gth_transfer *t)
{
	return t->order.kind == GTH_ORDER_UPLOAD ? t->order.size - t->order.offset : t->body_len;
}

static size_t on_body(char *out, size_t size, size_t n, void *arg)
{
	struct gth_transfer *t = arg;
	uint64_t left = length(t) - t->at, room = size * n;
	ssize_t got = (ssize_t)(left < room ? left : room);

	if (t->order.kind == GTH_ORDER_UPLOAD) {
		ssize_t want = got;

		got = gth_pread_full(t->file, out, (size_t)want, (off_t)(t->order.offset + t->at));
		if (got != want) {
			t->stopped = got < 0 ? (int)got : -ENODATA;
			return CURL_READFUNC_ABORT;
		}
	} else {
		memcpy(out, t->body + t->at, (size_t)got);
	}
	t->at += (uint64_t)got;
	return (size_t)got;
}

/* libcurl rewinds the body and sends it again when a kept connection was dead. */
static int on_seek(void *arg, curl_off_t offset, int origin)
{
	struct gth_transfer *t = arg;

	if (origin != SEEK_SET || offset < 0 || (uint64_t)offset > length(t))
		return CURL_SEEKFUNC_FAIL;
	t->at = (uint64_t)offset;
	return CURL_SEEKFUNC_OK;
}

static curl_socket_t on_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct gth_transfer *t = arg;
	int fd = t->socket;

	(void)purpose, (void)address;
	t->needs_socket = fd < 0;
	t->socket = -1;
	return fd < 0 ? CURL_SOCKET_BAD : fd;
}

static int on_socket_options(void *arg, curl_socket_t fd, curlsocktype purpose)
{
	(void)arg, (void)fd, (void)purpose;
	return CURL_SOCKOPT_ALREADY_CONNECTED;
}

static long seconds(const struct gth_order *o)
{
	if (o->kind == GTH_ORDER_WAIT)
		return (long)o->wait + 30;
	return o->kind == GTH_ORDER_UPLOAD ? UPLOAD_SECONDS : REQUEST_SECONDS;
}

static int set_options(struct gth_transfer *t, const char *url)
{
	CURLcode err = CURLE_OK;

#define SET(option, value) (err = err ? err : curl_easy_setopt(t->easy, CURLOPT_##option, value))
	SET(URL, url);
	SET(PRIVATE, t);
	SET(ERRORBUFFER, t->error);
	SET(HTTPHEADER, t->fields);
	SET(HEADERFUNCTION, on_header);
	SET(HEADERDATA, t);
	SET(WRITEFUNCTION, on_answer);
	SET(WRITEDATA, t);
	SET(OPENSOCKETFUNCTION, on_socket);
	SET(OPENSOCKETDATA, t);
	SET(SOCKOPTFUNCTION, on_socket_options);
	SET(CONNECTTIMEOUT, CONNECT_SECONDS);
	SET(TIMEOUT, seconds(&t->order));
	if (t->order.kind != GTH_ORDER_WAIT) {
		SET(LOW_SPEED_LIMIT, 1L);
		SET(LOW_SPEED_TIME, SLOW_SECONDS);
	}
	if (t->order.kind == GTH_ORDER_OFFSET)
		SET(NOBODY, 1L);
	if (gth_request_method(t->order.kind)) {
		SET(UPLOAD, 1L);
		SET(CUSTOMREQUEST, gth_request_method(t->order.kind));
		SET(INFILESIZE_LARGE, (curl_off_t)length(t));
		SET(READFUNCTION, on_body);
		SET(READDATA, t);
		SET(SEEKFUNCTION, on_seek);
		SET(SEEKDATA, t);
	}
#undef SET
	return err ? -ENOMEM : 0;
}

/* gth_transfer_open() - make it ready for libcurl, for the first or another time. 0 or -ENOMEM. */
int gth_transfer_open(struct gth_transfer *t, const struct gth_endpoint_tls *site)
{
	char url[GTH_URL_SIZE + 512];
	int err;

	gth_headers_begin(&t->headers);
	t->at = 0;
	t->answer_len = 0;
	t->stopped = 0;
	t->needs_socket = false;
	t->error[0] = '\0';
	if (t->easy)
		return 0;
	t->easy = curl_easy_init();
	t->answer = malloc(GTH_ANSWER_MAX);
	if (!t->easy || !t->answer)
		return -ENOMEM;
	err = gth_request_url(&t->order, site->url, url, sizeof(url));
	if (!err)
		err = gth_request_fields(&t->order, &t->fields);
	if (!err)
		err = gth_endpoint_tls_apply(site, t->easy);
	return err ? err : set_options(t, url);
}

void gth_transfer_free(struct gth_transfer *t)
{
	curl_easy_cleanup(t->easy);
	curl_slist_free_all(t->fields);
	if (t->file >= 0)
		close(t->file);
	if (t->socket >= 0)
		close(t->socket);
	free(t->body);
	free(t->answer);
	free(t);
}
