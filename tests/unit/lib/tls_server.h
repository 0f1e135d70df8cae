/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tls_server.h - a region over TLS that misbehaves as its request asks for. */
#ifndef GTH_TEST_TLS_SERVER_H
#define GTH_TEST_TLS_SERVER_H

#include "tests/unit/lib/server_process.h"

/* The misdeed that a look-up asks for: the first byte of its digest. */
enum misdeed {
	GOOD,
	REDIRECT,
	ENDLESS_BODY,
	HTML,
	PROBLEM,
	BUSY,
	BUSY_DATE,
	BAD_OFFSET,
	ENDLESS_HEADER,
	GARBAGE,
	HANG_UP,
	STALL,
	CUT,
	HUGE_LENGTH,
	BAD_STATUS,
	NO_CONTENT_TYPE,
};

/* The answer that an upload asks for: the first digit of its id. */
enum { TAKE = '1', BREAK = '2', CONFLICT = '3' };

#define BREAK_AT 100000

/* @version: the highest that is spoken; 0: any. The client must prove itself. */
struct server start_server(const char *cert, const char *key, const char *ca, int version);

#endif /* GTH_TEST_TLS_SERVER_H */
