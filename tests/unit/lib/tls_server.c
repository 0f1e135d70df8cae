// SPDX-License-Identifier: GPL-2.0-or-later
/* tls_server.c - a region over TLS that misbehaves as its request asks for. */
#include "tests/unit/lib/tls_server.h"

#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/lib/must.h"

static void put(SSL *s, const char *text)
{
	SSL_write(s, text, (int)strlen(text));
}

/* Reads a header; what is behind it is put to the front of rest. Return: 0: no request. */
static int read_header(SSL *s, char *header, size_t size, char *rest, size_t *rest_len)
{
	size_t have = *rest_len;
	char *end;

	memcpy(header, rest, have);
	for (;;) {
		int n;

		header[have] = '\0';
		end = strstr(header, "\r\n\r\n");
		if (end)
			break;
		n = SSL_read(s, header + have, (int)(size - have - 1));
		if (n <= 0)
			return 0;
		have += (size_t)n;
	}
	end += 4;
	*rest_len = have - (size_t)(end - header);
	memcpy(rest, end, *rest_len);
	*end = '\0';
	return 1;
}

static void answer_lookup(SSL *s, enum misdeed what)
{
	static const char ok[] = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n";
	char block[4096];

	memset(block, 'x', sizeof(block));
	switch (what) {
	case GOOD:
		put(s, ok);
		put(s, "Content-Length: 6\r\n\r\nhello\n");
		return;
	case REDIRECT:
		put(s, "HTTP/1.1 302 Found\r\nLocation: /v1/region\r\nContent-Length: 0\r\n\r\n");
		return;
	case ENDLESS_BODY:
		put(s, ok);
		put(s, "Transfer-Encoding: chunked\r\n\r\n");
		for (;;) {
			put(s, "1000\r\n");
			if (SSL_write(s, block, sizeof(block)) <= 0)
				return;
			put(s, "\r\n");
		}
	case HTML:
		put(s, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi");
		return;
	case NO_CONTENT_TYPE:
		put(s, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
		return;
	case PROBLEM:
		put(s, "HTTP/1.1 404 Not Found\r\nContent-Type: application/problem+json\r\n"
		       "Content-Length: 2\r\n\r\n{}");
		return;
	case BUSY:
		put(s, "HTTP/1.1 503 Busy\r\nContent-Type: text/html\r\nRetry-After: 17\r\n"
		       "Content-Length: 2\r\n\r\nno");
		return;
	case BUSY_DATE:
		put(s, "HTTP/1.1 503 Busy\r\nRetry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
		       "Content-Length: 0\r\n\r\n");
		return;
	case BAD_OFFSET:
		put(s, "HTTP/1.1 200 OK\r\nUpload-Offset: -1\r\nContent-Length: 0\r\n\r\n");
		return;
	case ENDLESS_HEADER:
		put(s, ok);
		for (int i = 0; i < 4096; i++)
			put(s, "X-Filler: 0123456789012345678901234567890123456789\r\n");
		put(s, "Content-Length: 0\r\n\r\n");
		return;
	case GARBAGE:
		SSL_write(s, block, sizeof(block));
		return;
	case HANG_UP:
		return;
	case STALL:
		put(s, ok);
		put(s, "Content-Length: 1000\r\n\r\nx");
		pause();
		return;
	case CUT:
		put(s, ok);
		put(s, "Content-Length: 1000\r\n\r\nshort");
		return;
	case HUGE_LENGTH:
		put(s, ok);
		put(s, "Content-Length: 9223372036854775807\r\n\r\n");
		while (SSL_write(s, block, sizeof(block)) > 0)
			;
		return;
	case BAD_STATUS:
		put(s, "HTTP/1.1 999 What\r\nContent-Length: 0\r\n\r\n");
		return;
	}
}

/* Return: may the connection be used again? */
static int answer_upload(SSL *s, const char *header, char *rest, size_t rest_len, char what)
{
	const char *length = strcasestr(header, "Content-Length:");
	size_t want = length ? strtoul(length + 15, NULL, 10) : 0, have = 0;
	char block[4096];

	if (what == CONFLICT) {
		put(s, "HTTP/1.1 409 Conflict\r\nUpload-Offset: 5\r\nContent-Length: 0\r\n"
		       "Connection: close\r\n\r\n");
		/* what is on its way is read, or a reset might overtake the answer */
		while (SSL_read(s, block, sizeof(block)) > 0)
			;
		return 0;
	}
	seen->body_len = 0;
	while (have < want) {
		int n = (int)rest_len;

		if (n)
			memcpy(block, rest, rest_len);
		else
			n = SSL_read(s, block, sizeof(block));
		rest_len = 0;
		if (n <= 0)
			return 0;
		if (have + (size_t)n <= sizeof(seen->body))
			memcpy(seen->body + have, block, (size_t)n);
		have += (size_t)n;
		seen->body_len = have;
		if (what == BREAK && have >= BREAK_AT)
			return 0;
	}
	put(s, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 8\r\n\r\nreceipt\n");
	return 1;
}

static int answer(SSL *s, const char *header, char *rest, size_t *rest_len)
{
	unsigned int byte;
	char id;

	seen->requests++;
	snprintf(seen->last, sizeof(seen->last), "%.4000s", header);
	if (sscanf(header, "GET /v1/files/sha256:%2x", &byte) == 1) {
		answer_lookup(s, (enum misdeed)byte);
		return byte == GOOD || byte == PROBLEM || byte == BUSY || byte == REDIRECT ||
		       byte == BUSY_DATE;
	}
	if (sscanf(header, "PATCH /v1/submissions/%c", &id) == 1 ||
	    sscanf(header, "PUT /v1/submissions/%c", &id) == 1) {
		int again = answer_upload(s, header, rest, *rest_len, id);

		*rest_len = 0;
		return again;
	}
	if (!strncmp(header, "HEAD ", 5)) {
		put(s, "HTTP/1.1 204 No Content\r\nUpload-Offset: 12345\r\n"
		       "Upload-Complete: ?0\r\n\r\n");
		return 1;
	}
	put(s, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
	return 1;
}

static void talk(SSL *s)
{
	static char header[65536], rest[65536];
	size_t rest_len = 0;

	if (SSL_accept(s) != 1)
		return;
	while (read_header(s, header, sizeof(header), rest, &rest_len))
		if (!answer(s, header, rest, &rest_len))
			break;
	SSL_shutdown(s);
}

static void answer_peer(int peer, const void *arg)
{
	SSL *s = SSL_new((SSL_CTX *)arg);

	seen->connections++;
	SSL_set_fd(s, peer);
	talk(s);
}

struct server start_server(const char *cert, const char *key, const char *ca, int version)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	struct server server;

	must(SSL_CTX_use_certificate_file(ctx, cert, SSL_FILETYPE_PEM) == 1 &&
	     SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) == 1 &&
	     SSL_CTX_load_verify_locations(ctx, ca, NULL) == 1);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	if (version)
		SSL_CTX_set_max_proto_version(ctx, version);
	server = run_server(answer_peer, ctx);
	SSL_CTX_free(ctx);
	return server;
}
