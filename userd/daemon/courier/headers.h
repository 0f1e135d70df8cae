/* SPDX-License-Identifier: GPL-2.0-or-later */
/* headers.h - the header lines of an HTTP answer: the fields that the endpoint needs, parsed
 * strictly. */
#ifndef GTH_DAEMON_COURIER_HEADERS_H
#define GTH_DAEMON_COURIER_HEADERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GTH_HEADERS_BYTES_MAX (32 << 10) /* of all lines of an answer, interim ones included */
#define GTH_RETRY_AFTER_MAX 86400	 /* seconds; a longer wait is cut to this */
#define GTH_OFFSET_NONE UINT64_MAX

enum gth_content {
	GTH_CONTENT_NONE, /* not told */
	GTH_CONTENT_TEXT,
	GTH_CONTENT_JSON,
	GTH_CONTENT_PROBLEM, /* RFC 9457 */
	GTH_CONTENT_OTHER
};

struct gth_headers {
	uint32_t status;      /* 0: no status line yet */
	uint32_t retry_after; /* seconds; 0: not told */
	uint32_t complete;    /* 0, 1; 2: not told */
	uint64_t offset;      /* GTH_OFFSET_NONE: not told */
	enum gth_content content;
	const char *wrong; /* the name of the first malformed field, or NULL */
	size_t bytes;	   /* seen */
	bool has_content;
};

void gth_headers_begin(struct gth_headers *h);
int gth_headers_line(struct gth_headers *h, const char *line, size_t len, uint64_t now);

#endif /* GTH_DAEMON_COURIER_HEADERS_H */
