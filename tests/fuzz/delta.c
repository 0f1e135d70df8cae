// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * delta.c - fuzzes core/delta.c: a delta that is a whole file, applied to a small base.
 *
 * There is one text for one head, so what is accepted must be what the fields are written
 * as. A step must accept exactly the records that a plain search in the base finds; and
 * from a delta that fits, the comparison of base and result must make the very same records
 * again.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/delta.h"
#include "lib/text/delta_text.h"
#include "sigtool/compare.h"

#define RECORDS 128 /* of 4096 bytes of input, more than there can be */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The records of tests/vectors/small, by their first bytes. */
static const struct gth_record base[] = {
	{ 1, { 0x27, 0x5a, 0x02, 0x1b }, 3 }, { 1, { 0x80, 0xd8, 0xb1, 0xe9 }, 2 },
	{ 1, { 0xba, 0x78, 0x16, 0xbf }, 1 }, { 1, { 0xca, 0x97, 0x81, 0x12 }, 3 },
	{ 1, { 0xe3, 0xb0, 0xc4, 0x42 }, 1 },
};
#define BASE (sizeof(base) / sizeof(base[0]))

static void check_head(const struct gth_delta *d, const uint8_t *data, size_t len)
{
	char text[GTH_DELTA_HEAD_MAX];

	if (gth_delta_format(d, text, sizeof(text)) != (int)len || memcmp(text, data, len) != 0)
		abort();
}

/* How many records are good before the first bad one. */
static size_t good_records(const uint8_t *r, size_t n)
{
	for (size_t i = 0; i < n; i++, r += 35)
		if (r[0] < 1 || r[0] > 2 || r[33] > 3 || r[34] > 3 || r[33] == r[34] ||
		    (i && memcmp(r - 35, r, 33) >= 0))
			return i;
	return n;
}

static u8 class_in_base(const struct gth_delta_record *rec)
{
	for (size_t i = 0; i < BASE; i++)
		if (!memcmp(&base[i], rec, GTH_RECORD_KEY))
			return base[i].class;
	return GTH_CLASS_UNKNOWN;
}

static size_t merge(const struct gth_delta_record *delta, size_t n, struct gth_record *out,
		    bool *fit)
{
	size_t i = 0, j = 0, made = 0;

	while (i < BASE || j < n) {
		int did = gth_delta_step(i < BASE ? &base[i] : NULL, j < n ? &delta[j] : NULL,
					 &out[made]);

		if (did < 0) {
			if (class_in_base(&delta[j]) == delta[j].from)
				abort();
			*fit = false;
			return made;
		}
		if (did & GTH_DELTA_USED_DELTA && class_in_base(&delta[j]) != delta[j].from)
			abort();
		if (!(did & (GTH_DELTA_USED_BASE | GTH_DELTA_USED_DELTA)))
			abort();
		i += !!(did & GTH_DELTA_USED_BASE);
		j += !!(did & GTH_DELTA_USED_DELTA);
		made += !!(did & GTH_DELTA_MADE);
	}
	*fit = true;
	return made;
}

static void compare_again(const struct gth_record *result, size_t n,
			  const struct gth_delta_record *delta, size_t changes)
{
	size_t i = 0, j = 0, k = 0;

	while (i < BASE || j < n) {
		struct gth_delta_record rec;
		int did = compare_step(i < BASE ? &base[i] : NULL, j < n ? &result[j] : NULL, &rec);

		if (did & GTH_DELTA_MADE &&
		    (k == changes || memcmp(&rec, &delta[k++], sizeof(rec)) != 0))
			abort();
		i += !!(did & GTH_DELTA_USED_BASE);
		j += !!(did & GTH_DELTA_USED_DELTA);
	}
	if (k != changes)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gth_record result[RECORDS + BASE + 1];
	const struct gth_delta_record *rec;
	struct gth_delta_check c;
	struct gth_delta d;
	size_t at, n, good = 0, made;
	bool fit;

	if (!gth_delta_parse(&d, (const char *)data, size, &at))
		check_head(&d, data, at);
	if (at > size)
		abort();
	/* the records count also behind a head that is refused: few inputs have a good one */
	rec = (const struct gth_delta_record *)(data + at);
	n = (size - at) / sizeof(*rec);
	if (n > RECORDS)
		n = RECORDS;
	gth_delta_check_init(&c);
	while (good < n && !gth_delta_check(&c, &rec[good]))
		good++;
	if (good != good_records(data + at, n))
		abort();
	made = merge(rec, good, result, &fit);
	if (fit)
		compare_again(result, made, rec, good);
	return 0;
}
