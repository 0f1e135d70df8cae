// SPDX-License-Identifier: GPL-2.0-or-later
/* body.c - which bodies core/body.c takes, however they are cut into chunks. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/body.h"
#include "core/manifest.h"
#include "tests/unit/tap.h"

#define RECORD sizeof(struct gth_record)
#define MAX 4

/* A record in short: a digest is its first and its last byte and zeros. */
struct brief {
	u8 domain, first, last, class;
};

static const struct {
	unsigned int n;
	struct brief rec[MAX];
	int err;
	unsigned int taken; /* records given to take before the error */
	const char *name;
} cases[] = {
	{ 0, { { 0 } }, 0, 0, "takes_empty_body" },
	{ 1, { { 1, 0, 0, 1 } }, 0, 1, "takes_digest_of_zeros" },
	{ 1, { { 1, 255, 255, 3 } }, 0, 1, "takes_one_record" },
	{ 3, { { 1, 5, 5, 1 }, { 1, 5, 6, 2 }, { 1, 6, 0, 3 } }, 0, 3, "takes_every_class" },
	{ 2, { { 1, 9, 9, 1 }, { 2, 0, 0, 1 } }, 0, 2, "takes_both_domains" },
	{ 2, { { 1, 9, 9, 1 }, { 2, 9, 9, 3 } }, 0, 2, "takes_digest_once_in_each_domain" },
	{ 2, { { 1, 127, 0, 1 }, { 1, 128, 0, 1 } }, 0, 2, "orders_bytes_as_unsigned" },
	{ 2, { { 1, 128, 0, 1 }, { 1, 127, 0, 1 } }, -EPROTO, 1, "refuses_signed_order" },
	{ 2, { { 1, 5, 5, 1 }, { 1, 5, 5, 1 } }, -EPROTO, 1, "refuses_duplicate" },
	{ 2, { { 1, 5, 5, 1 }, { 1, 5, 5, 3 } }, -EPROTO, 1, "refuses_duplicate_of_other_class" },
	{ 2, { { 1, 5, 6, 1 }, { 1, 5, 5, 1 } }, -EPROTO, 1, "refuses_descending_last_byte" },
	{ 2, { { 2, 0, 0, 1 }, { 1, 9, 9, 1 } }, -EPROTO, 1, "refuses_descending_domain" },
	{ 3,
	  { { 1, 1, 1, 1 }, { 1, 9, 9, 1 }, { 1, 5, 5, 1 } },
	  -EPROTO,
	  2,
	  "compares_with_the_record_before" },
	{ 1, { { 0, 5, 5, 1 } }, -EPROTO, 0, "refuses_domain_none" },
	{ 1, { { 3, 5, 5, 1 } }, -EPROTO, 0, "refuses_domain_one_past_the_last" },
	{ 1, { { 255, 5, 5, 1 } }, -EPROTO, 0, "refuses_domain_255" },
	{ 1, { { 1, 5, 5, 0 } }, -EPROTO, 0, "refuses_class_unknown" },
	{ 1, { { 1, 5, 5, 4 } }, -EPROTO, 0, "refuses_class_one_past_the_last" },
	{ 1, { { 1, 5, 5, 255 } }, -EPROTO, 0, "refuses_class_255" },
};

struct taken {
	unsigned int n;
	unsigned int stop_at; /* take fails at this record; 0: never */
	u8 raw[MAX * RECORD];
};

static int take(void *ctx, const struct gth_record *rec)
{
	struct taken *t = ctx;

	if (t->n + 1 == t->stop_at)
		return -ENOSPC;
	if (t->n < MAX)
		memcpy(t->raw + t->n * RECORD, rec, RECORD);
	t->n++;
	return 0;
}

static size_t compose(u8 *out, const struct brief *rec, unsigned int n)
{
	memset(out, 0, n * RECORD);
	for (unsigned int i = 0; i < n; i++) {
		out[i * RECORD] = rec[i].domain;
		out[i * RECORD + 1] = rec[i].first;
		out[i * RECORD + GTH_DIGEST_SIZE] = rec[i].last;
		out[i * RECORD + GTH_RECORD_KEY] = rec[i].class;
	}
	return n * RECORD;
}

/* Each chunk is a copy of its own, so that the sanitizer sees a read past it. */
static int feed(struct gth_body *b, const u8 *data, size_t len, size_t chunk, struct taken *t)
{
	int err = 0;

	memset(t->raw, 0, sizeof(t->raw));
	t->n = 0;
	gth_body_init(b);
	for (size_t at = 0; at < len && !err; at += chunk) {
		size_t n = len - at < chunk ? len - at : chunk;
		u8 *copy = malloc(n);

		if (!copy)
			return -ENOMEM;
		memcpy(copy, data + at, n);
		err = gth_body_feed(b, copy, n, take, t);
		free(copy);
	}
	return err;
}

static void test_cases(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		u8 data[MAX * RECORD];
		size_t len = compose(data, cases[i].rec, cases[i].n);
		bool same = true;
		size_t chunk;

		for (chunk = 1; chunk <= sizeof(data) && same; chunk++) {
			struct taken t = { 0 };
			struct gth_body b;

			same = feed(&b, data, len, chunk, &t) == cases[i].err &&
			       t.n == cases[i].taken && !memcmp(t.raw, data, t.n * RECORD);
		}
		if (!tap_ok(same, cases[i].name))
			tap_note("in chunks of %zu bytes", chunk - 1);
	}
}

static void test_take(void)
{
	static const struct brief rec[] = { { 1, 1, 1, 1 }, { 1, 2, 2, 3 }, { 2, 1, 1, 3 } };
	struct taken t = { .stop_at = 2 };
	u8 data[3 * RECORD];
	size_t len = compose(data, rec, 3);
	struct gth_body b;

	tap_is(feed(&b, data, len, len, &t), -ENOSPC, "passes_on_the_error_of_take");
	tap_is(t.n, 1, "stops_at_the_error_of_take");
	tap_is(b.count[1] + b.count[2] + b.count[3], 1, "does_not_count_what_was_not_taken");

	gth_body_init(&b);
	tap_is(gth_body_feed(&b, data, len, NULL, NULL), 0, "checks_without_take");
	tap_ok(b.count[1] == 1 && !b.count[2] && b.count[3] == 2, "counts_each_class");
	tap_is(gth_body_feed(&b, data, 0, NULL, NULL), 0, "takes_no_bytes_at_all");
}

static void test_end(void)
{
	static const struct brief rec[] = { { 1, 1, 1, 1 }, { 1, 2, 2, 3 }, { 2, 1, 1, 3 } };
	static const struct {
		size_t bytes;
		u64 size, trusted, suspicious, malicious;
		int err;
		const char *name;
	} ends[] = {
		{ 102, 102, 1, 0, 2, 0, "takes_what_the_manifest_says" },
		{ 0, 0, 0, 0, 0, 0, "takes_empty_body_of_empty_manifest" },
		{ 101, 102, 1, 0, 2, -ENODATA, "refuses_body_one_byte_short" },
		{ 68, 102, 1, 0, 2, -ENODATA, "refuses_body_one_record_short" },
		{ 69, 68, 1, 0, 1, -ENODATA, "refuses_part_of_a_record_too_many" },
		{ 0, 102, 1, 0, 2, -ENODATA, "refuses_empty_body" },
		{ 102, 68, 1, 0, 1, -EPROTO, "refuses_body_one_record_long" },
		{ 102, 102, 2, 0, 1, -EPROTO, "refuses_other_counts_of_the_same_sum" },
		{ 102, 102, 1, 2, 0, -EPROTO, "refuses_class_swapped" },
	};
	u8 data[3 * RECORD];

	compose(data, rec, 3);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		struct gth_manifest m = { .body_size = ends[i].size };
		struct gth_body b;

		m.count[GTH_CLASS_TRUSTED] = ends[i].trusted;
		m.count[GTH_CLASS_SUSPICIOUS] = ends[i].suspicious;
		m.count[GTH_CLASS_MALICIOUS] = ends[i].malicious;
		gth_body_init(&b);
		gth_body_feed(&b, data, ends[i].bytes, NULL, NULL);
		tap_is(gth_body_end(&b, &m), ends[i].err, ends[i].name);
	}
}

int main(void)
{
	test_cases();
	test_take();
	test_end();
	return tap_done();
}
