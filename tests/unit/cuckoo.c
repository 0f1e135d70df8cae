// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cuckoo.c - the unmodified core/cuckoo.c against a sorted array, on random sets.
 *
 * A strange digest is found by chance once in 2^52 lookups, so the tests allow
 * for none. All numbers come from GTH_SEED.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/cuckoo.h"
#include "tests/unit/lib/must.h"
#include "tests/unit/random.h"
#include "tests/unit/tap.h"

#define KEY_BYTES offsetof(struct gth_record, class)

struct set {
	size_t n;
	struct gth_record *sorted;   /* the reference */
	struct gth_record *shuffled; /* the same, as they are inserted */
	u64 count[GTH_CLASS_MAX];
};

static int by_key(const void *a, const void *b)
{
	return memcmp(a, b, KEY_BYTES);
}

static u8 reference_find(const struct set *s, const struct gth_record *key)
{
	const struct gth_record *r =
		s->n ? bsearch(key, s->sorted, s->n, sizeof(*r), by_key) : NULL;

	return r ? r->class : GTH_CLASS_UNKNOWN;
}

static struct gth_record random_record(void)
{
	struct gth_record r;

	random_bytes(r.digest, sizeof(r.digest));
	r.domain = (u8)(1 + random_below(GTH_DOMAIN_MAX - 1));
	r.class = (u8)(1 + random_below(GTH_CLASS_MAX - 1));
	return r;
}

/* One in eight digests stands in both domains, mostly with different classes. */
static struct set make_set(size_t n)
{
	struct set s = { .n = n };

	s.sorted = calloc(n + 1, sizeof(*s.sorted));
	s.shuffled = calloc(n + 1, sizeof(*s.shuffled));
	must(s.sorted && s.shuffled);
	for (size_t i = 0; i < n; i++) {
		s.shuffled[i] = random_record();
		if (i % 8 == 7) {
			memcpy(s.shuffled[i].digest, s.shuffled[i - 1].digest, GTH_DIGEST_SIZE);
			s.shuffled[i].domain = (u8)(GTH_DOMAIN_MAX - s.shuffled[i - 1].domain);
		}
		s.count[s.shuffled[i].class]++;
	}
	memcpy(s.sorted, s.shuffled, n * sizeof(*s.sorted));
	qsort(s.sorted, n, sizeof(*s.sorted), by_key);
	return s;
}

static void free_set(struct set *s)
{
	free(s->sorted);
	free(s->shuffled);
}

/* Exactly as many bytes as the table may touch: the sanitizer watches the rest. */
static void start_with(struct gth_cuckoo *t, u32 buckets, const u64 key[2])
{
	struct gth_bucket *bucket =
		aligned_alloc(GTH_BUCKET_BYTES, (size_t)buckets * GTH_BUCKET_BYTES);

	must(bucket);
	memset(bucket, 0, (size_t)buckets * GTH_BUCKET_BYTES);
	gth_cuckoo_init(t, bucket, buckets, key);
}

static void start(struct gth_cuckoo *t, u32 buckets)
{
	u64 key[2] = { random_u64(), random_u64() };

	start_with(t, buckets, key);
}

static int insert(struct gth_cuckoo *t, const struct gth_record *r)
{
	return gth_cuckoo_insert(t, r->domain, r->digest, r->class);
}

static u8 find(const struct gth_cuckoo *t, const struct gth_record *r)
{
	return gth_cuckoo_find(t, r->domain, r->digest);
}

/* Return: 0, or the error of the insertion that failed. */
static int fill(struct gth_cuckoo *t, const struct set *s)
{
	int err = 0;

	for (size_t i = 0; i < s->n && !err; i++)
		err = insert(t, &s->shuffled[i]);
	return err;
}

/* The same by way of a queue. */
static int fill_queued(struct gth_cuckoo *t, const struct set *s)
{
	struct gth_queue queue = { 0 };
	int err = 0;

	for (size_t i = 0; i < s->n && !err; i++) {
		const struct gth_record *r = &s->shuffled[i];

		err = gth_queue_insert(&queue, t, r->domain, r->digest, r->class);
	}
	return err ? err : gth_queue_end(&queue, t);
}

static size_t count_wrong(const struct gth_cuckoo *t, const struct set *s)
{
	size_t wrong = 0;

	for (size_t i = 0; i < s->n; i++)
		wrong += find(t, &s->sorted[i]) != s->sorted[i].class;
	return wrong;
}

static const char *sized(const char *name, size_t n)
{
	static char text[128];

	snprintf(text, sizeof(text), "%s_of_%zu", name, n);
	return text;
}

static void test_size(size_t n)
{
	struct set s = make_set(n);
	size_t strangers = 0, neighbours = 0, wrong_domain = 0;
	struct gth_cuckoo t;

	start(&t, gth_cuckoo_buckets(n));
	tap_is(fill(&t, &s), 0, sized("inserts_every_digest", n));
	tap_is(count_wrong(&t, &s), 0, sized("finds_every_inserted_digest", n));
	for (size_t i = 0; i < n + 1000; i++) {
		struct gth_record r = random_record();

		strangers += find(&t, &r) != reference_find(&s, &r);
	}
	tap_is(strangers, 0, sized("finds_no_other_digest", n));
	for (size_t i = 0; i < n; i++) {
		struct gth_record r = s.sorted[i];

		r.domain = (u8)(GTH_DOMAIN_MAX - r.domain);
		wrong_domain += find(&t, &r) != reference_find(&s, &r);
		r = s.sorted[i];
		r.digest[random_below(GTH_DIGEST_SIZE)] ^= (u8)(1 << random_below(8));
		neighbours += find(&t, &r) != reference_find(&s, &r);
	}
	tap_is(wrong_domain, 0, sized("keeps_domains_apart", n));
	tap_is(neighbours, 0, sized("finds_nothing_a_bit_beside_a_digest", n));
	tap_ok(t.entries == n && !memcmp(t.count, s.count, sizeof(t.count)),
	       sized("counts_each_class", n));
	free(t.bucket);
	free_set(&s);
}

static void test_queue(void)
{
	unsigned int lost = 0, taken_twice = 0, overfilled = 0;

	/* Fewer than wait at once, as many, and many more. */
	for (size_t n = 0; n < 8 * GTH_QUEUE; n++) {
		struct set s = make_set(n);
		struct gth_cuckoo t;

		start(&t, gth_cuckoo_buckets(n));
		lost += fill_queued(&t, &s) || count_wrong(&t, &s) || t.entries != n;
		free(t.bucket);
		if (n > GTH_SLOTS) {
			start(&t, 1);
			overfilled += fill_queued(&t, &s) != -ENOSPC;
			free(t.bucket);
		}
		if (n > 1) {
			/* Whether its twin still waits or not. */
			s.shuffled[n - 1] = s.shuffled[random_below(n - 1)];
			start(&t, gth_cuckoo_buckets(n));
			taken_twice += fill_queued(&t, &s) != -EEXIST;
			free(t.bucket);
		}
		free_set(&s);
	}
	tap_is(lost, 0, "a_queue_loses_nothing");
	tap_is(taken_twice, 0, "a_queue_refuses_a_digest_twice");
	tap_is(overfilled, 0, "a_queue_tells_that_there_is_no_room");
}

static void test_duplicates(void)
{
	struct set s = make_set(5000);
	size_t taken = 0;
	struct gth_cuckoo t;

	start(&t, gth_cuckoo_buckets(s.n));
	fill(&t, &s);
	for (size_t i = 0; i < s.n; i++) {
		struct gth_record r = s.sorted[i];

		taken += insert(&t, &r) != -EEXIST;
		r.class = (u8)(1 + r.class % (GTH_CLASS_MAX - 1));
		taken += insert(&t, &r) != -EEXIST;
	}
	tap_is(taken, 0, "refuses_a_digest_twice_whatever_its_class");
	tap_is(count_wrong(&t, &s), 0, "a_refused_digest_changes_nothing");
	tap_ok(t.entries == s.n && !memcmp(t.count, s.count, sizeof(t.count)),
	       "does_not_count_a_refused_digest");
	free(t.bucket);
	free_set(&s);
}

/* Into too few buckets until it refuses. Return: how many went in. */
static u64 overfill(u32 buckets, int *err, bool *counted)
{
	struct gth_cuckoo t;

	start(&t, buckets);
	do {
		struct gth_record r = random_record();

		*err = insert(&t, &r);
	} while (!*err && t.entries <= 8ULL * buckets);
	*counted = t.entries == t.count[1] + t.count[2] + t.count[3] && !t.count[0];
	free(t.bucket);
	return t.entries;
}

static void test_overfull(void)
{
	unsigned int wrong_error = 0, early = 0, miscounted = 0;
	bool counted;
	int err;

	tap_is(overfill(1, &err, &counted), 8, "fills_a_single_bucket_to_the_last_slot");
	tap_is(err, -ENOSPC, "refuses_one_more_than_a_single_bucket_holds");
	for (u32 buckets = 2; buckets < 200; buckets++) {
		u64 n = overfill(buckets, &err, &counted);

		wrong_error += err != -ENOSPC;
		early += n > 8ULL * buckets || n * 10 < 8ULL * buckets * (buckets < 16 ? 4 : 8);
		miscounted += !counted;
	}
	tap_is(wrong_error, 0, "an_overfull_table_is_enospc");
	tap_is(early, 0, "is_not_overfull_before_its_slots_are_used");
	tap_is(miscounted, 0, "does_not_count_what_found_no_room");
}

/*
 * other() must be its own inverse for every number of buckets, or an entry that
 * was displaced is looked for where it is not: fill to 0.96 so that most are.
 */
static void test_displaced(void)
{
	unsigned int full = 0, lost = 0;

	for (u32 buckets = 1; buckets <= 600; buckets++) {
		struct set s = make_set(buckets < 64 ? 6 * buckets : 8 * buckets * 96 / 100);
		struct gth_cuckoo t;

		start(&t, buckets);
		/* Not a promise of the table: few buckets can be full at this load. */
		if (!fill(&t, &s))
			lost += count_wrong(&t, &s) != 0;
		else
			full++;
		free(t.bucket);
		free_set(&s);
	}
	tap_is(lost, 0, "finds_displaced_digests_for_any_number_of_buckets");
	if (!tap_ok(full < 30, "most_tables_take_a_load_of_0.96"))
		tap_note("%u of 600 were full", full);
}

/* All sizes up to 600, then ever fewer; several keys each. */
static void test_room(void)
{
	unsigned int failed = 0, tables = 0;

	for (size_t n = 1; n <= 5000; n += n < 600 ? 1 : 53) {
		for (unsigned int key = 0; key < 6; key++, tables++) {
			struct set s = { .n = n };
			struct gth_cuckoo t;
			int err = 0;

			start(&t, gth_cuckoo_buckets(n));
			for (size_t i = 0; i < s.n && !err; i++) {
				struct gth_record r = random_record();

				err = insert(&t, &r);
			}
			if (err)
				tap_note("%zu entries in %u buckets: %d", n, t.buckets, err);
			failed += !!err;
			free(t.bucket);
		}
	}
	tap_note("%u tables", tables);
	tap_is(failed, 0, "there_is_room_for_every_size_from_1_to_5000");
}

/* Without the key it cannot be told where a digest goes. */
static void test_key(void)
{
	struct gth_record r = random_record();
	unsigned int same = 0;
	struct gth_cuckoo a, b;

	for (unsigned int i = 0; i < 100; i++) {
		u64 key[2] = { random_u64(), random_u64() };

		start_with(&a, 4, key);
		key[i % 2] ^= 1ULL << random_below(64); /* all but one bit is not enough */
		start_with(&b, 4, key);
		insert(&a, &r);
		insert(&b, &r);
		same += !memcmp(a.bucket, b.bucket, 4 * sizeof(*a.bucket));
		free(a.bucket);
		free(b.bucket);
	}
	tap_is(same, 0, "what_is_stored_depends_on_all_of_the_key");
}

/* 2^-52 is promised for all 56 bits of a fingerprint, and nothing less can be seen by chance. */
static void test_fingerprint(void)
{
	unsigned int found = 0, lost = 0;

	for (unsigned int bit = 0; bit < 56; bit++) {
		struct gth_record r = random_record();
		struct gth_cuckoo t;

		start(&t, 1);
		insert(&t, &r);
		lost += find(&t, &r) != r.class;
		t.bucket->raw[bit / 8] ^= (u8)(1 << bit % 8);
		found += find(&t, &r) != GTH_CLASS_UNKNOWN;
		t.bucket->raw[bit / 8] ^= (u8)(1 << bit % 8);
		lost += find(&t, &r) != r.class;
		free(t.bucket);
	}
	tap_is(found, 0, "every_bit_of_a_fingerprint_must_match");
	tap_is(lost, 0, "an_intact_fingerprint_matches");
}

int main(void)
{
	static const size_t sizes[] = { 0, 1, 7, 8, 9, 100, 10000, 1000000 };

	random_start();
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		test_size(sizes[i]);
	test_queue();
	test_duplicates();
	test_overfull();
	test_displaced();
	test_room();
	test_key();
	test_fingerprint();
	return tap_done();
}
