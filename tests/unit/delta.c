// SPDX-License-Identifier: GPL-2.0-or-later
/* delta.c - which deltas core/delta.c takes, and that base and delta give the new release. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/delta.h"
#include "core/limits.h"
#include "lib/text/delta_text.h"
#include "sigtool/compare.h"
#include "tests/unit/random_list.h"
#include "tests/unit/tap.h"

#define HEX_A "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define HEX_B "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100"
#define HEX_C "00000000000000000000000000000000ffffffffffffffffffffffffffffffff"
#define LINES 9
#define SEEDS 600

static const char *const good[LINES] = {
	"gotthard-delta 1\n",
	"name: main\n",
	"from-version: 7\n",
	"from-manifest: " HEX_A "\n",
	"to-manifest: " HEX_B "\n",
	"removed: 1\n",
	"changed: 2\n",
	"added: 3\n",
	"records-sha256: " HEX_C "\n",
};

/* The good head with one line replaced. */
static const struct {
	unsigned int line;
	const char *text;
	int err;
	const char *name;
} cases[] = {
	{ 1, "gotthard-delta 1\n", 0, "takes_good_head" },
	{ 1, "gotthard-delta 2\n", -EINVAL, "refuses_other_format_number" },
	{ 1, "gotthard-signatures 1\n", -EINVAL, "refuses_manifest" },
	{ 1, "gotthard-delta 1\r\n", -EINVAL, "refuses_cr_lf" },
	{ 1, "", -EINVAL, "refuses_missing_magic" },
	{ 2, "name: abcdefghijklmnopqrstuvwxyz01234\n", 0, "takes_name_of_31" },
	{ 2, "name: abcdefghijklmnopqrstuvwxyz012345\n", -EINVAL, "refuses_name_of_32" },
	{ 2, "name: \n", -EINVAL, "refuses_empty_name" },
	{ 3, "from-version: 1\n", 0, "takes_version_1" },
	{ 3, "from-version: 0\n", -EINVAL, "refuses_version_0" },
	{ 3, "from-version: 07\n", -EINVAL, "refuses_leading_zero" },
	{ 3, "from-version: 9223372036854775807\n", 0, "takes_version_2_63_minus_1" },
	{ 3, "from-version: 9223372036854775808\n", -EINVAL, "refuses_version_2_63" },
	{ 4, "from-manifest: none\n", -EINVAL, "refuses_no_base" },
	{ 4, "from-manifest: " HEX_A "0\n", -EINVAL, "refuses_digest_of_65_digits" },
	{ 5, "", -EINVAL, "refuses_missing_line" },
	{ 5, "from-manifest: " HEX_B "\n", -EINVAL, "refuses_line_twice" },
	{ 6, "removed: 0\n", 0, "takes_count_of_0" },
	{ 6, "removed: -1\n", -EINVAL, "refuses_sign" },
	{ 6, "removed: 268435454\n", 0, "takes_2_28_taken_from_the_base" },
	{ 6, "removed: 268435455\n", -EFBIG, "refuses_one_more_taken_from_the_base" },
	{ 6, "removed: 268435457\n", -EFBIG, "refuses_more_removed_than_there_can_be" },
	{ 7, "changed: 268435453\n", 0, "takes_2_28_of_the_result" },
	{ 7, "changed: 268435454\n", -EFBIG, "refuses_one_more_of_the_result" },
	{ 7, "changed: 9223372036854775807\n", -EFBIG, "refuses_counts_whose_sum_would_wrap" },
	{ 8, "added: 268435454\n", 0, "takes_2_28_put_into_the_result" },
	{ 8, "added: 268435455\n", -EFBIG, "refuses_one_more_put_into_the_result" },
	{ 9, "records-sha256: " HEX_B, -EINVAL, "refuses_missing_line_feed" },
	{ 9, "records-sha256: FF" HEX_C "\n", -EINVAL, "refuses_upper_case" },
};

static size_t compose(char *text, unsigned int line, const char *replacement)
{
	text[0] = '\0';
	for (unsigned int i = 0; i < LINES; i++)
		strcat(text, i + 1 == line ? replacement : good[i]);
	return strlen(text);
}

static void test_head(void)
{
	char text[2 * GTH_DELTA_HEAD_MAX], back[GTH_DELTA_HEAD_MAX];
	struct gth_delta d;
	unsigned int taken = 0;
	size_t at, len;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		len = compose(text, cases[i].line, cases[i].text);
		if (!tap_is(gth_delta_parse(&d, text, len, &at), cases[i].err, cases[i].name))
			tap_note("at byte %zu", at);
	}

	len = compose(text, 0, "");
	for (size_t cut = 0; cut < len; cut++) {
		char *copy = malloc(cut);

		memcpy(copy, text, cut);
		taken += gth_delta_parse(&d, copy, cut, &at) != -EINVAL || at > cut;
		free(copy);
	}
	tap_is(taken, 0, "refuses_every_truncation_of_the_head");

	memset(text + len, 'x', 50);
	tap_is(gth_delta_parse(&d, text, len + 50, &at), 0, "takes_records_behind_the_head");
	tap_is(at, len, "tells_where_the_records_begin");
	tap_ok(!strcmp(d.name, "main") && d.from_version == 7 && d.from[0] == 0x01 &&
		       d.to[0] == 0xff && d.digest[31] == 0xff,
	       "reads_every_field");
	tap_ok(d.count[GTH_DELTA_REMOVED] == 1 && d.count[GTH_DELTA_CHANGED] == 2 &&
		       d.count[GTH_DELTA_ADDED] == 3 && gth_delta_records(&d) == 6,
	       "reads_the_counts");
	tap_ok(gth_delta_format(&d, back, sizeof(back)) == (int)len && !memcmp(back, text, len),
	       "writes_what_it_reads");
	tap_is(gth_delta_format(&d, back, len), -EMSGSIZE, "writes_nothing_that_does_not_fit");

	memcpy(d.name, "abcdefghijklmnopqrstuvwxyz01234", GTH_NAME_SIZE);
	d.from_version = 0x7fffffffffffffff;
	d.count[GTH_DELTA_REMOVED] = d.count[GTH_DELTA_ADDED] = GTH_ENTRIES_MAX;
	d.count[GTH_DELTA_CHANGED] = 0;
	tap_is(gth_delta_format(&d, back, sizeof(back)), 375, "longest_head_fits");
	d.count[GTH_DELTA_CHANGED] = 1;
	tap_is(gth_delta_format(&d, back, sizeof(back)), -EFBIG, "writes_nothing_that_is_refused");
}

/* A record in short: a digest is its first byte and zeros. */
struct brief {
	u8 domain, first, from, to;
};

static struct gth_delta_record record(const struct brief *b)
{
	return (struct gth_delta_record) { b->domain, { b->first }, b->from, b->to };
}

static void test_records(void)
{
	static const struct {
		struct brief rec[2];
		int err; /* of the second */
		const char *name;
	} pairs[] = {
		{ { { 1, 1, 0, 1 }, { 1, 2, 0, 3 } }, 0, "takes_added" },
		{ { { 1, 1, 0, 1 }, { 1, 2, 3, 0 } }, 0, "takes_removed" },
		{ { { 1, 1, 0, 1 }, { 1, 2, 2, 3 } }, 0, "takes_changed" },
		{ { { 1, 9, 0, 1 }, { 2, 1, 0, 1 } }, 0, "takes_other_domain" },
		{ { { 1, 127, 0, 1 }, { 1, 128, 0, 1 } }, 0, "orders_bytes_as_unsigned" },
		{ { { 1, 2, 0, 1 }, { 1, 1, 0, 1 } }, -EPROTO, "refuses_descending" },
		{ { { 1, 1, 0, 1 }, { 1, 1, 0, 1 } }, -EPROTO, "refuses_duplicate" },
		{ { { 1, 1, 1, 0 }, { 1, 1, 0, 1 } }, -EPROTO, "refuses_removed_and_added" },
		{ { { 1, 1, 0, 1 }, { 0, 2, 0, 1 } }, -EPROTO, "refuses_domain_none" },
		{ { { 1, 1, 0, 1 }, { 3, 2, 0, 1 } }, -EPROTO, "refuses_domain_3" },
		{ { { 1, 1, 0, 1 }, { 1, 2, 4, 1 } }, -EPROTO, "refuses_class_4_before" },
		{ { { 1, 1, 0, 1 }, { 1, 2, 1, 4 } }, -EPROTO, "refuses_class_4_after" },
		{ { { 1, 1, 0, 1 }, { 1, 2, 2, 2 } }, -EPROTO, "refuses_what_changes_nothing" },
		{ { { 1, 1, 0, 1 }, { 1, 2, 0, 0 } }, -EPROTO, "refuses_neither_before_nor_after" },
	};
	struct gth_delta d = { .count = { 1, 1, 1 } };
	struct gth_delta_check c;

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		struct gth_delta_record first = record(&pairs[i].rec[0]);
		struct gth_delta_record second = record(&pairs[i].rec[1]);

		gth_delta_check_init(&c);
		tap_ok(!gth_delta_check(&c, &first) && gth_delta_check(&c, &second) == pairs[i].err,
		       pairs[i].name);
	}

	gth_delta_check_init(&c);
	tap_is(gth_delta_check_end(&c, &d), -ENODATA, "refuses_no_records");
	for (u8 i = 1; i <= 3; i++) {
		struct gth_delta_record rec = { 1, { i }, i == 3 ? 0 : 1, i == 1 ? 0 : 2 };

		gth_delta_check(&c, &rec);
		tap_is(gth_delta_check_end(&c, &d), i == 3 ? 0 : -ENODATA,
		       i == 3 ? "takes_the_promised_counts" : "refuses_too_few_records");
	}
	d = (struct gth_delta) { .count = { 2, 0, 1 } };
	tap_is(gth_delta_check_end(&c, &d), -EPROTO, "refuses_other_counts_of_the_same_sum");
	d = (struct gth_delta) { .count = { 1, 1, 0 } };
	tap_is(gth_delta_check_end(&c, &d), -EPROTO, "refuses_more_records_than_promised");
}

static void test_step(void)
{
	static const struct {
		struct brief base, delta; /* domain 0: its end */
		int did;
		u8 class;
		const char *name;
	} steps[] = {
		{ { 1, 1, 2, 0 }, { 1, 2, 0, 1 }, 5, 2, "copies_what_comes_before_a_change" },
		{ { 1, 1, 2, 0 }, { 0, 0, 0, 0 }, 5, 2, "copies_what_comes_after_all_changes" },
		{ { 1, 2, 2, 0 }, { 1, 1, 0, 3 }, 6, 3, "adds_before_the_base" },
		{ { 0, 0, 0, 0 }, { 1, 1, 0, 3 }, 6, 3, "adds_behind_the_base" },
		{ { 1, 1, 2, 0 }, { 1, 1, 2, 1 }, 7, 1, "changes_a_class" },
		{ { 1, 1, 2, 0 }, { 1, 1, 2, 0 }, 3, 0, "removes" },
		{ { 1, 2, 2, 0 }, { 1, 1, 2, 0 }, -ENOENT, 0, "removes_nothing_that_is_not_there" },
		{ { 0, 0, 0, 0 }, { 1, 1, 2, 0 }, -ENOENT, 0, "removes_nothing_behind_the_base" },
		{ { 1, 2, 2, 0 }, { 1, 1, 2, 1 }, -ENOENT, 0, "changes_nothing_that_is_not_there" },
		{ { 1, 1, 2, 0 }, { 1, 1, 0, 2 }, -EEXIST, 0, "adds_nothing_that_is_there" },
		{ { 1, 1, 2, 0 }, { 1, 1, 1, 0 }, -ESTALE, 0, "removes_nothing_of_another_class" },
		{ { 1, 1, 2, 0 }, { 1, 1, 1, 3 }, -ESTALE, 0, "changes_nothing_of_another_class" },
	};

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct gth_record base = { steps[i].base.domain,
					   { steps[i].base.first },
					   steps[i].base.from };
		struct gth_delta_record delta = record(&steps[i].delta);
		struct gth_record out = { 0 };
		int did = gth_delta_step(base.domain ? &base : NULL, delta.domain ? &delta : NULL,
					 &out);

		if (!tap_ok(did == steps[i].did && (did < 0 || !(did & GTH_DELTA_MADE) ||
						    out.class == steps[i].class),
			    steps[i].name))
			tap_note("did %d, class %u", did, out.class);
	}
}

struct changes_list {
	struct gth_delta_record rec[2 * RECORDS_MAX];
	size_t n;
};

static void difference(struct changes_list *out, const struct list *a, const struct list *b)
{
	size_t i = 0, j = 0;

	memset(out, 0, sizeof(*out));
	while (i < a->n || j < b->n) {
		int did = compare_step(i < a->n ? &a->rec[i] : NULL, j < b->n ? &b->rec[j] : NULL,
				       &out->rec[out->n]);

		i += !!(did & GTH_DELTA_USED_BASE);
		j += !!(did & GTH_DELTA_USED_DELTA);
		out->n += !!(did & GTH_DELTA_MADE);
	}
}

/* Return: 0 or the error of a step. */
static int apply(struct list *out, const struct list *base, const struct changes_list *delta)
{
	static struct gth_record rec[3 * RECORDS_MAX];
	size_t i = 0, j = 0, n = 0;

	while (i < base->n || j < delta->n) {
		int did = gth_delta_step(i < base->n ? &base->rec[i] : NULL,
					 j < delta->n ? &delta->rec[j] : NULL, &rec[n]);

		if (did < 0)
			return did;
		i += !!(did & GTH_DELTA_USED_BASE);
		j += !!(did & GTH_DELTA_USED_DELTA);
		n += !!(did & GTH_DELTA_MADE);
	}
	memset(out, 0, sizeof(*out));
	out->n = n;
	memcpy(out->rec, rec, sizeof(rec[0]) * (n < RECORDS_MAX ? n : RECORDS_MAX));
	return 0;
}

static bool same(const struct list *a, const struct list *b)
{
	return a->n == b->n && !memcmp(a->rec, b->rec, a->n * sizeof(a->rec[0]));
}

static bool checked(const struct changes_list *delta)
{
	struct gth_delta_check c;
	size_t good = 0;

	gth_delta_check_init(&c);
	while (good < delta->n && !gth_delta_check(&c, &delta->rec[good]))
		good++;
	return good == delta->n;
}

static void test_random(void)
{
	unsigned int wrong = 0, back = 0, unsorted = 0, other = 0;

	random_start();
	for (unsigned int i = 0; i < SEEDS; i++) {
		static struct list a, b, c, result;
		static struct changes_list delta;
		unsigned int keys = (unsigned int)random_below(500) + 2;

		random_list(&a, keys);
		random_list(&b, keys);
		random_list(&c, keys);
		difference(&delta, &a, &b);
		unsorted += !checked(&delta);
		wrong += apply(&result, &a, &delta) || !same(&result, &b);
		/* a delta gives the new release from its base, and from no other */
		other += !same(&a, &c) && !apply(&result, &c, &delta) && same(&result, &b);
		for (size_t j = 0; j < delta.n; j++) {
			u8 from = delta.rec[j].from;

			delta.rec[j].from = delta.rec[j].to;
			delta.rec[j].to = from;
		}
		back += apply(&result, &b, &delta) || !same(&result, &a);
	}
	tap_is(unsorted, 0, "every_difference_is_a_delta");
	tap_is(wrong, 0, "base_and_delta_give_the_new_release");
	tap_is(other, 0, "no_other_base_gives_it");
	tap_is(back, 0, "reversed_it_gives_the_base");
}

int main(void)
{
	test_head();
	test_records();
	test_step();
	test_random();
	return tap_done();
}
