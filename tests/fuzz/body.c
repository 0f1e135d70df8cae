// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * body.c - fuzzes core/body.c.
 *
 * The first byte is the size of the chunks. The answer must be that of a plain
 * loop over the whole, whatever the chunks are.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/body.h"
#include "core/manifest.h"

#define RECORD sizeof(struct gth_record)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int count(void *ctx, const struct gth_record *rec)
{
	size_t *n = ctx;

	(void)rec;
	++*n;
	return 0;
}

/* How many records are good before the first bad one, or all whole ones. */
static size_t good_records(const uint8_t *data, size_t size, struct gth_manifest *m)
{
	size_t n = 0;

	for (; (n + 1) * RECORD <= size; n++) {
		const uint8_t *r = data + n * RECORD;

		if (r[0] < 1 || r[0] > 2 || r[33] < 1 || r[33] > 3)
			break;
		if (n && memcmp(r - RECORD, r, 33) >= 0)
			break;
		m->count[r[33]]++;
	}
	m->body_size = n * RECORD;
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gth_manifest m = { 0 };
	struct gth_body b;
	size_t chunk, good, taken = 0;
	bool whole;
	int err = 0;

	if (!size)
		return 0;
	chunk = data[0] + 1U;
	data++;
	size--;
	good = good_records(data, size, &m);
	whole = good * RECORD == size;

	gth_body_init(&b);
	for (size_t at = 0; at < size && !err; at += chunk)
		err = gth_body_feed(&b, data + at, size - at < chunk ? size - at : chunk, count,
				    &taken);
	if (taken != good || err != (size - good * RECORD >= RECORD ? -EPROTO : 0))
		abort();
	if (!err && gth_body_end(&b, &m) != (whole ? 0 : -ENODATA))
		abort();
	return 0;
}
