// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cuckoo.c - the signature table (see cuckoo.h).
 *
 * An entry lives in one of two buckets. The second is computed from the first
 * and the fingerprint alone, so an entry can be displaced without its digest.
 * A false match needs 56 equal bits in one of 16 slots under a key that never
 * leaves the kernel: 2^-52 a lookup, and no way to search for one offline.
 */
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/prefetch.h>
#include <linux/string.h>

#include <asm/byteorder.h>

#include "core/limits.h"
#include "core/sip128.h"
#include "core/cuckoo.h"

#define FP_BYTES	7
#define FP_MASK		((1ULL << (8 * FP_BYTES)) - 1)
#define META		(GTH_SLOTS * FP_BYTES)

static_assert(META + GTH_SLOTS == GTH_BUCKET_BYTES);
static_assert(sizeof(struct gth_bucket) == GTH_BUCKET_BYTES);
/* The class is stored as it is, and 0 marks a free slot. */
static_assert(GTH_CLASS_UNKNOWN == 0 && GTH_CLASS_MAX <= 256);

static u64 load_le64(const u8 *p)
{
	__le64 v;

	memcpy(&v, p, sizeof(v));
	return le64_to_cpu(v);
}

/* Maps 32 uniform bits to [0, n) without a division. */
static u32 reduce(u32 hash, u32 n)
{
	return (u32)(((u64)hash * n) >> 32);
}

static struct gth_place place_of(const struct gth_cuckoo *t, u8 domain, const u8 *digest)
{
	u64 word[1 + GTH_DIGEST_SIZE / 8] = { domain };
	struct gth_sip128 h;
	unsigned int i;

	for (i = 0; i < GTH_DIGEST_SIZE / 8; i++)
		word[1 + i] = load_le64(digest + 8 * i);
	h = gth_sip128(t->key, word, 1 + GTH_DIGEST_SIZE / 8);
	return (struct gth_place){ h.lo & FP_MASK, reduce((u32)h.hi, t->buckets) };
}

/* An involution: other(other(b)) == b, for any number of buckets. */
static u32 other(const struct gth_cuckoo *t, struct gth_place p)
{
	u32 sum = reduce((u32)((p.fp * 0x9e3779b97f4a7c15ULL) >> 32), t->buckets);

	return sum >= p.bucket ? sum - p.bucket : sum + t->buckets - p.bucket;
}

/* Reads 8 bytes, of which the last belongs to the neighbour: still this bucket. */
static u64 fp_at(const struct gth_bucket *b, unsigned int slot)
{
	return load_le64(b->raw + slot * FP_BYTES) & FP_MASK;
}

static void put(struct gth_bucket *b, unsigned int slot, u64 fp, u8 class)
{
	__le64 v = cpu_to_le64(fp);

	memcpy(b->raw + slot * FP_BYTES, &v, FP_BYTES);
	b->raw[META + slot] = class;
}

static u8 find_in(const struct gth_bucket *b, u64 fp)
{
	unsigned int i;

	for (i = 0; i < GTH_SLOTS; i++)
		if (fp_at(b, i) == fp && b->raw[META + i])
			return b->raw[META + i];
	return GTH_CLASS_UNKNOWN;
}

static bool put_in(struct gth_bucket *b, u64 fp, u8 class)
{
	unsigned int i;

	for (i = 0; i < GTH_SLOTS; i++) {
		if (!b->raw[META + i]) {
			put(b, i, fp, class);
			return true;
		}
	}
	return false;
}

/**
 * gth_cuckoo_buckets() - how many buckets hold @entries entries
 * @entries: at most GTH_ENTRIES_MAX
 *
 * A load of 0.96, which two choices of eight slots reach easily, and a few
 * buckets more, for small tables have no law of large numbers to rely on.
 *
 * Return: buckets of GTH_BUCKET_BYTES; 8.34 bytes an entry for large tables.
 */
u32 gth_cuckoo_buckets(u64 entries)
{
	/* 25 / 192 = 1 / (8 * 0.96) */
	return (u32)(((entries * 25) >> 6) / 3 + 4);
}

/**
 * gth_cuckoo_init() - start an empty table
 * @t: the table
 * @bucket: @buckets zeroed buckets, aligned to 64 bytes; stays the caller's
 * @buckets: from gth_cuckoo_buckets()
 * @key: 128 random bits
 */
void gth_cuckoo_init(struct gth_cuckoo *t, struct gth_bucket *bucket, u32 buckets,
		     const u64 key[2])
{
	memset(t, 0, sizeof(*t));
	t->key[0] = key[0];
	t->key[1] = key[1];
	t->buckets = buckets;
	t->bucket = bucket;
	t->walk = (u32)key[0] | 1;
}

/* xorshift32 (Marsaglia); only the build's speed depends on it */
static u32 walk_next(struct gth_cuckoo *t)
{
	u32 x = t->walk;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return t->walk = x;
}

static int insert_at(struct gth_cuckoo *t, struct gth_place p, u8 class)
{
	u32 second = other(t, p);
	u8 moved = class;
	unsigned int i;

	if (find_in(&t->bucket[p.bucket], p.fp) || find_in(&t->bucket[second], p.fp))
		return -EEXIST;
	if (put_in(&t->bucket[p.bucket], p.fp, class) ||
	    put_in(&t->bucket[second], p.fp, class))
		goto inserted;

	if (walk_next(t) & 1)
		p.bucket = second;
	for (i = 0; i < GTH_KICKS_MAX; i++) {
		struct gth_bucket *b = &t->bucket[p.bucket];
		unsigned int slot = walk_next(t) % GTH_SLOTS;
		u64 fp = fp_at(b, slot);
		u8 meta = b->raw[META + slot];

		put(b, slot, p.fp, moved);
		p.fp = fp;
		moved = meta;
		p.bucket = other(t, p);
		if (put_in(&t->bucket[p.bucket], p.fp, moved))
			goto inserted;
	}
	return -ENOSPC;

inserted:
	t->entries++;
	t->count[class]++;
	return 0;
}

/**
 * gth_cuckoo_insert() - add an entry
 * @t: a table that no other task sees yet
 * @domain: enum gth_domain
 * @digest: the key
 * @class: enum gth_class, not UNKNOWN
 *
 * Return: 0; -EEXIST if an entry with this fingerprint is there (the same
 * digest, or a collision under this key); -ENOSPC after GTH_KICKS_MAX
 * displacements. After either error the table is to be thrown away and built
 * again under another key.
 */
int gth_cuckoo_insert(struct gth_cuckoo *t, u8 domain, const u8 digest[GTH_DIGEST_SIZE],
		      u8 class)
{
	return insert_at(t, place_of(t, domain, digest), class);
}

/**
 * gth_queue_insert() - add an entry, a little later
 * @q: zeroed before the first entry
 * @t: a table that no other task sees yet; the same for all entries of @q
 * @domain: enum gth_domain
 * @digest: the key
 * @class: enum gth_class, not UNKNOWN
 *
 * A large table's buckets are in no cache. While an entry waits for those before
 * it, its two buckets are fetched.
 *
 * Return: as gth_cuckoo_insert(), of an entry that waited.
 */
int gth_queue_insert(struct gth_queue *q, struct gth_cuckoo *t, u8 domain,
		     const u8 digest[GTH_DIGEST_SIZE], u8 class)
{
	unsigned int slot = q->taken % GTH_QUEUE;
	struct gth_waiting *w = &q->waiting[slot];
	int ret = 0;

	if (q->taken >= GTH_QUEUE)
		ret = insert_at(t, w->place, w->class);
	w->place = place_of(t, domain, digest);
	w->class = class;
	q->taken++;
	prefetchw(&t->bucket[w->place.bucket]);
	prefetchw(&t->bucket[other(t, w->place)]);
	return ret;
}

/**
 * gth_queue_end() - add the entries that still wait
 * @q: what gth_queue_insert() filled; empty afterwards
 * @t: the same table
 *
 * Return: as gth_cuckoo_insert(), of the first that failed.
 */
int gth_queue_end(struct gth_queue *q, struct gth_cuckoo *t)
{
	u64 i = q->taken > GTH_QUEUE ? q->taken - GTH_QUEUE : 0;
	int ret = 0;

	for (; i < q->taken && !ret; i++) {
		const struct gth_waiting *w = &q->waiting[i % GTH_QUEUE];

		ret = insert_at(t, w->place, w->class);
	}
	q->taken = 0;
	return ret;
}

/**
 * gth_cuckoo_find() - the class of a digest
 * @t: a table that no longer changes
 * @domain: enum gth_domain
 * @digest: the key
 *
 * Two cache lines at most.
 *
 * Return: enum gth_class, UNKNOWN if it is not there.
 */
u8 gth_cuckoo_find(const struct gth_cuckoo *t, u8 domain, const u8 digest[GTH_DIGEST_SIZE])
{
	struct gth_place p = place_of(t, domain, digest);
	u8 class = find_in(&t->bucket[p.bucket], p.fp);

	return class ? class : find_in(&t->bucket[other(t, p)], p.fp);
}
