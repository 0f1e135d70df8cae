/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cuckoo.h - the signature table: keyed fingerprints in bucketised cuckoo.
 *
 * Pure: no locks, no allocation, no I/O, so that user space builds the same
 * file for tests, fuzzing and benchmarks. A table is filled by one task and
 * never changes once another can see it; who publishes it owns the ordering.
 */
#ifndef GTH_CUCKOO_H
#define GTH_CUCKOO_H

#include <linux/gotthard.h>
#include <linux/types.h>

#define GTH_SLOTS		8
#define GTH_BUCKET_BYTES	64

/* One cache line: 8 fingerprints of 7 bytes, then a byte for each. */
struct gth_bucket {
	u8 raw[GTH_BUCKET_BYTES];
};

struct gth_cuckoo {
	u64 key[2];			/* random; never leaves the kernel */
	u32 buckets;
	u32 walk;			/* state of the displacement walk, while filled */
	u64 entries;
	u64 count[GTH_CLASS_MAX];	/* entries of each class */
	struct gth_bucket *bucket;	/* owned by the caller, zeroed, aligned to a line */
};

/* Where an entry belongs: its fingerprint, and the first of its two buckets. */
struct gth_place {
	u64 fp;
	u32 bucket;
};

/* As many entries as hide the memory's latency behind each other's work. */
#define GTH_QUEUE		16

/* Entries on their way into a table that is being filled. */
struct gth_queue {
	u64 taken;			/* so far; the last GTH_QUEUE of them wait */
	struct gth_waiting {
		struct gth_place place;
		u8 class;
	} waiting[GTH_QUEUE];
};

u32 gth_cuckoo_buckets(u64 entries);
void gth_cuckoo_init(struct gth_cuckoo *t, struct gth_bucket *bucket, u32 buckets,
		     const u64 key[2]);
int gth_cuckoo_insert(struct gth_cuckoo *t, u8 domain, const u8 digest[GTH_DIGEST_SIZE],
		      u8 class);
int gth_queue_insert(struct gth_queue *q, struct gth_cuckoo *t, u8 domain,
		     const u8 digest[GTH_DIGEST_SIZE], u8 class);
int gth_queue_end(struct gth_queue *q, struct gth_cuckoo *t);
u8 gth_cuckoo_find(const struct gth_cuckoo *t, u8 domain, const u8 digest[GTH_DIGEST_SIZE]);

#endif /* GTH_CUCKOO_H */
