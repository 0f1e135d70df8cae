/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * region_api.h - the requests that a region takes (docs/protocol.md), one row each: the
 * endpoint writes its journal and its request lines from it, the region reads by it.
 *
 * No value needs an escape in a target, and none is taken that would.
 */
#ifndef GTH_LIB_TEXT_REGION_API_H
#define GTH_LIB_TEXT_REGION_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/text/egress.h"

#define GTH_WAIT_MAX 30U    /* seconds that a region is asked to keep a request */
#define GTH_CURSOR_SIZE 128 /* with its NUL */
#define GTH_LINE_SIZE 256   /* a request line with its NUL: no row makes a longer one */

enum gth_order_kind {
	GTH_ORDER_STATEMENT,
	GTH_ORDER_LOOKUP,
	GTH_ORDER_CREATE, /* the body is the submission's note */
	GTH_ORDER_OFFSET,
	GTH_ORDER_UPLOAD, /* … from an offset to the end */
	GTH_ORDER_WAIT,
	GTH_ORDER_VERDICTS,
	GTH_ORDER_STATISTICS, /* … is JSON */
	GTH_ORDERS
};

/* The value after a path, or after the name of a query. */
enum gth_api_value { GTH_API_NONE, GTH_API_DIGEST, GTH_API_ID, GTH_API_WAIT, GTH_API_CURSOR };

struct gth_api {
	const char *method, *path;
	enum gth_api_value in_path;
	const char *query; /* its name with the sign behind it; NULL: there is none */
	enum gth_api_value in_query;
	const char *type; /* Content-Type of the body; NULL: there is none */
	size_t body;	  /* bytes that a region takes at most; SIZE_MAX: as the submission says */
	enum gth_egress_kind egress; /* as which it is in the journal */
};

struct gth_api_request {
	enum gth_order_kind kind;
	uint8_t digest[GTH_DIGEST_SIZE];
	char id[GTH_UUID_SIZE];
	unsigned int wait;	      /* seconds */
	char cursor[GTH_CURSOR_SIZE]; /* empty: from the beginning */
};

const struct gth_api *gth_api_row(enum gth_order_kind kind);
bool gth_api_cursor_ok(const char *cursor);
int gth_api_line(const struct gth_api_request *r, char *line, size_t size);
int gth_api_parse(struct gth_api_request *r, const char *method, const char *target);

#endif /* GTH_LIB_TEXT_REGION_API_H */
