// SPDX-License-Identifier: GPL-2.0-or-later
/* answer.c - fuzzes userd/daemon/courier/headers.c: the lines of an answer, one after the other. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/courier/headers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct gth_headers *h)
{
	if (h->retry_after > GTH_RETRY_AFTER_MAX || h->complete > 2 ||
	    h->bytes > GTH_HEADERS_BYTES_MAX)
		abort();
	if (h->status && (h->status < 100 || h->status > 599))
		abort();
	if (h->offset != GTH_OFFSET_NONE && h->offset >= 1000000000000000ULL)
		abort();
	if ((h->content == GTH_CONTENT_NONE) == h->has_content)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *at = (const char *)data, *end = at + size;
	struct gth_headers h;

	gth_headers_begin(&h);
	while (at < end) {
		const char *lf = memchr(at, '\n', (size_t)(end - at));
		size_t len = lf ? (size_t)(lf + 1 - at) : (size_t)(end - at);
		char *line = malloc(len);
		int err;

		if (!line)
			return 0;
		memcpy(line, at, len);
		err = gth_headers_line(&h, line, len, 784111777);
		free(line);
		check(&h);
		if (err)
			break;
		at += len;
	}
	return 0;
}
